import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { overlaps } from '../events/range.js';
import { fineSpan } from '../events/span.js';
import { shortened, visible } from '../events/visible.js';
import { kindIcon, plural } from '../events/words.js';
import type { Lane, StepNode } from '../model/steps.js';
import { dataText, icon } from '../parts/text.js';
import type { State } from '../state.js';
import { outcomeOf } from './outcome-words.js';
import type { PaneActions } from './pane-actions.js';

/** Steps of one list that are drawn at once; the ones before and after are a press away. */
const WINDOW = 40;
/** Steps drawn in all before what stands in others starts folded. */
const MANY = 250;
const NOTE = 240;

/**
 * The path the run took, as steps below one another; what stood in a step, its branches, rounds and called playbooks, in
 * a frame below it. Nested lists and not a drawing: a playbook has structure, and a screen reader reads it.
 */
export class StepsPane {
  /** Steps whose fold a person changed. */
  readonly #folds = new Map<number, boolean>();
  /** Which round of a loop is shown, and where the window into a long list begins. */
  readonly #rounds = new Map<number, number>();
  readonly #windows = new Map<string, number>();
  #drawn = 0;
  /** The step the tab key comes to. */
  #focus = -1;

  template(state: State, actions: PaneActions): TemplateResult {
    const { steps } = state.models;
    this.#drawn = 0;
    const selected = selectedStep(state);
    if (selected !== undefined) this.#focus = selected.id;
    const top = steps.top.filter((node) => overlaps(node, state.filter.range));
    if (!top.some(({ id }) => id === this.#focus) && selected === undefined) this.#focus = top[0]?.id ?? -1;
    return html`<div class="steps" data-testid="steps" tabindex="-1">
      <div role="tree" aria-label="Steps of the run, in the order they were taken" @keydown=${(event: KeyboardEvent) => this.#onKey(event)}>
        ${this.#list(state, top, 'top', 1, selected, actions)}
      </div>
      ${ending(state)}
    </div>`;
  }

  #list(
    state: State,
    nodes: readonly StepNode[],
    key: string,
    level: number,
    selected: StepNode | undefined,
    actions: PaneActions,
  ): TemplateResult {
    const inside = selected === undefined ? -1 : nodes.findIndex((node) => holds(node, selected));
    const around = inside < 0 ? 0 : Math.max(0, inside - Math.floor(WINDOW / 2));
    const from = Math.min(this.#windows.get(key) ?? around, Math.max(0, nodes.length - WINDOW));
    const shown = nodes.slice(from, from + WINDOW);
    const move = (to: number) => () => {
      this.#windows.set(key, Math.max(0, to));
      actions.redraw();
    };
    const after = nodes.length - from - shown.length;
    return html`${from === 0 ? nothing : more(`${from} ${plural('step', from)} before`, level, move(from - WINDOW))}
      <ul class="lane-steps" role=${level === 1 ? 'presentation' : 'group'}>
        ${repeat(
          shown,
          ({ id }) => id,
          (node) => this.#step(state, node, level, selected, actions),
        )}
      </ul>
      ${after === 0 ? nothing : more(`${after} ${plural('step', after)} after`, level, move(from + WINDOW))}`;
  }

  #step(
    state: State,
    node: StepNode,
    level: number,
    selected: StepNode | undefined,
    actions: PaneActions,
  ): TemplateResult {
    this.#drawn += 1;
    const { icon: name, tone, text } = outcomeOf(node, state);
    const inner = node.lanes.length > 0;
    const open = inner && this.#isOpen(node, selected);
    const lasted = node.to === undefined || node.outcome === 'skipped' ? '' : fineSpan(node.to - node.from);
    const why = node.outcome === 'skipped' ? `Not run: ${node.because}` : node.because;
    const facts = [
      node.acts > 0 ? `${node.acts} consequential ${plural('act', node.acts)}` : '',
      node.denials > 0 ? `${node.denials} ${plural('call', node.denials)} denied` : '',
      lasted,
    ].filter((fact) => fact !== '');
    return html`<li role="none" class="step-item ${tone}">
      <div
        role="treeitem"
        aria-level=${level}
        aria-expanded=${inner ? String(open) : nothing}
        aria-selected=${node === selected ? 'true' : 'false'}
        tabindex=${node.id === this.#focus ? '0' : '-1'}
        data-node=${node.id}
        data-testid="step"
        data-step=${visible(node.path)}
        data-outcome=${node.outcome ?? 'open'}
        class="step-box ${node.outcome === 'skipped' ? 'skipped' : ''} ${node === selected ? 'selected' : ''}"
        @focus=${() => {
          this.#focus = node.id;
        }}
        @click=${() => {
          this.#focus = node.id;
          actions.select(node.at);
        }}
      >
        ${
          inner
            ? html`<button
                class="icon fold"
                tabindex="-1"
                aria-hidden="true"
                title=${open ? 'Fold' : 'Unfold'}
                @click=${(event: Event) => {
                  event.stopPropagation();
                  this.#folds.set(node.id, !open);
                  actions.redraw();
                }}
              >
                ${icon(open ? 'chevron-down' : 'chevron-right')}
              </button>`
            : nothing
        }
        <span class="kind">${icon(kindIcon(node.kind))}</span>
        <span class="step-words">
          <span class="step-title">${visible(shortened(node.title, 160))}</span>
          <span class="note">${visible(node.path === node.title ? node.kind : `${node.kind} ${node.path}`)}</span>
          ${why === '' ? nothing : html`<span class="why">${dataText(shortened(why, NOTE), 'line')}</span>`}
          ${node.error === null ? nothing : html`<span class="why bad-text">${dataText(shortened(node.error, NOTE), 'line')}</span>`}
          ${node.handler === null ? nothing : html`<span class="why">then ${dataText(node.handler, 'line')}</span>`}
        </span>
        <span class="step-end"
          ><span class="ended">${icon(name)}${text}</span
          ><span class="note">${facts.join(', ')}</span></span
        >
      </div>
      ${open ? this.#lanes(state, node, level, selected, actions) : nothing}
    </li>`;
  }

  #isOpen(node: StepNode, selected: StepNode | undefined): boolean {
    const folded = this.#folds.get(node.id);
    if (folded !== undefined) return folded;
    return this.#drawn < MANY || (selected !== undefined && selected !== node && holds(node, selected));
  }

