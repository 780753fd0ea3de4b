import { html, nothing, type TemplateResult } from 'lit-html';
import { clock } from '../events/clock.js';
import type { Range } from '../events/filter.js';
import { ordered, ticks, zoomed } from '../events/range.js';
import { fineSpan } from '../events/span.js';
import { shortened, visible } from '../events/visible.js';
import { kindIcon } from '../events/words.js';
import { covered, isWaiting, type Part } from '../model/steps.js';
import { icon } from '../parts/text.js';
import { movedRow, type VirtualRows } from '../parts/virtual-rows.js';
import type { State } from '../state.js';
import { outcomeOf } from './outcome-words.js';
import type { PaneActions } from './pane-actions.js';
import { selectedStep } from './steps-pane.js';
import { rowOfEvent, type WaterfallRow, waterfallRows } from './waterfall-rows.js';

const CLOSER = 0.5;
/** A shorter drag is a click. */
const LEAST_DRAG = 4;
const MAX_DEPTH = 10;

/** What took how long: steps, the turns in them, the calls of a turn; time spent waiting for people told from the rest. */
export class WaterfallPane {
  readonly #virtual: VirtualRows;
  readonly #folded = new Set<number>();
  #rows: readonly WaterfallRow[] = [];
  /** What `#rows` was made of. */
  #made: readonly unknown[] = [];
  #folds = 0;
  /** The row the keys move from. */
  #row = 0;
  #selected: number | null = null;
  #drag: { readonly left: number; readonly width: number; readonly from: number; to: number } | undefined;

  constructor(rows: VirtualRows) {
    this.#virtual = rows;
  }

