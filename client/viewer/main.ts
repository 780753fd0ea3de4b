import { html, nothing, render, type TemplateResult } from 'lit-html';
import { keyed } from 'lit-html/directives/keyed.js';
import { nothingFor, type Range } from './events/filter.js';
import { connectHost } from './host.js';
import { type Kept, keptOf } from './kept.js';
import { type KeyAction, keyAction } from './keys.js';
import { callOf, LineageSearch } from './model/lineage-search.js';
import { MARK } from './model/marks.js';
import { ApprovalsPane } from './panes/approvals-pane.js';
import { BudgetPane } from './panes/budget-pane.js';
import { ComparePane } from './panes/compare-pane.js';
import type { PaneActions } from './panes/pane-actions.js';
import { StepsPane } from './panes/steps-pane.js';
import { WaterfallPane } from './panes/waterfall-pane.js';
import { approvalCard, readDecision } from './parts/approval-card.js';
import { details } from './parts/details.js';
import { Drafts } from './parts/drafts.js';
import { header } from './parts/header.js';
import { help } from './parts/help.js';
import { EventList } from './parts/list.js';
import { tabs } from './parts/tabs.js';
import { readTask, taskCard } from './parts/task-card.js';
import { dataText, icon } from './parts/text.js';
import { TimeStrip } from './parts/time-strip.js';
import { VirtualRows } from './parts/virtual-rows.js';
import type { FromViewer } from './protocol/messages.js';
import {
  filtered,
  isScanned,
  lineOfRow,
  PANES,
  type Pane,
  receive,
  rowCount,
  rowOfLine,
  type State,
  scanMore,
  startState,
} from './state.js';

/** Long enough not to open a file for every row a held arrow key passes. */
const FOLLOW_AFTER_MS = 120;
/** Long enough to type a word before 100,000 events are searched. */
const SEARCH_AFTER_MS = 120;
/** Long enough not to look through the trace for every row a held arrow key passes. */
const LINEAGE_AFTER_MS = 150;
const KEEP_AFTER_MS = 250;
/** How long the page may pack and search at a time before it draws. */
const WORK_MS = 8;
const ROW_PER_FONT = 1.85;

const root = document.querySelector<HTMLElement>('#viewer');
if (root !== null) start(root);

