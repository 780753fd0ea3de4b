import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { clock } from '../events/clock.js';
import type { Range } from '../events/filter.js';
import { ordered } from '../events/range.js';
import { MARK } from '../model/marks.js';
import type { State } from '../state.js';
import { icon } from './text.js';

const BINS = 120;
const HEIGHT = 28;

/**
 * The whole run as one strip: how much happened when, where people were waited for, where something was denied. Dragging
 * over it chooses a time, and so do its two ends by the arrow keys.
 */
export class TimeStrip {
  #drawn: TemplateResult | undefined;
  #made: readonly unknown[] = [];
  #drag: { readonly from: number; to: number } | undefined;

  template(
    state: State,
    narrow: (range: Range | undefined) => void,
    redraw: () => void,
  ): TemplateResult | typeof nothing {
    const { story, filter } = state;
    const { end } = story;
    if (end <= 0 || story.lines.length < 2) return nothing;
    const range = this.#drag === undefined ? filter.range : ordered(this.#drag.from, this.#drag.to, end);
    const { from, to } = range ?? { from: 0, to: end };
    const at = (event: PointerEvent): number => {
      const box = event.currentTarget instanceof Element ? event.currentTarget.getBoundingClientRect() : undefined;
      return box === undefined || box.width === 0 ? 0 : ((event.clientX - box.left) / box.width) * end;
    };
    return html`<div class="strip" data-testid="time-strip" role="group" aria-label="Time range">
      <div
        class="strip-picture"
        data-testid="strip-picture"
        @pointerdown=${(event: PointerEvent) => {
          if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          this.#drag = { from: at(event), to: at(event) };
        }}
        @pointermove=${(event: PointerEvent) => {
          if (this.#drag === undefined) return;
          this.#drag.to = at(event);
          redraw();
        }}
        @pointercancel=${() => {
          this.#drag = undefined;
          redraw();
        }}
        @pointerup=${(event: PointerEvent) => {
          const drag = this.#drag;
          this.#drag = undefined;
          if (drag === undefined) return;
          const wide = Math.abs(at(event) - drag.from) > end / 200;
          narrow(wide ? ordered(drag.from, at(event), end) : undefined);
        }}
      >
        ${this.#picture(state)}
        ${
          range === undefined
            ? nothing
            : html`<span class="strip-out" .style=${`left:0;width:${(from / end) * 100}%`}></span
                ><span class="strip-out" .style=${`left:${(to / end) * 100}%;right:0`}></span>`
        }
        ${this.#thumb('from', 'Time range from', from, state, narrow)} ${this.#thumb('to', 'Time range to', to, state, narrow)}
      </div>
      <span class="strip-words" data-testid="range">
        ${
          range === undefined
            ? html`<span class="note">whole run, ${clock(end)}</span>`
            : html`${clock(from)} to ${clock(to)}
                <button class="icon" data-testid="clear-range" title="The whole run (\\)" aria-label="Show the whole run" @click=${() => narrow(undefined)}>
                  ${icon('close')}
                </button>`
        }
      </span>
    </div>`;
  }

  #thumb(
    which: 'from' | 'to',
    label: string,
    value: number,
    { story: { end }, filter }: State,
    narrow: (range: Range | undefined) => void,
  ): TemplateResult {
    const { from, to } = filter.range ?? { from: 0, to: end };
    const set = (next: number): void => {
      const [low, high] = which === 'from' ? [Math.min(next, to), to] : [from, Math.max(next, from)];
      narrow(ordered(low, high, end));
    };
    const onKey = (event: KeyboardEvent): void => {
      const step = end / (event.shiftKey ? 10 : 100);
      const next = moved(event.key, value, step, end);
      if (next === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      set(next);
    };
    return html`<span
      class="thumb ${which}"
      role="slider"
      tabindex="0"
      data-testid="range-${which}"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax=${Math.round(end)}
      aria-valuenow=${Math.round(value)}
      aria-valuetext=${clock(value)}
      .style=${`left:${(value / end) * 100}%`}
      @keydown=${onKey}
    ></span>`;
  }

  /** Drawn anew only when the run grew. */
  #picture(state: State): TemplateResult {
    const { story, models } = state;
    const made = [story, story.lines.length];
    if (this.#drawn !== undefined && made.every((one, index) => one === this.#made[index])) return this.#drawn;
    this.#made = made;
    const { end } = story;
    const bins = binsOf(state);
    const most = Math.max(1, ...bins.map(({ count }) => count));
    const waits = models.steps.waits.slice(0, 500);
    this.#drawn = html`<svg class="density" viewBox="0 0 ${BINS} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">
      ${waits.map((wait) => svg`<rect class="wait" x=${(wait.from / end) * BINS} y="0" width=${(((wait.to ?? end) - wait.from) / end) * BINS} height=${HEIGHT}></rect>`)}
      ${bins.map(({ count, denied }, index) => {
        if (count === 0) return nothing;
        const height = Math.max(2, (Math.log2(count + 1) / Math.log2(most + 1)) * (HEIGHT - 2));
        return svg`<rect class=${denied ? 'some denied' : 'some'} x=${index + 0.1} y=${HEIGHT - height} width="0.8" height=${height}></rect>`;
      })}
    </svg>`;
    return this.#drawn;
  }
}

function binsOf({ story }: State): readonly { readonly count: number; readonly denied: boolean }[] {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, denied: false }));
  const { end, times, marks } = story;
  for (let index = 0; index < times.length; index++) {
    const bin = bins[Math.min(BINS - 1, Math.floor((times.at(index) / end) * BINS))];
    if (bin === undefined) continue;
    bin.count += 1;
    bin.denied ||= (marks.at(index) & MARK.denied) !== 0;
  }
  return bins;
}

function moved(key: string, value: number, step: number, end: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return value - step;
    case 'ArrowRight':
    case 'ArrowUp':
      return value + step;
    case 'Home':
      return 0;
    case 'End':
      return end;
    default:
      return undefined;
  }
}
