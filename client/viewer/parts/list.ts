import { html, type TemplateResult } from 'lit-html';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import { clock } from '../events/clock.js';
import { shortened, visible } from '../events/visible.js';
import { wordsFor } from '../events/words.js';
import { lineOfRow, rowCount, rowOfLine, type State } from '../state.js';
import { icon } from './text.js';
import { movedRow, type VirtualRows } from './virtual-rows.js';

/** Characters of a piece of text that a row can have room for: what is cut off costs as much to lay out. */
const IN_VIEW = 240;

/** The list of events. */
export class EventList {
  readonly rows: VirtualRows;

  constructor(rows: VirtualRows) {
    this.rows = rows;
  }

  template(state: State, choose: (index: number) => void): TemplateResult {
    const count = rowCount(state);
    const items = this.rows.rows;
    const first = items[0]?.start ?? 0;
    const rows = items.flatMap(({ index: row }) => {
      const index = lineOfRow(state, row);
      const line = index === undefined ? undefined : state.story.lines.at(index);
      return line === undefined || index === undefined ? [] : [{ row, index, line }];
    });
    const active = rows.find(({ index }) => index === state.selected);
    return html`<div
      class="list ${active === undefined ? 'none-selected' : ''}"
      data-testid="event-list"
      data-count=${count}
      role="listbox"
      tabindex="0"
      aria-label="Events of the run"
      aria-activedescendant=${active === undefined ? '' : `event-${active.row}`}
    >
      <div class="spacer" role="presentation" .style=${`height:${count * this.rows.rowHeight}px`}>
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
    const depth = state.rows === null ? state.story.depths.at(index) : 0;
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
      .style=${`height:${this.rows.rowHeight}px;padding-left:${8 + depth * 16}px`}
      @click=${() => choose(index)}
    >
      ${icon(name)}<span class="words" title=${`${text}${note === '' ? '' : ` - ${note}`}`}
        ><span class="text">${shortened(text, IN_VIEW)}</span><span class="note">${shortened(note, IN_VIEW)}</span></span
      ><span class="step">${visible(step)}</span><span class="time">${clock(line.mono)}</span>
    </div>`;
  }

  /** Moves from the selected row; returns the index of the line to select, if any. */
  step(state: State, key: string): number | undefined {
    const at = state.selected === null ? -1 : rowOfLine(state, state.selected);
    const to = movedRow(key, at, rowCount(state), this.rows.inView);
    return to === undefined ? undefined : lineOfRow(state, to);
  }
}