function start(root: HTMLElement): void {
  const host = connectHost();
  const { kept } = host;
  let state: State = {
    ...startState(kept.follow),
    pane: kept.pane,
    filter: kept.filter,
    wanted: kept.selected,
  };
  let restored: Kept | undefined = kept;
  let whole = false;
  let drawing = false;
  let working = false;
  let followTimer: number | undefined;
  let searchTimer: number | undefined;
  let lineageTimer: number | undefined;
  let keepTimer: number | undefined;
  let countTimer: number | undefined;
  let typed: string | undefined;
  let asked: string | undefined;
  let carded: string | undefined;
  const drafts = new Drafts();
  let lineage: LineageSearch | undefined;
  const font = Number.parseFloat(getComputedStyle(document.body).fontSize) || 13;
  const rowHeight = Math.round(font * ROW_PER_FONT);
  const list = new EventList(new VirtualRows(() => find('.list'), rowHeight, draw, showSelected));
  const bars = new VirtualRows(
    () => find('.bars'),
    rowHeight,
    draw,
    () => undefined,
  );
  const waterfall = new WaterfallPane(bars);
  const [steps, approvals, budget, comparison] = [
    new StepsPane(),
    new ApprovalsPane(),
    new BudgetPane(),
    new ComparePane(),
  ];
  const strip = new TimeStrip();
  const actions: PaneActions = {
    select: (index) => select(index, true),
    narrow,
    zoom: (view) => update({ ...state, view }),
    redraw: draw,
  };

  host.listen((message) => {
    const following = state.live && list.rows.atEnd && state.selected === null && state.pane === 'events';
    const before = state.selected;
    const questioned = state.questions[0]?.ask;
    if (message.type === 'open') drafts.clear();
    update(receive(state, message));
    if (following) showLast();
    else if (state.selected !== before) showSelected();
    if (message.type === 'approval' || message.type === 'task') focusQuestion();
    // Whoever fills in a card is not taken away from it because another question closed.
    if (message.type === 'withdrawn' && state.questions[0]?.ask !== questioned && document.hasFocus()) {
      if (state.questions.length > 0) focusQuestion();
      else focusPane();
    }
    if (message.type === 'verified') restoreScroll();
    if (message.type === 'open') takeFocus();
    work();
  });
  document.addEventListener('keydown', onKey);
  root.addEventListener('input', ({ target }) => {
    const form = target instanceof Element ? target.closest<HTMLFormElement>('form.card') : null;
    const ask = state.questions[0]?.ask;
    if (form !== null && ask !== undefined) drafts.keep(ask, form);
  });
  window.addEventListener('resize', showSelected);
  window.addEventListener('focus', takeFocus);
  render(page(), root);
  host.post({ type: 'ready' });

  function update(next: State): void {
    state = next;
    countDown();
    paint();
    keep();
  }

  /** Deadlines are counted down while a question waits, and at no other time. */
  function countDown(): void {
    if (state.questions.length === 0) {
      window.clearInterval(countTimer);
      countTimer = undefined;
    } else countTimer ??= window.setInterval(draw, 1000);
  }

  function keep(): void {
    window.clearTimeout(keepTimer);
    keepTimer = undefined;
    host.keep(keptOf(state, list.rows.scrolled));
  }

  function draw(): void {
    if (drawing) return;
    drawing = true;
    // How far it is scrolled is kept once that comes to rest.
    keepTimer ??= window.setTimeout(keep, KEEP_AFTER_MS);
    queueMicrotask(() => {
      drawing = false;
      paint();
    });
  }

  function paint(): void {
    list.rows.resize(rowCount(state));
    if (state.pane === 'waterfall' && state.phase === 'open') waterfall.prepare(state);
    lookUp();
    render(page(), root);
    restoreDraft();
    list.rows.drawn();
    bars.drawn();
  }

  /** Once for each card that is drawn anew: what is typed after that is the person's. */
  function restoreDraft(): void {
    const ask = state.questions[0]?.ask;
    if (ask === carded) return;
    carded = ask;
    const form = root.querySelector<HTMLFormElement>('form.card');
    if (ask !== undefined && form !== null) drafts.restore(ask, form);
  }

  /** What can wait: packing lines that are no longer fresh, searching on, looking up where values came up before. */
  function work(): void {
    if (working) return;
    working = true;
    window.setTimeout(() => {
      working = false;
      const until = performance.now() + WORK_MS;
      const { lines } = state.story;
      let more = true;
      while (more && performance.now() < until) more = lines.packOne();
      if (state.sides !== null) {
        for (const { story } of [state.sides.a, state.sides.b]) {
          while (performance.now() < until && story.lines.packOne()) more = true;
        }
      }
      if (!isScanned(state)) {
        update(scanMore(state));
        more = true;
      }
      if (more) work();
    });
  }

  /** Starts to look for the values of the selected call, a while after it was selected. */
  function lookUp(): void {
    const call = state.details && state.selected !== null ? callOf(state.story, state.selected) : undefined;
    if (call === lineage?.call && lineage?.story === state.story) return;
    window.clearTimeout(lineageTimer);
    lineage = call === undefined ? undefined : new LineageSearch(state.story, call);
    if (lineage !== undefined) lineageTimer = window.setTimeout(lookOn, LINEAGE_AFTER_MS);
  }

  function lookOn(): void {
    if (lineage === undefined) return;
    lineage.more();
    draw();
    if (!lineage.done) lineageTimer = window.setTimeout(lookOn);
  }

  function page(): TemplateResult {
    if (state.phase === 'compare') {
      return html`<div class="page" data-testid="viewer" data-phase="compare">
        ${comparison.template(state, (side, seq) => host.post({ type: 'open', side, seq }), draw)}
      </div>`;
    }
    return html`<div class="page ${state.questions.length > 0 ? 'asking' : ''}" data-testid="viewer" data-phase=${state.phase}>
      ${
        state.phase === 'open'
          ? header({ ...state, filter: { ...state.filter, search: typed ?? state.filter.search } }, host, {
              chip: (chip) => refilter({ ...state.filter, chip }),
              search,
              follow: (follow) => update({ ...state, follow }),
              text: (line) => host.post({ type: 'text', line }),
              export: () => host.post({ type: 'export' }),
              help: openHelp,
            })
          : nothing
      }
      ${question()} ${state.phase === 'open' && state.story.lines.length > 0 ? html`<div class="where">${strip.template(state, narrow, draw)}${tabs(state.pane, setPane)}</div>` : nothing}
      <div class="panes ${state.details && state.selected !== null ? 'with-details' : ''}">${body()}</div>
      <div class="said" role="status" aria-live="polite" data-testid="said">${state.announcement}</div>
      ${state.help ? help(closeHelp) : nothing}
    </div>`;
  }

  function question(): unknown {
    const first = state.questions[0];
    if (first === undefined) return nothing;
    const answer = (read: FromViewer | ReadonlyMap<string, string>) => {
      if (read instanceof Map) {
        update({ ...state, problems: read });
        find('[aria-invalid="true"]')?.focus();
        return;
      }
      if ('type' in read) host.post(read);
      update({
        ...state,
        problems: new Map(),
        questions: state.questions.filter(({ ask }) => ask !== first.ask),
      });
      if (state.questions.length > 0) focusQuestion();
      else {
        focusPane();
        if (state.selected === null && state.pane === 'events') showLast();
      }
    };
    return first.kind === 'approval'
      ? approvalCard(first, state.problems, Date.now(), (form, decision) => answer(readDecision(form, first, decision)))
      : taskCard(first, state.problems, (form, done) => answer(readTask(form, first, done)));
  }

  function body(): unknown {
    if (state.phase === 'error') {
      return message('error', state.error.title, state.error.message);
    }
    if (state.phase === 'waiting') return message('loading codicon-modifier-spin', 'Opening the trace…', '');
    if (state.story.lines.length === 0) {
      return state.live
        ? message('loading codicon-modifier-spin', 'Starting the run…', 'Its events appear here as they are written.')
        : state.verification?.valid === false
          ? message(
              'warning',
              'No line of this trace can be relied upon',
              'The check above says what is wrong. Look at the file itself, or find an untouched copy of it.',
            )
          : message('info', 'This trace has no events', 'The file is empty. Dry-run a playbook to write a new one.');
    }
    const line = state.selected === null ? undefined : state.story.lines.at(state.selected);
    return html`<div class="pane" id="pane" role="tabpanel" aria-labelledby="tab-${state.pane}" data-pane=${state.pane}>
        ${keyed(state.pane, pane())}
      </div>
      ${
        state.details && line !== undefined
          ? details(state, line, whole, lineage, host, {
              reveal: () => host.post({ type: 'reveal', seq: line.seq, focus: true }),
              copy: () => copy(line),
              link: () => host.post({ type: 'link', seq: line.seq }),
              select: (index) => select(index, true),
              close: closeDetails,
              all: () => {
                whole = true;
                draw();
              },
            })
          : nothing
      }`;
  }

  function pane(): unknown {
    switch (state.pane) {
      case 'events':
        if (rowCount(state) === 0) {
          return isScanned(state)
            ? message('filter', ...nothingFor(state.filter, state.live))
            : message('loading codicon-modifier-spin', 'Searching…', '');
        }
        return list.template(state, (index) => select(index, true));
      case 'steps':
        return steps.template(state, actions);
      case 'waterfall':
        return waterfall.template(state, actions);
      case 'approvals':
        return approvals.template(state, actions);
      case 'budget':
        return budget.template(state, actions);
    }
  }

  function message(name: string, title: string, text: string): TemplateResult {
    return html`<div class="message" data-testid="message" role=${name === 'error' ? 'alert' : 'note'}>
      ${icon(name)}
      <h2>${dataText(title, 'line')}</h2>
      <p>${dataText(text)}</p>
    </div>`;
  }

  function copy(line: NonNullable<ReturnType<State['story']['lines']['at']>>): void {
    if (host.editor) host.post({ type: 'copy', seq: line.seq });
    else
      navigator.clipboard.writeText(JSON.stringify(line, null, 2)).then(
        () => update({ ...state, announcement: 'Copied.' }),
        () => update({ ...state, announcement: 'The browser does not let this page copy.' }),
      );
  }

  function select(index: number, open: boolean): void {
    if (index !== state.selected) whole = false;
    update({ ...state, selected: index, details: state.details || open });
    showSelected();
    const line = state.story.lines.at(index);
    if (line !== undefined) followTo(line.seq);
  }

  /** Whoever is asked sees where the playbook asks. */
  function followQuestion(): void {
    const first = state.questions[0];
    if (first === undefined) return;
    const step = first.kind === 'approval' ? first.request.gate : first.request.step;
    const asks = state.models.ledger.questions.findLast((one) => one.step === step);
    const line = asks === undefined ? undefined : state.story.lines.at(asks.at);
    if (line !== undefined) followTo(line.seq);
  }

  function followTo(seq: number): void {
    if (!state.follow || !host.editor) return;
    window.clearTimeout(followTimer);
    followTimer = window.setTimeout(() => host.post({ type: 'reveal', seq }), FOLLOW_AFTER_MS);
  }

  /** The end of a running trace, so that what happens next is seen to happen. */
  function showLast(): void {
    if (rowCount(state) > 0) list.rows.show(rowCount(state) - 1);
  }

  function showSelected(): void {
    if (state.selected === null) return;
    switch (state.pane) {
      case 'events': {
        const row = rowOfLine(state, state.selected);
        if (row >= 0) list.rows.show(row);
        return;
      }
      case 'waterfall':
        waterfall.show();
        return;
      case 'steps':
        find('.step-box.selected')?.scrollIntoView({ block: 'nearest' });
        return;
      case 'approvals':
        find('.entry.selected')?.scrollIntoView({ block: 'nearest' });
        return;
      case 'budget':
    }
  }

  function restoreScroll(): void {
    if (restored === undefined) return;
    const { selected, scrolled } = restored;
    restored = undefined;
    if (selected === null && scrolled > 0) list.rows.scrollTo(scrolled);
  }

  function closeDetails(): void {
    update({ ...state, details: false });
    focusPane();
  }

  function setPane(to: Pane): void {
    update({ ...state, pane: to });
    // Drawn once more: a list that was not there before only now knows how high it is.
    draw();
    queueMicrotask(showSelected);
  }

  function narrow(range: Range | undefined): void {
    const { range: _before, ...rest } = state.filter;
    state = { ...state, view: null };
    refilter(range === undefined ? rest : { ...rest, range });
  }

  function refilter(filter: State['filter']): void {
    update(filtered(state, filter));
    if (state.selected !== null) showSelected();
    else if (rowCount(state) > 0) list.rows.show(0);
    work();
  }

  function search(text: string): void {
    typed = text;
    window.clearTimeout(searchTimer);
    searchTimer = window.setTimeout(() => {
      typed = undefined;
      if (state.pane !== 'events') state = { ...state, pane: 'events' };
      refilter({ ...state.filter, search: text });
    }, SEARCH_AFTER_MS);
  }

  function openHelp(): void {
    update({ ...state, help: true });
    find('.help button')?.focus();
  }

  function closeHelp(): void {
    update({ ...state, help: false });
    focusPane();
  }

  /** Where the keys go when the page gets them and nothing in it has them: the editor takes them from all of it at once. */
  function takeFocus(): void {
    if (!document.hasFocus() || (document.activeElement ?? document.body) !== document.body) return;
    asked = undefined;
    if (state.questions.length > 0) focusQuestion();
    else focusPane();
  }

  /** Never while the person works elsewhere: what they type there is no answer, and is not to be lost. */
  function focusQuestion(): void {
    const first = state.questions[0];
    if (first === undefined || first.ask === asked) return;
    if (!document.hasFocus() || document.activeElement?.matches('input[type=search]')) return;
    asked = first.ask;
    find('[data-default-focus]')?.focus();
    followQuestion();
  }

  function focusPane(): void {
    find('.list, .bars, .steps [tabindex="0"], .ledger, .budget')?.focus();
  }

  function find(selector: string): HTMLElement | null {
    return root.querySelector<HTMLElement>(selector);
  }

  /** The next event of what is shown, or the next decision in it; a search goes from match to match. */
  function step(way: 1 | -1, decisions: boolean): void {
    const count = rowCount(state);
    const at = state.selected === null ? (way === 1 ? -1 : count) : rowOfLine(state, state.selected);
    const every = !decisions || state.filter.search.trim() !== '';
    for (let row = at + way; row >= 0 && row < count; row += way) {
      const index = lineOfRow(state, row);
      if (index !== undefined && (every || (state.story.marks.at(index) & MARK.decision) !== 0)) {
        select(index, false);
        return;
      }
    }
    update({ ...state, announcement: way === 1 ? 'Nothing after this.' : 'Nothing before this.' });
  }

  function onKey(event: KeyboardEvent): void {
    const at = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.metaKey || event.altKey || state.phase === 'compare') return;
    if (event.key === 'Escape') {
      // By itself it would empty the search and tell nobody, and what is found would stay.
      if (at?.matches('input[type=search]')) event.preventDefault();
      if (state.help) closeHelp();
      // Leaving a question is not an answer to it.
      else if (at?.closest('.details, .pane')) closeDetails();
      else focusPane();
      return;
    }
    if (state.help || at?.closest('input, textarea, select')) return;
    const index = at?.closest('.list') ? list.step(state, event.key) : undefined;
    if (index !== undefined) {
      event.preventDefault();
      select(index, false);
      return;
    }
    if (event.key === 'Enter' && at?.closest('.list, .bars') && state.selected !== null) {
      event.preventDefault();
      select(state.selected, true);
      find('.details')?.focus();
      return;
    }
    const action = keyAction(event.key);
    // Letters typed at an answer are no commands.
    if (action === undefined || state.phase !== 'open' || at?.closest('.card')) return;
    event.preventDefault();
    act(action);
  }

  function act(action: KeyAction): void {
    const line = state.selected === null ? undefined : state.story.lines.at(state.selected);
    const { end } = state.story;
    const { range } = state.filter;
    switch (action) {
      case 'next':
      case 'previous':
        step(action === 'next' ? 1 : -1, false);
        return;
      case 'next-decision':
      case 'previous-decision':
        step(action === 'next-decision' ? 1 : -1, true);
        return;
      case 'search':
        find('input[type=search]')?.focus();
        return;
      case 'help':
        openHelp();
        return;
      case 'reveal':
        if (line !== undefined && host.editor) host.post({ type: 'reveal', seq: line.seq, focus: true });
        return;
      case 'link':
        if (line !== undefined && host.editor) host.post({ type: 'link', seq: line.seq });
        return;
      case 'range-from':
        if (line !== undefined) narrow({ from: line.mono, to: Math.max(line.mono, range?.to ?? end) });
        return;
      case 'range-to':
        if (line !== undefined) narrow({ from: Math.min(line.mono, range?.from ?? 0), to: line.mono });
        return;
      case 'range-clear':
        narrow(undefined);
        return;
      default: {
        const to = PANES[Number(action.slice('pane-'.length)) - 1];
        if (to === undefined) return;
        setPane(to);
        focusPane();
      }
    }
  }
}
