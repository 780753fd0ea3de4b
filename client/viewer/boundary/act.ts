import { html, nothing, type TemplateResult } from 'lit-html';
import type { ComparedAct } from '../../../server/protocol/compare-requests.js';
import { dataText, icon } from '../parts/text.js';
import type { FromBoundaryPage } from '../protocol/boundary-messages.js';
import { factRows, isChanged } from './facts.js';

/** How an act is shown, beside what it is. */
export interface ActView {
  /** Of many playbooks: which one it is an act of is said at each. */
  readonly ofMany: boolean;
  /** Whether what is known of it stands there; `undefined`: always. */
  readonly unfolded: boolean | undefined;
  readonly fold: (unfolded: boolean) => void;
  readonly say: (message: FromBoundaryPage) => void;
}

const CLASSES: {
  readonly [C in ComparedAct['class']]: { readonly icon: string; readonly words: string; readonly tone: string };
} = {
  widened: { icon: 'arrow-up', words: 'Widened', tone: 'bad' },
  incomparable: { icon: 'question', words: 'Not comparable', tone: 'bad' },
  narrowed: { icon: 'arrow-down', words: 'Narrowed', tone: 'good' },
  unchanged: { icon: 'dash', words: 'Unchanged', tone: 'quiet' },
};

/** An act that may do more or less: why, what made it so, both sides, and a path to it. @param index in the list that was shown */
export function actArticle(act: ComparedAct, index: number, view: ActView): TemplateResult {
  const kind = CLASSES[act.class];
  const tone = act.acknowledged === null ? kind.tone : 'quiet';
  return html`<article data-testid="act" data-class=${act.class}>
    <h3 tabindex="-1">
      <span class="class ${tone}">${icon(kind.icon)} ${kind.words}</span>
      ${dataText(act.tool, 'line')} <span class="at">at ${dataText(act.step, 'line')}</span>
    </h3>
    ${view.ofMany ? ofPlaybook(act) : nothing}
    ${act.violates ? html`<p class="violates bad">${icon('error')} The policy as it was does not allow it.</p>` : nothing}
    <ul class="reasons">${act.reasons.map(reasonItem)}</ul>
    <p class="cause">Because of: ${act.causes.join(', ')}</p>
    ${agreement(act)}
    ${facts(act, index, view)}
    ${pathLine(act, index, view)}
  </article>`;
}

/** Whose act it is; a file that is named after its playbook says it all. */
function ofPlaybook({ playbook, file }: ComparedAct): TemplateResult {
  const isNamed = file.slice(file.lastIndexOf('/') + 1) === `${playbook}.playbook.yaml`;
  const id = isNamed ? nothing : html`${dataText(playbook, 'line')} `;
  return html`<p class="of">${icon('book')} <span>${id}<span class="file">${dataText(file, 'line')}</span></span></p>`;
}

/** Who agreed to it, or what somebody who does has to name. */
function agreement({ acknowledged, proposed, change }: ComparedAct): TemplateResult | typeof nothing {
  if (acknowledged !== null) {
    const { owner, reason, expires } = acknowledged;
    return html`<p class="agreed" data-testid="acknowledged">${icon('check')} <span>Acknowledged by ${dataText(owner, 'line')} until ${dataText(expires, 'line')}: ${dataText(reason, 'line')}</span></p>`;
  }
  const named =
    change === null ? nothing : html`<p class="change">To acknowledge it, name the change <code>${change}</code></p>`;
  if (!proposed) return named;
  return html`<p class="agreed" data-testid="proposed">${icon('info')} <span>The policy of now acknowledges it. That counts once it stands in what this is compared with.</span></p>`;
}

const DIRECTIONS = {
  wider: { icon: 'arrow-up', words: 'More: ' },
  narrower: { icon: 'arrow-down', words: 'Less: ' },
  other: { icon: 'arrow-swap', words: 'Other: ' },
} as const;

function reasonItem({ direction, words }: ComparedAct['reasons'][number]): TemplateResult {
  const way = DIRECTIONS[direction];
  return html`<li>${icon(way.icon)}<span><span class="said">${way.words}</span>${dataText(words, 'line')}</span></li>`;
}

/** Both sides; of many acts they are made once somebody unfolds them. */
function facts(act: ComparedAct, index: number, view: ActView): TemplateResult {
  const { unfolded, fold } = view;
  if (unfolded === undefined) return factTable(act, index, view);
  return html`<button class="link fold" aria-expanded=${String(unfolded)} @click=${() => fold(!unfolded)}>
      ${icon(unfolded ? 'chevron-down' : 'chevron-right')} Before and now <span class="said">of ${act.tool} at ${act.step}</span>
    </button>
    ${unfolded ? factTable(act, index, view) : nothing}`;
}

function factTable(act: ComparedAct, index: number, view: ActView): TemplateResult {
  // Roles as well: where there is little room, rows are grids, which alone would be no rows to a screen reader.
  return html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        <td role="cell"></td>
        <th scope="col" role="columnheader">${side('Before', 'before', act.before !== null, act, index, view)}</th>
        <th scope="col" role="columnheader">${side('Now', 'after', act.after !== null, act, index, view)}</th>
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${factRows(act).map((row) => {
        const { name, before, now } = row;
        const changed = isChanged(row);
        return html`<tr role="row" class=${changed ? 'changed' : ''}>
          <th scope="row" role="rowheader">${name}${changed ? html`<span class="said"> (changed)</span>` : nothing}</th>
          <td role="cell">${dataText(before, 'line')}</td>
          <td role="cell">${dataText(now, 'line')}</td>
        </tr>`;
      })}
    </tbody>
  </table>`;
}

/** The head of a column, which leads to the text of that side. */
function side(
  title: string,
  what: 'before' | 'after',
  isThere: boolean,
  { tool, step }: ComparedAct,
  index: number,
  { say }: ActView,
): unknown {
  if (!isThere) return title;
  return html`<button
    class="link"
    data-testid=${`open-${what}`}
    aria-label=${`${title}: go to ${tool} at ${step}`}
    @click=${() => say({ type: 'open', act: index, what })}
  >${title} ${icon('go-to-file')}</button>`;
}

function pathLine({ path }: ComparedAct, index: number, { say }: ActView): TemplateResult | typeof nothing {
  if (path.length === 0) return nothing;
  return html`<nav class="path" aria-label="A path to it">
    <span>Path:</span>
    <ol>${path.map(
      ({ words }, at) =>
        html`<li><button class="link" @click=${() => say({ type: 'open', act: index, what: at })}>${dataText(words, 'line')}</button></li>`,
    )}</ol>
  </nav>`;
}
