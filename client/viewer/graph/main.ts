import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { GraphItem } from '../../../server/protocol/graph.js';
import { visible } from '../events/visible.js';
import { plural } from '../events/words.js';
import { help } from '../parts/help.js';
import type { FromGraph, GraphState, ToGraph } from '../protocol/graph-messages.js';
import { type BarActions, BROKEN, bar, brokenNote, empty, PARTIAL } from './bar.js';
import { type FactsActions, facts } from './facts.js';
import { type KeptGraph, readKeptGraph, ZOOM } from './kept.js';
import { GRAPH_KEYS } from './keys.js';
import { marksOf } from './marks.js';
import { type GraphModel, matching, modelOf, nearestShown, openSteps, shownSteps } from './model.js';
import { type PictureActions, picture, type Shown } from './picture.js';

/** The side of VS Code a webview sees. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromGraph): void;
  getState(): unknown;
  setState(state: KeptGraph): void;
};

const root = document.querySelector<HTMLElement>('#viewer');
if (root !== null) start(root);

function start(root: HTMLElement): void {
  const vscode = acquireVsCodeApi();
  const kept = readKeptGraph(vscode.getState());
  let { uri, selected, zoom, legend } = kept;
  const folds = new Map(kept.folds);
  let name = '';
  let state: GraphState | 'waiting' = 'waiting';
  let model: GraphModel | null = null;
  let current: string | null = null;
  let pointed: string | null = null;
  let focus: string | null = selected;
  let search = '';
  let said = '';
  let helping = false;

  const pictureActions: PictureActions = {
    select: (key) => {
      select(key);
      vscode.postMessage({ type: 'open', key, tool: null, focus: false });
    },
    fold,
    point: (key) => {
      // Only what picks something out is worth another drawing.
      const next = key !== null && picksOut(key) ? key : null;
      if (next === pointed) return;
      pointed = next;
      paint();
    },
  };
  const factsActions: FactsActions = {
    select: (key) => {
      select(key);
      focusStep(key);
    },
    open: (key, tool) => vscode.postMessage({ type: 'open', key, tool, focus: true }),
    close: () => {
      selected = null;
      paint();
      if (focus !== null) focusStep(focus);
    },
  };

  const barActions: BarActions = {
    search: (text) => {
      search = text;
      const count = model === null ? 0 : matching(model, search).length;
      said = search === '' ? '' : `${count} ${plural('step', count)} found`;
      paint();
    },
    searchKey: onSearchKey,
    foldAll,
    closer: () => zoomTo(zoom * ZOOM.step),
    farther: () => zoomTo(zoom / ZOOM.step),
    fit: fitIn,
    legend: () => {
      legend = !legend;
      paint();
    },
    help: openHelp,
  };

  window.addEventListener('message', ({ data }: MessageEvent<ToGraph>) => take(data));
  document.addEventListener('keydown', onKey);
  root.addEventListener('wheel', onWheel, { passive: false });
  paint();
  vscode.postMessage({ type: 'ready' });

  function take(message: ToGraph): void {
    switch (message.type) {
      case 'graph':
        if (message.uri !== uri) {
          folds.clear();
          [selected, focus, current, pointed, search] = [null, null, null, null, ''];
        }
        ({ uri, name, state } = message);
        said = '';
        show(message.graph);
        return;
      case 'state':
        state = message.state;
        said = stateWords(state);
        paint();
        return;
      case 'cursor':
        if (message.key === current) return;
        current = message.key;
        paint();
        if (current !== null) stepElement(current)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }

  function show(graph: GraphItem | null): void {
    model = graph === null ? null : modelOf(graph);
    const gone = (key: string | null): boolean => key !== null && model?.stepOf.has(key) !== true;
    if (gone(selected)) selected = null;
    if (gone(pointed)) pointed = null;
    paint();
  }

  function paint(): void {
    const shown = model === null ? undefined : shownOf(model);
    render(page(shown), root);
    const canvas = root.querySelector<HTMLElement>('.graph-canvas');
    // By the object model and not as an attribute, which the policy of the page refuses.
    if (canvas !== null) canvas.style.zoom = String(zoom);
    canvas?.style.setProperty('--zoom', String(zoom));
    vscode.setState({ uri, selected, folds: [...folds], zoom, legend });
  }

  function shownOf(model: GraphModel): Shown {
    const found = matching(model, search);
    const matter = [selected, current, focus].flatMap((key) => (key === null ? [] : [key]));
    const marks = marksOf(model, pointed ?? selected);
    // A path is to be seen from end to end.
    const open = openSteps(model, folds, [
      ...matter,
      ...(selected === null ? [] : marksOf(model, selected).path.keys()),
    ]);
    const at = focus !== null && model.stepOf.has(focus) ? nearestShown(model, open, focus) : null;
    return {
      model,
      open,
      marks,
      selected,
      focus: at ?? model.item.top[0] ?? null,
      current: current === null || !model.stepOf.has(current) ? null : nearestShown(model, open, current),
      matches: new Set(found.map((key) => nearestShown(model, open, key))),
    };
  }

  function page(shown: Shown | undefined): TemplateResult {
    const step = shown === undefined || selected === null ? undefined : shown.model.stepOf.get(selected);
    return html`<div class="page graph-page" data-testid="graph" data-state=${state}>
      ${shown === undefined ? nothing : bar(shown.model.item, { name, search, legend }, barActions)} ${stateWords(state) !== '' && model !== null ? brokenNote(stateWords(state)) : nothing}
      <div class="graph-panes ${step === undefined ? '' : 'with-facts'}">
        <div class="graph-scroll" data-testid="canvas" tabindex="-1">
          ${
            shown === undefined || shown.model.item.steps.length === 0
              ? empty(shown === undefined ? state : 'no-steps')
              : html`<div class="graph-canvas" role="tree" aria-label=${`Steps of ${visible(name)}`}>${picture(shown, pictureActions)}</div>`
          }
        </div>
        ${step === undefined || shown === undefined ? nothing : facts(shown.model, step, factsActions)}
      </div>
      <div class="said" role="status" aria-live="polite" data-testid="said">${said}</div>
      ${helping ? help(closeHelp, GRAPH_KEYS) : nothing}
    </div>`;
  }

  function picksOut(key: string): boolean {
    const step = model?.stepOf.get(key);
    return step !== undefined && (step.gate !== null || step.tools.some(({ act }) => act !== null));
  }

  function select(key: string): void {
    selected = key;
    focus = key;
    paint();
    stepElement(key)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  function fold(key: string, open: boolean): void {
    folds.set(key, open);
    paint();
  }

  function foldAll(open: boolean): void {
    for (const { key, lanes } of model?.item.steps ?? []) if (lanes.length > 0) folds.set(key, open);
    paint();
  }

  function zoomTo(to: number): void {
    zoom = Math.min(ZOOM.most, Math.max(ZOOM.least, to));
    paint();
    // Whatever is looked at stays in view.
    const at = selected ?? current;
    if (at !== null) stepElement(at)?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  function fitIn(): void {
    const canvas = root.querySelector<HTMLElement>('.graph-canvas');
    const room = root.querySelector<HTMLElement>('.graph-scroll');
    if (canvas === null || room === null) return;
    const box = canvas.getBoundingClientRect();
    const { paddingLeft, paddingTop } = getComputedStyle(room);
    const [width, height] = [
      room.clientWidth - 2 * Number.parseFloat(paddingLeft),
      room.clientHeight - 2 * Number.parseFloat(paddingTop),
    ];
    const factor = Math.min(width / box.width, height / box.height);
    zoomTo(Math.min(1, zoom * factor));
  }

  function onWheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoomTo(event.deltaY < 0 ? zoom * ZOOM.step : zoom / ZOOM.step);
  }

  function onSearchKey(event: KeyboardEvent): void {
    if (model === null) return;
    if (event.key === 'Escape') {
      search = '';
      paint();
      focusStep(shownOf(model).focus);
    } else if (event.key === 'Enter') {
      const found = matching(model, search);
      const at = found.indexOf(selected ?? '');
      const next = found[(event.shiftKey ? at - 1 + found.length : at + 1) % Math.max(1, found.length)];
      if (next !== undefined) select(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function onKey(event: KeyboardEvent): void {
    if (helping) {
      if (event.key === 'Escape') closeHelp();
      return;
    }
    if (model === null || event.ctrlKey || event.altKey || event.metaKey) return;
    const from = event.target instanceof Element ? event.target : null;
    if (from?.closest('input') != null) return;
    const step = from?.closest<HTMLElement>('[role=treeitem]')?.dataset.key;
    // Keys that press a button or scroll are left to what has the focus, where that is something else.
    const elsewhere = step === undefined && from?.matches('body, .graph-scroll') !== true;
    if (elsewhere && (event.key.length > 1 || event.key === ' ') && event.key !== 'Escape') return;
    if (!act(event.key, step, model)) return;
    event.preventDefault();
  }

  /** @returns whether the key means something here */
  function act(key: string, step: string | undefined, model: GraphModel): boolean {
    const shown = shownOf(model);
    const order = shownSteps(model, shown.open);
    const at = step ?? shown.focus;
    const index = order.indexOf(at ?? '');
    const go = (to: string | undefined): true => {
      if (to !== undefined) {
        select(to);
        focusStep(to);
      }
      return true;
    };
    const held = at === null ? undefined : model.stepOf.get(at);
    switch (key) {
      case 'ArrowDown':
        return go(order[index + 1]);
      case 'ArrowUp':
        return go(order[Math.max(0, index - 1)]);
      case 'Home':
        return go(order[0]);
      case 'End':
        return go(order.at(-1));
      case 'ArrowRight':
        if (at === null || held === undefined || held.lanes.length === 0) return true;
        if (shown.open.has(at)) return go(held.lanes.flatMap(({ steps }) => steps)[0]);
        fold(at, true);
        return true;
      case 'ArrowLeft':
        if (at !== null && shown.open.has(at)) fold(at, false);
        else if (at !== null) go(model.holderOf.get(at)?.step.key);
        return true;
      case 'Enter':
        if (at !== null) vscode.postMessage({ type: 'open', key: at, tool: null, focus: true });
        return true;
      case ' ':
        if (at !== null) select(at);
        return true;
      case 'Escape':
        if (selected === null) return false;
        factsActions.close();
        return true;
      case 'n':
      case 'p': {
        const keys = model.item.steps.map(({ key }) => key).filter(picksOut);
        const all = model.item.steps.map(({ key }) => key);
        const here = all.indexOf(at ?? '');
        const beyond = (one: string): boolean => (key === 'n' ? all.indexOf(one) > here : all.indexOf(one) < here);
        const first = selected === null && key === 'n' && at !== null && picksOut(at) ? at : undefined;
        return go(first ?? (key === 'n' ? keys.find(beyond) : keys.findLast(beyond)));
      }
      case 'c':
        return go(current ?? undefined);
      case '+':
      case '=':
        zoomTo(zoom * ZOOM.step);
        return true;
      case '-':
        zoomTo(zoom / ZOOM.step);
        return true;
      case '0':
        zoomTo(1);
        return true;
      case 'f':
        fitIn();
        return true;
      case '/':
        root.querySelector<HTMLInputElement>('[data-testid="search"]')?.focus();
        return true;
      case '?':
        openHelp();
        return true;
      default:
        return false;
    }
  }

  function openHelp(): void {
    helping = true;
    paint();
    root.querySelector<HTMLElement>('.help')?.focus();
  }

  function closeHelp(): void {
    helping = false;
    paint();
    if (model !== null) focusStep(shownOf(model).focus);
  }

  function stepElement(key: string): HTMLElement | undefined {
    if (model === null) return undefined;
    const near = nearestShown(model, shownOf(model).open, key);
    return [...root.querySelectorAll<HTMLElement>('[role=treeitem]')].find(({ dataset }) => dataset.key === near);
  }

  function focusStep(key: string | null): void {
    if (key !== null) stepElement(key)?.focus();
  }
}

/** What is to be said of a picture that is not what the text says now; empty: it is. */
function stateWords(state: GraphState | 'waiting'): string {
  return state === 'broken' ? BROKEN : state === 'partial' ? PARTIAL : '';
}
