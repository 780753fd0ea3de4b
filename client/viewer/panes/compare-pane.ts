import { html, nothing, type TemplateResult } from 'lit-html';
import { compare, type Difference, type DifferenceKind } from '../compare/align.js';
import type { Item } from '../compare/outline.js';
import { shortened, visible } from '../events/visible.js';
import { plural } from '../events/words.js';
import { dataText, icon } from '../parts/text.js';
import type { Side, State } from '../state.js';

const PAGE = 200;
const LIMIT = 2000;

/** Two runs beside each other: what was decided differently first, then how things ended, with what, and what only one has. */
export class ComparePane {
  #pages = 1;
  #found: readonly Difference[] = [];
  /** What `#found` was made of. */
  #made: readonly unknown[] = [];

  template(
    state: State,
    open: (side: 'a' | 'b', seq: number) => void,
    redraw: () => void,
  ): TemplateResult | typeof nothing {
    const { sides } = state;
    if (sides === null) return nothing;
    const { a, b } = sides;
    const whole = a.verification !== null && b.verification !== null;
    const made = [a.story.lines.length, b.story.lines.length];
    if (whole && !made.every((count, index) => count === this.#made[index])) {
      this.#made = made;
      this.#found = compare(a.outline.items, b.outline.items);
    }
    const shown = this.#found.slice(0, PAGE * this.#pages);
    return html`<div class="compare" data-testid="compare" tabindex="0" role="region" aria-label="Differences of two traces">
      <div class="compare-head">
        <h1>Two traces compared</h1>
        <table>
          <thead><tr><th></th><th scope="col">A</th><th scope="col">B</th></tr></thead>
          <tbody>
            ${headRow('Trace', sides, (side) => visible(side.name))}
            ${headRow('Playbook', sides, ({ story: { opened } }) => (opened === undefined ? '' : visible(`${opened.playbook.id} ${opened.playbook.version}`)))}
            ${headRow('Case', sides, ({ story: { opened } }) => visible(opened?.case.id ?? ''))}
            ${headRow('Agent', sides, ({ story: { opened } }) => (opened === undefined ? '' : visible(`${opened.model.id}${opened.model.ai ? '' : ' (not AI)'}`)))}
            ${headRow('Outcome', sides, ({ story: { closed } }) => visible(closed?.outcome ?? 'no end'))}
            ${headRow('Events', sides, ({ story }) => String(story.lines.length))}
            ${headRow('Integrity', sides, ({ verification }) => integrity(verification))}
          </tbody>
        </table>
        ${
          whole
            ? html`<p role="status" data-testid="compare-count">${said(this.#found.length, sides)}</p>`
            : html`<p role="status">${icon('loading codicon-modifier-spin')} Reading both traces…</p>`
        }
      </div>
      ${whole ? groups(shown, open) : nothing}
      ${
        shown.length === this.#found.length
          ? nothing
          : html`<button
              class="link more"
              @click=${() => {
                this.#pages += 1;
                redraw();
              }}
            >
              ${this.#found.length - shown.length} more
            </button>`
      }
    </div>`;
  }
}

function headRow(
  label: string,
  sides: { readonly a: Side; readonly b: Side },
  of: (side: Side) => string,
): TemplateResult {
  const [a, b] = [of(sides.a), of(sides.b)];
  return html`<tr class=${a === b ? '' : 'differs'}><th scope="row">${label}</th><td>${a}</td><td>${b}</td></tr>`;
}

function integrity(verification: Side['verification']): string {
  if (verification === null) return 'not checked yet';
  if (verification.valid) return 'verified';
  return verification.firstBad === null ? 'broken' : `broken at line ${verification.firstBad.line}`;
}

function said(count: number, { a, b }: { readonly a: Side; readonly b: Side }): string {
  const broken = a.verification?.valid === false || b.verification?.valid === false;
  const only = broken ? ' Of a broken trace only the lines before the break are compared.' : '';
  return `${count === 0 ? 'No difference in steps, calls, decisions, arguments and outcomes.' : `${count} ${plural('difference', count)}.`}${only}`;
}

const TITLES: Readonly<Record<DifferenceKind, string>> = {
  decision: 'Decided differently',
  outcome: 'Ended differently',
  arguments: 'Other arguments',
  only: 'In one of them only',
};

function groups(shown: readonly Difference[], open: (side: 'a' | 'b', seq: number) => void): readonly TemplateResult[] {
  const kinds = [...new Set(shown.map(({ kind }) => kind))];
  return kinds.map(
    (kind) => html`<section data-testid="differences" data-kind=${kind}>
      <h2>${TITLES[kind]}</h2>
      <table>
        <thead><tr><th scope="col">what</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
        <tbody>
          ${shown
            .filter((one) => one.kind === kind)
            .map(
              ({ a, b }) => html`<tr data-testid="difference" data-step=${visible((a ?? b)?.step ?? '')}>
                <th scope="row">${nameOf(a ?? b)}</th>
                <td>${cell(a, 'a', kind, open)}</td>
                <td>${cell(b, 'b', kind, open)}</td>
              </tr>`,
            )}
        </tbody>
      </table>
    </section>`,
  );
}

function cell(
  item: Item | undefined,
  side: 'a' | 'b',
  kind: DifferenceKind,
  open: (side: 'a' | 'b', seq: number) => void,
): TemplateResult {
  if (item === undefined) return html`<span class="note">not there</span>`;
  const { decision, outcome, arguments: given } = item;
  const text = kind === 'decision' ? decision : kind === 'outcome' ? outcome : kind === 'arguments' ? given : '';
  const all = text === '' ? [decision, outcome, given].filter((part) => part !== '').join('; ') || 'there' : text;
  return html`<span class="data">${dataText(shortened(all, LIMIT))}</span>
    <button class="link" @click=${() => open(side, item.at)}>line ${item.at + 1}</button>`;
}

function nameOf(item: Item | undefined): string {
  if (item === undefined) return '';
  const { kind, step, occurrence, tool } = item;
  const where = visible(`${step}${occurrence > 1 ? ` (${occurrence}. time)` : ''}`);
  switch (kind) {
    case 'run':
      return 'the run';
    case 'step':
      return where;
    case 'call':
      return `${where}: ${visible(tool)}`;
    case 'question':
      return `${where}: approval`;
  }
}
