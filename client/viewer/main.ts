import { html, nothing, render, type TemplateResult } from 'lit-html';
import { nothingFor } from './events/filter.js';
import { connectHost } from './host.js';
import { approvalCard, readDecision } from './parts/approval-card.js';
import { details } from './parts/details.js';
import { header } from './parts/header.js';
import { EventList } from './parts/list.js';
import { readTask, taskCard } from './parts/task-card.js';
import { dataText, icon } from './parts/text.js';
import type { FromViewer } from './protocol/messages.js';
import { filtered, receive, rowCount, rowOfLine, type State, startState } from './state.js';

/** Long enough not to open a file for every row a held arrow key passes. */
const FOLLOW_AFTER_MS = 120;
/** Long enough to type a word before 100,000 events are searched. */
const SEARCH_AFTER_MS = 120;
const ROW_PER_FONT = 1.85;

const root = document.querySelector<HTMLElement>('#viewer');
if (root !== null) start(root);

function start(root: HTMLElement): void {
  const host = connectHost();
  let state: State = startState(host.follow());
  let whole = false;
  let drawing = false;
  let followTimer: number | undefined;
  let searchTimer: number | undefined;
  let typed: string | undefined;
  let asked = '';
  const font = Number.parseFloat(getComputedStyle(document.body).fontSize) || 13;
  const list = new EventList(() => find('.list'), Math.round(font * ROW_PER_FONT), draw, showSelected);

  host.listen((message) => {
    const following = state.live && list.atEnd && state.selected === null;
    update(receive(state, message));
    if (following) showLast();
    if (message.type === 'approval' || message.type === 'task') {
      focusQuestion();
      followQuestion();
    }
    if (message.type === 'withdrawn') focusList();
  });
  document.addEventListener('keydown', onKey);
  // Deadlines are counted down while a question waits.
  window.setInterval(() => state.questions.length > 0 && draw(), 1000);
  render(page(), root);
  host.post({ type: 'ready' });

  function update(next: State): void {
    state = next;
    paint();
  }

  function draw(): void {
    if (drawing) return;
    drawing = true;
    queueMicrotask(() => {
      drawing = false;
      paint();
    });
  }

  function paint(): void {
    list.resize(rowCount(state));
    render(page(), root);
    list.drawn();
  }

  function page(): TemplateResult {
    return html`<div class="page ${state.questions.length > 0 ? 'asking' : ''}" data-testid="viewer" data-phase=${state.phase}>
      ${
        state.phase === 'open'
          ? header(
              { ...state, filter: { ...state.filter, search: typed ?? state.filter.search } },
              { chip: (chip) => refilter({ ...state.filter, chip }), search, follow: setFollow },
            )
          : nothing
      }
      ${question()}
      <div class="panes ${state.details ? 'with-details' : ''}">${body()}</div>
      <div class="said" role="status" aria-live="polite" data-testid="said">${state.announcement}</div>
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
      if (state.questions.length > 0) {
        focusQuestion();
        followQuestion();
      } else {
        focusList();
        if (state.selected === null) showLast();
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
    if (rowCount(state) === 0) {
      return message('filter', ...nothingFor(state.filter, state.live));
    }
    const line = state.selected === null ? undefined : state.story.lines[state.selected];
    return html`${list.template(state, (index) => select(index, true))}${
      state.details && line !== undefined
        ? details(state, line, whole, {
            reveal: () => host.post({ type: 'reveal', seq: line.seq, focus: true }),
            copy: () => host.post({ type: 'copy', seq: line.seq }),
            close: closeDetails,
            all: () => {
              whole = true;
              draw();
            },
          })
        : nothing
    }`;
  }

  function message(name: string, title: string, text: string): TemplateResult {
    return html`<div class="message" data-testid="message" role=${name === 'error' ? 'alert' : 'note'}>
      ${icon(name)}
      <h2>${title}</h2>
      <p>${dataText(text)}</p>
    </div>`;
  }

  function select(index: number, open: boolean): void {
    if (index !== state.selected) whole = false;
    update({ ...state, selected: index, details: state.details || open });
    showSelected();
    const line = state.story.lines[index];
    if (line !== undefined) followTo(line.seq);
  }

  /** Whoever is asked sees where the playbook asks. */
  function followQuestion(): void {
    const first = state.questions[0];
    if (first === undefined) return;
    const step = first.kind === 'approval' ? first.request.gate : first.request.step;
    const asks = state.story.lines.findLast(
      (line) => line.step === step && (line.event === 'gate.opened' || line.event === 'task.opened'),
    );
    if (asks !== undefined) followTo(asks.seq);
  }

  function followTo(seq: number): void {
    if (!state.follow) return;
    window.clearTimeout(followTimer);
    followTimer = window.setTimeout(() => host.post({ type: 'reveal', seq }), FOLLOW_AFTER_MS);
  }

  /** The end of a running trace, so that what happens next is seen to happen. */
  function showLast(): void {
    if (rowCount(state) > 0) list.show(rowCount(state) - 1);
  }

  function showSelected(): void {
    const row = state.selected === null ? -1 : rowOfLine(state, state.selected);
    if (row >= 0) list.show(row);
  }

  function closeDetails(): void {
    update({ ...state, details: false });
    focusList();
  }

  function refilter(filter: State['filter']): void {
    update(filtered(state, filter));
    if (state.selected !== null) showSelected();
    else if (rowCount(state) > 0) list.show(0);
  }

  function search(text: string): void {
    typed = text;
    window.clearTimeout(searchTimer);
    searchTimer = window.setTimeout(() => {
      typed = undefined;
      refilter({ ...state.filter, search: text });
    }, SEARCH_AFTER_MS);
  }

  function setFollow(follow: boolean): void {
    host.keepFollow(follow);
    update({ ...state, follow });
  }

  function focusQuestion(): void {
    const first = state.questions[0];
    if (first === undefined || first.ask === asked) return;
    asked = first.ask;
    find('[data-default-focus]')?.focus();
  }

  function focusList(): void {
    find('.list')?.focus();
  }

  function find(selector: string): HTMLElement | null {
    return root.querySelector<HTMLElement>(selector);
  }

  function onKey(event: KeyboardEvent): void {
    const at = event.target instanceof Element ? event.target : null;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      // Leaving a question is not an answer to it.
      if (at?.closest('.details') || at?.closest('.list')) closeDetails();
      else focusList();
      return;
    }
    if (at?.closest('input, textarea, select, button, summary')) return;
    if (event.key === '/') {
      event.preventDefault();
      find('input[type=search]')?.focus();
      return;
    }
    const line = state.selected === null ? undefined : state.story.lines[state.selected];
    if (event.key === 'o' && line !== undefined) {
      host.post({ type: 'reveal', seq: line.seq, focus: true });
      return;
    }
    if (!at?.closest('.list')) return;
    if (event.key === 'Enter' && state.selected !== null) {
      event.preventDefault();
      select(state.selected, true);
      find('.details')?.focus();
      return;
    }
    const index = list.step(state, event.key);
    if (index === undefined) return;
    event.preventDefault();
    select(index, false);
  }
}