  #lanes(
    state: State,
    node: StepNode,
    level: number,
    selected: StepNode | undefined,
    actions: PaneActions,
  ): TemplateResult {
    const loop = node.kind === 'for-each';
    const round = loop ? this.#round(node, selected) : 0;
    const shown = loop ? node.lanes.slice(round, round + 1) : node.lanes;
    const go = (to: number) => () => {
      this.#rounds.set(node.id, to);
      actions.redraw();
    };
    const lanes = shown.map((lane, index) =>
      this.#lane(state, node, lane, loop ? round : index, level, selected, actions),
    );
    return html`${
      loop && node.lanes.length > 1
        ? html`<div class="rounds">
            ${round === 0 ? nothing : more('Round before', level + 1, go(round - 1))}
            <span>round ${round + 1} of ${node.lanes.length}</span>
            ${round === node.lanes.length - 1 ? nothing : more('Next round', level + 1, go(round + 1))}
          </div>`
        : nothing
    }
      <div class="lanes ${node.kind === 'parallel' ? 'parallel' : ''}" role="presentation">${lanes}</div>`;
  }

  #lane(
    state: State,
    node: StepNode,
    lane: Lane,
    index: number,
    level: number,
    selected: StepNode | undefined,
    actions: PaneActions,
  ): TemplateResult {
    const steps = lane.steps.filter((step) => overlaps(step, state.filter.range));
    return html`<div class="lane" role="presentation" data-testid="lane" data-lane=${visible(lane.name)}>
      ${
        lane.name === ''
          ? nothing
          : html`<p class="lane-name">
              <strong>${visible(lane.name)}</strong>
              ${lane.note === '' ? nothing : html`<span class=${lane.stopped ? 'warning-text' : 'note'}>${visible(shortened(lane.note, NOTE))}</span>`}
            </p>`
      }
      ${
        steps.length === 0
          ? html`<p class="note">${lane.steps.length === 0 ? 'No step was run here.' : 'No step in the chosen time.'}</p>`
          : this.#list(state, steps, `${node.id} ${index}`, level + 1, selected, actions)
      }
    </div>`;
  }

  /** The round a person chose, else that of the selected event, else the first that went wrong, else the last. */
  #round(node: StepNode, selected: StepNode | undefined): number {
    const last = node.lanes.length - 1;
    const has =
      selected === undefined ? -1 : node.lanes.findIndex((lane) => lane.steps.some((one) => holds(one, selected)));
    const wrong = node.lanes.findIndex(({ steps }) => steps.some(({ outcome }) => WRONG.has(outcome ?? '')));
    const best = has >= 0 ? has : wrong >= 0 ? wrong : last;
    return Math.min(last, Math.max(0, this.#rounds.get(node.id) ?? best));
  }

  #onKey(event: KeyboardEvent): void {
    const item = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[role=treeitem]') : null;
    const tree = item?.closest('[role=tree]');
    if (!item || !tree || event.target !== item || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = [...tree.querySelectorAll<HTMLElement>('[role=treeitem]')];
    const at = all.indexOf(item);
    const expanded = item.getAttribute('aria-expanded');
    const to = (): HTMLElement | null | undefined => {
      switch (event.key) {
        case 'ArrowDown':
          return all[at + 1];
        case 'ArrowUp':
          return all[at - 1];
        case 'Home':
          return all[0];
        case 'End':
          return all.at(-1);
        case 'ArrowRight':
          if (expanded === 'false') item.querySelector<HTMLElement>('.fold')?.click();
          return expanded === 'true'
            ? item.parentElement?.querySelector<HTMLElement>('.lanes [role=treeitem]')
            : undefined;
        case 'ArrowLeft':
          if (expanded === 'true') item.querySelector<HTMLElement>('.fold')?.click();
          return expanded === 'true'
            ? undefined
            : item.closest('.lanes')?.parentElement?.querySelector<HTMLElement>(':scope > [role=treeitem]');
        case 'Enter':
        case ' ':
          item.click();
          return undefined;
        default:
          return null;
      }
    };
    const next = to();
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (next === undefined) return;
    item.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }
}

