import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { html, type TemplateResult } from 'lit-html';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import { visible } from '../events/visible.js';
import { wordsFor } from '../events/words.js';
import { lineOfRow, rowCount, rowOfLine, type State } from '../state.js';
import { icon } from './text.js';

/** The part of the list that scrolls, told when another part of it is to be drawn. */
export class EventList {
  readonly #virtualizer: Virtualizer<HTMLElement, HTMLElement>;
  readonly #rowHeight: number;

  /** @param rowHeight pixels; every row has it, so that any row's place is known without drawing the ones before
   * @param resized called when there is more or less room */
  constructor(scroller: () => HTMLElement | null, rowHeight: number, redraw: () => void, resized: () => void) {
    this.#rowHeight = rowHeight;
    this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: scroller,
      estimateSize: () => rowHeight,
      overscan: 12,
      observeElementRect: (instance, tell) =>
        observeElementRect(instance, (rect) => {
          tell(rect);
          resized();
        }),
      observeElementOffset,
      scrollToFn: elementScroll,
      onChange: redraw,
    });
    this.#virtualizer._didMount();
  }

  /** To be called before drawing with the number of rows there are now. */
  resize(count: number): void {
    if (this.#virtualizer.options.count !== count) {
      this.#virtualizer.setOptions({ ...this.#virtualizer.options, count });
    }
  }

  /** To be called after drawing: the element to scroll may be new. */
  drawn(): void {
    this.#virtualizer._willUpdate();
  }

  show(row: number): void {
    this.#virtualizer.scrollToIndex(row, { align: 'auto' });
  }

  /** Whether the last row is in view, so that a growing list may be followed. */
  get atEnd(): boolean {
    const { scrollElement } = this.#virtualizer;
    if (scrollElement === null) return true;
    return scrollElement.scrollHeight - scrollElement.scrollTop - scrollElement.clientHeight < this.#rowHeight * 2;
  }

  get rowsInView(): number {
    return Math.max(1, Math.floor((this.#virtualizer.scrollRect?.height ?? 0) / this.#rowHeight) - 1);
  }

  template(state: State, choose: (index: number) => void): TemplateResult {
    const count = rowCount(state);
    const items = this.#virtualizer.getVirtualItems();
    const first = items[0]?.start ?? 0;
    const rows = items.flatMap(({ index: row }) => {
      const index = lineOfRow(state, row);
      const line = index === undefined ? undefined : state.story.lines[index];
      return line === undefined || index === undefined ? [] : [{ row, index, line }];
    });
    const active = rows.find(({ index }) => index === state.selected);
    return html`<div
      class="list"
      data-testid="event-list"
      data-count=${count}
      role="listbox"
      tabindex="0"
      aria-label="Events of the run"
      aria-activedescendant=${active === undefined ? '' : `event-${active.row}`}
    >
      <div class="spacer" role="presentation" .style=${`height:${count * this.#rowHeight}px`}>
        <div role="presentation" .style=${`transform:translateY(${first}px)`}>
          ${rows.map(({ row, index, line }) => this.#row(state, row, index, line, count, choose))}
        </div>
      </div>
    </div>`;
  }

  #row(
    state: State,
    row: number,
    index: number,
    line: TraceLine,
    count: number,
    choose: (index: number) => void,
  ): TemplateResult {
    const { icon: name, tone, text, note } = wordsFor(line, state.story);
    const selected = index === state.selected;
    const depth = state.rows === null ? (state.story.depths[index] ?? 0) : 0;
    const step = tone === 'heading' && state.rows === null ? '' : (line.step ?? '');
    return html`<div
      id="event-${row}"
      class="row ${tone} ${selected ? 'selected' : ''}"
      role="option"
      aria-selected=${selected ? 'true' : 'false'}
      aria-posinset=${row + 1}
      aria-setsize=${count}
      data-testid="event"
      data-event=${visible(line.event)}
      data-seq=${line.seq}
      data-step=${visible(line.step ?? '')}
      .style=${`height:${this.#rowHeight}px;padding-left:${8 + depth * 16}px`}
      @click=${() => choose(index)}
    >
      ${icon(name)}<span class="words" title=${`${text}${note === '' ? '' : ` - ${note}`}`}
        ><span class="text">${text}</span><span class="note">${note}</span></span
      ><span class="step">${visible(step)}</span><span class="time">${clock(line.mono)}</span>
    </div>`;
  }

  /** Moves from the selected row; returns the index of the line to select, if any. */
  step(state: State, key: string): number | undefined {
    const count = rowCount(state);
    if (count === 0) return undefined;
    const at = state.selected === null ? -1 : rowOfLine(state, state.selected);
    const to = target(key, at, count, this.rowsInView);
    if (to === undefined) return undefined;
    return lineOfRow(state, Math.min(count - 1, Math.max(0, to)));
  }
}

function target(key: string, at: number, count: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return at + 1;
    case 'ArrowUp':
      return at < 0 ? count - 1 : at - 1;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    case 'PageDown':
      return at + page;
    case 'PageUp':
      return at - page;
    default:
      return undefined;
  }
}

/** Time since the run opened, as m:ss.t */
function clock(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`;
}