  /** To be called before drawing. */
  prepare(state: State): void {
    const { story, models, filter, selected } = state;
    const made = [story, story.lines.length, filter.range, this.#folds];
    const same = made.every((one, index) => one === this.#made[index]);
    if (!same) {
      this.#made = made;
      this.#rows = waterfallRows(models.steps, filter.range, this.#folded);
    }
    this.#virtual.resize(this.#rows.length);
    if (same && selected === this.#selected) return;
    this.#selected = selected;
    const row = selected === null ? -1 : rowOfEvent(this.#rows, selectedStep(state), selected);
    this.#row = row >= 0 ? row : Math.min(this.#row, Math.max(0, this.#rows.length - 1));
  }

  /** Brings the selected event into view. */
  show(): void {
    if (this.#rows.length > 0) this.#virtual.show(this.#row);
  }

  template(state: State, actions: PaneActions): TemplateResult {
    const range = viewOf(state);
    const items = this.#virtual.rows;
    const first = items[0]?.start ?? 0;
    const active = items.some(({ index }) => index === this.#row) ? `bar-${this.#row}` : '';
    return html`<div class="waterfall" data-testid="waterfall">
      <div class="waterfall-head">
        ${this.#summary(state, range)}
        <span class="zoom" role="group" aria-label="Zoom">
          ${this.#button('zoom-in', 'Closer (+)', () => this.#zoom(state, CLOSER, actions))}
          ${this.#button('zoom-out', 'Farther (-)', () => this.#zoom(state, 1 / CLOSER, actions))}
          ${this.#button('screen-full', 'All of it (0)', () => actions.zoom(null))}
        </span>
      </div>
      <div class="axis" aria-hidden="true"><span></span><span class="plot">
        ${ticks(range, 5).map((at) => html`<span class="tick" .style=${`left:${percent(at, range)}%`}>${tick(at, range)}</span>`)}
      </span></div>
      <div
        class="bars"
        data-testid="bars"
        role="listbox"
        tabindex="0"
        aria-label="Waterfall: steps, turns and calls by time"
        aria-activedescendant=${active}
        @keydown=${(event: KeyboardEvent) => this.#onKey(event, state, actions)}
        @pointerdown=${(event: PointerEvent) => this.#down(event, range)}
        @pointermove=${(event: PointerEvent) => this.#moved(event, actions)}
        @pointercancel=${() => {
          this.#drag = undefined;
          actions.redraw();
        }}
        @pointerup=${(event: PointerEvent) => this.#up(event, state, range, actions)}
      >
        <div class="spacer" role="presentation" .style=${`height:${this.#rows.length * this.#virtual.rowHeight}px`}>
          <div role="presentation" .style=${`transform:translateY(${first}px)`}>
            ${items.map(({ index }) => this.#bar(state, index, range))}
          </div>
        </div>
        ${
          this.#drag === undefined
            ? nothing
            : html`<div class="dragged" .style=${`left:${Math.min(this.#drag.from, this.#drag.to)}px;width:${Math.abs(this.#drag.to - this.#drag.from)}px`}></div>`
        }
      </div>
    </div>`;
  }

  #summary(state: State, range: Range): TemplateResult {
    const waited = covered(state.models.steps.waits, range.from, range.to, state.story.end);
    const all = range.to - range.from;
    return html`<p class="legend" data-testid="waterfall-summary">
      <span>${fineSpan(all)} shown:</span>
      <span><i class="swatch people"></i>${fineSpan(waited)} waiting for people</span>
      <span><i class="swatch turn"></i><i class="swatch call"></i>${fineSpan(Math.max(0, all - waited))} models, tools and engine</span>
    </p>`;
  }

  #button(name: string, title: string, act: () => void): TemplateResult {
    return html`<button class="icon" title=${title} aria-label=${title} @click=${act}>${icon(name)}</button>`;
  }

  #bar(state: State, index: number, range: Range): TemplateResult | typeof nothing {
    const row = this.#rows[index];
    if (row === undefined) return nothing;
    const { node, part, depth, inner } = row;
    const from = part?.from ?? node?.from ?? 0;
    const to = (part === undefined ? node?.to : part.to) ?? state.story.end;
    const label = part?.label ?? node?.title ?? '';
    const words = part === undefined ? (node === undefined ? '' : outcomeOf(node, state).text) : stateOf(part);
    const kind = part === undefined ? 'step-bar' : isWaiting(part) ? 'people' : part.kind;
    const what = part === undefined ? (node?.kind ?? '') : isWaiting(part) ? 'waiting for people' : part.kind;
    const left = Math.max(0, percent(from, range));
    const width = Math.min(100, percent(to, range)) - left;
    const unfolded = node !== undefined && inner && part === undefined;
    return html`<div
      id="bar-${index}"
      class="bar-row ${index === this.#row ? 'selected' : ''} ${part === undefined ? 'heading' : ''}"
      role="option"
      aria-selected=${index === this.#row ? 'true' : 'false'}
      aria-posinset=${index + 1}
      aria-setsize=${this.#rows.length}
      data-testid="bar"
      data-kind=${kind}
      data-row=${index}
      .style=${`height:${this.#virtual.rowHeight}px`}
    >
      <span class="bar-label" .style=${`padding-left:${6 + Math.min(depth, MAX_DEPTH) * 13}px`}>
        ${unfolded ? html`<span class="fold" data-fold=${node.id}>${icon(this.#folded.has(node.id) ? 'chevron-right' : 'chevron-down')}</span>` : nothing}
        ${icon(part === undefined ? kindIcon(node?.kind ?? '') : ICONS[part.kind])}
        <span class="text">${visible(shortened(label, 120))}</span>
        <span class="note">${part === undefined && node !== undefined && node.branch !== '' ? visible(node.branch) : words}</span>
      </span>
      <span class="plot"
        >${
          width < 0 || left > 100
            ? nothing
            : html`<span
                class="bar ${kind} ${part?.state ?? ''} ${part === undefined && node !== undefined ? outcomeOf(node, state).tone : ''}"
                .style=${`left:${left}%;width:max(2px, ${width}%)`}
                title=${visible(`${clock(from)}, ${fineSpan(to - from)}${words === '' ? '' : `, ${words}`}`)}
              ></span>`
        }<span class="bar-time" .style=${timePlace(left, width)}
          >${fineSpan(to - from)}</span></span
      ><span class="said">${visible(`${what}, ${words}, from ${clock(from)}`)}</span>
    </div>`;
  }

  #zoom(state: State, factor: number, actions: PaneActions): void {
    const whole = wholeOf(state);
    const next = zoomed(viewOf(state), factor, whole);
    actions.zoom(next.from <= whole.from && next.to >= whole.to ? null : next);
  }

  #fold(id: number, actions: PaneActions): void {
    if (!this.#folded.delete(id)) this.#folded.add(id);
    this.#folds += 1;
    actions.redraw();
  }

  #choose(index: number, actions: PaneActions): void {
    const row = this.#rows[index];
    const at = row?.part?.at ?? row?.node?.at;
    if (at === undefined) return;
    this.#row = index;
    actions.select(at);
  }

  #onKey(event: KeyboardEvent, state: State, actions: PaneActions): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const node = this.#rows[this.#row]?.node;
    const acts: Readonly<Record<string, () => void>> = {
      '+': () => this.#zoom(state, CLOSER, actions),
      '=': () => this.#zoom(state, CLOSER, actions),
      '-': () => this.#zoom(state, 1 / CLOSER, actions),
      '0': () => actions.zoom(null),
      ArrowLeft: () => node !== undefined && !this.#folded.has(node.id) && this.#fold(node.id, actions),
      ArrowRight: () => node !== undefined && this.#folded.has(node.id) && this.#fold(node.id, actions),
    };
    const to = movedRow(event.key, this.#row, this.#rows.length, this.#virtual.inView);
    const act = to === undefined ? acts[event.key] : () => this.#choose(to, actions);
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #down(event: PointerEvent, range: Range): void {
    const plot = event.target instanceof Element ? event.target.closest('.plot') : null;
    const bars = event.currentTarget;
    if (event.button !== 0 || plot === null || !(bars instanceof HTMLElement) || range.to <= range.from) return;
    const box = plot.getBoundingClientRect();
    const offset = bars.getBoundingClientRect().left;
    bars.setPointerCapture(event.pointerId);
    const from = event.clientX - offset;
    this.#drag = { left: box.left - offset, width: box.width, from, to: from };
  }

  #moved(event: PointerEvent, actions: PaneActions): void {
    if (this.#drag === undefined || !(event.currentTarget instanceof HTMLElement)) return;
    this.#drag.to = event.clientX - event.currentTarget.getBoundingClientRect().left;
    actions.redraw();
  }

  #up(event: PointerEvent, { story }: State, range: Range, actions: PaneActions): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag !== undefined && Math.abs(drag.to - drag.from) >= LEAST_DRAG) {
      const timeAt = (x: number): number => range.from + ((x - drag.left) / drag.width) * (range.to - range.from);
      actions.narrow(ordered(timeAt(drag.from), timeAt(drag.to), story.end));
      return;
    }
    // The pointer may be captured: what it is over is told by where it is.
    const target = document.elementFromPoint(event.clientX, event.clientY);
    const fold = target?.closest<HTMLElement>('[data-fold]')?.dataset.fold;
    const row = target?.closest<HTMLElement>('[data-row]')?.dataset.row;
    if (fold !== undefined) this.#fold(Number(fold), actions);
    else if (row !== undefined) this.#choose(Number(row), actions);
    else actions.redraw();
  }
}

const ICONS = {
  turn: 'sparkle',
  call: 'arrow-small-right',
  approval: 'shield',
  task: 'person',
  pause: 'refresh',
} as const;

function stateOf({ state, to }: Part): string {
  return state === '' ? (to === undefined ? 'no end' : '') : state;
}

/** All the waterfall could show. */
function wholeOf({ filter, story }: State): Range {
  return filter.range ?? { from: 0, to: Math.max(1, story.end) };
}

function viewOf(state: State): Range {
  const whole = wholeOf(state);
  const { view } = state;
  if (view === null || view.to <= whole.from || view.from >= whole.to) return whole;
  return { from: Math.max(view.from, whole.from), to: Math.min(view.to, whole.to) };
}

/** Beside the bar where there is room, else on it. */
function timePlace(left: number, width: number): string {
  const right = left + Math.max(0, width);
  if (right <= 80) return `left:${right}%`;
  return left >= 20 ? `right:${100 - left}%` : 'right:0';
}

/** A point of the axis, as fine as the points are apart. */
function tick(at: number, { from, to }: Range): string {
  return to - from < 1500 ? `${Math.round(at)} ms` : clock(at);
}

function percent(at: number, { from, to }: Range): number {
  return to > from ? ((at - from) / (to - from)) * 100 : 0;
}