const WRONG: ReadonlySet<string> = new Set(['failed', 'denied', 'rejected', 'timed-out', 'refused']);

/** The step the selected event belongs to. */
export function selectedStep({ selected, story, models }: State): StepNode | undefined {
  const path = selected === null ? null : (story.lines.at(selected)?.step ?? null);
  return selected === null || path === null ? undefined : models.steps.stepOf(path, selected);
}

function holds(node: StepNode, inner: StepNode): boolean {
  for (let at: StepNode | undefined = inner; at !== undefined; at = at.parent) if (at === node) return true;
  return false;
}

/** What came of it all, below the last step: there a reader sees that nothing came after, and why. */
function ending({ story, live }: State): TemplateResult | typeof nothing {
  const { closed } = story;
  if (closed === undefined && live) return nothing;
  const tone = closed?.outcome === 'completed' ? 'good' : closed === undefined ? 'warning' : 'plain';
  return html`<p class="run-end ${tone}" data-testid="run-end">
    ${icon(closed === undefined ? 'warning' : 'debug-stop')}
    <span>${
      closed === undefined
        ? 'The trace ends here, before the end of the run. What came after is not known.'
        : html`Run ${visible(closed.outcome)}. ${dataText(shortened(closed.reason, NOTE), 'line')}
          ${closed.outcome === 'completed' ? nothing : 'Steps after this were not reached; the trace does not list them.'}`
    }</span>
  </p>`;
}

/** A button that stands in the tree like a step, so that the same keys lead to it. */
function more(text: string, level: number, act: () => void): TemplateResult {
  return html`<button class="link more" role="treeitem" aria-level=${level} tabindex="-1" @click=${act}>${text}</button>`;
}
