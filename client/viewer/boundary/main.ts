import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { ComparedAct } from '../../../server/protocol/compare-requests.js';
import { dataText, icon } from '../parts/text.js';
import type { FromBoundaryPage, KeptComparison, ToBoundaryPage } from '../protocol/boundary-messages.js';
import { type ActGroup, factRows, groupsOf, isChanged } from './facts.js';

declare function acquireVsCodeApi(): {
  postMessage(message: FromBoundaryPage): void;
  setState(state: KeptComparison): void;
};

const host = acquireVsCodeApi();
const root = document.getElementById('viewer');

type Shown = Extract<ToBoundaryPage, { readonly type: 'show' }>;

let shown: Shown | undefined;
let message: string | undefined;
let busy = true;

// Only the frame VS Code put around this page can post here: the policy forbids frames and scripts of others.
window.addEventListener('message', ({ data }: MessageEvent<ToBoundaryPage>) => {
  busy = data.type === 'busy';
  if (data.type === 'busy') host.setState(data.of);
  if (data.type === 'show') [shown, message] = [data, undefined];
  if (data.type === 'none') [shown, message] = [undefined, data.message];
  draw();
});

function draw(): void {
  if (root !== null) render(page(), root);
}

function page(): TemplateResult {
  return html`<div class="boundary" data-testid="compared-boundary">
    ${shown === undefined ? nothing : heading(shown)}
    <p role="status" data-testid="summary" class="summary">${statusWords()}</p>
    ${shown === undefined ? nothing : groupsOf(shown.comparison.acts).map(groupSection)}
  </div>`;
}

function heading({ comparison, revision }: Shown): TemplateResult {
  const { playbook, commit, file, moved } = comparison;
  return html`<header>
    <h1>Boundary of ${dataText(playbook, 'line')}</h1>
    <p class="sides">
      What it may do <strong>now</strong>, unsaved text included, beside what it might do at
      <strong>${dataText(revision, 'line')}</strong> <code>${commit.slice(0, 12)}</code>
    </p>
    ${file === null ? html`<p class="notice">${icon('info')} ${dataText(revision, 'line')} has no such playbook, so everything it may do is new.</p>` : nothing}
    ${moved ? html`<p class="notice">${icon('info')} There it is <code>${dataText(file ?? '', 'line')}</code>.</p>` : nothing}
    <p class="tools">
      <button class="secondary" @click=${() => host.postMessage({ type: 'other' })}>Compare with Another…</button>
      <button class="secondary" @click=${() => host.postMessage({ type: 'again' })}>Compare Again</button>
    </p>
  </header>`;
}

function statusWords(): unknown {
  if (message !== undefined) return html`${icon('warning')} ${dataText(message, 'line')}`;
  if (shown === undefined) return html`${icon('loading codicon-modifier-spin')} Comparing…`;
  const { acts, unchanged } = shown.comparison;
  const counts = groupsOf(acts).map(({ title, acts }) => `${acts.length} ${title.toLowerCase()}`);
  const rest = `${unchanged} unchanged`;
  const words =
    acts.length === 0 ? `Nothing it may do has changed (${rest}).` : `Acts: ${[...counts, rest].join('; ')}.`;
  return html`${icon(busy ? 'loading codicon-modifier-spin' : acts.length === 0 ? 'pass' : 'shield')} ${words}`;
}

function groupSection({ title, acts }: ActGroup): TemplateResult {
  return html`<section aria-label=${title}>
    <h2>${title}</h2>
    ${acts.map(({ act, index }) => actArticle(act, index))}
  </section>`;
}

const CLASSES: {
  readonly [C in ComparedAct['class']]: { readonly icon: string; readonly words: string; readonly tone: string };
} = {
  widened: { icon: 'arrow-up', words: 'Widened', tone: 'bad' },
  incomparable: { icon: 'question', words: 'Not comparable', tone: 'bad' },
  narrowed: { icon: 'arrow-down', words: 'Narrowed', tone: 'good' },
  unchanged: { icon: 'dash', words: 'Unchanged', tone: 'quiet' },
};

function actArticle(act: ComparedAct, index: number): TemplateResult {
  const kind = CLASSES[act.class];
  return html`<article data-testid="act" data-class=${act.class}>
    <h3>
      <span class="class ${kind.tone}">${icon(kind.icon)} ${kind.words}</span>
      ${dataText(act.tool, 'line')} <span class="at">at ${dataText(act.step, 'line')}</span>
    </h3>
    ${act.violates ? html`<p class="violates bad">${icon('error')} The policy as it was does not allow it.</p>` : nothing}
    <ul class="reasons">${act.reasons.map(reasonItem)}</ul>
    <p class="cause">Because of: ${act.causes.join(', ')}</p>
    ${factTable(act, index)}
    ${pathLine(act, index)}
  </article>`;
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

function factTable(act: ComparedAct, index: number): TemplateResult {
  // Roles as well: where there is little room, rows are grids, which alone would be no rows to a screen reader.
  return html`<table role="table">
    <thead role="rowgroup">
      <tr role="row">
        <td role="cell"></td>
        <th scope="col" role="columnheader">${side('Before', 'before', act.before !== null, act, index)}</th>
        <th scope="col" role="columnheader">${side('Now', 'after', act.after !== null, act, index)}</th>
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
): unknown {
  if (!isThere) return title;
  return html`<button
    class="link"
    data-testid=${`open-${what}`}
    aria-label=${`${title}: go to ${tool} at ${step}`}
    @click=${() => host.postMessage({ type: 'open', act: index, what })}
  >${title} ${icon('go-to-file')}</button>`;
}

function pathLine({ path }: ComparedAct, index: number): TemplateResult | typeof nothing {
  if (path.length === 0) return nothing;
  return html`<nav class="path" aria-label="A path to it">
    <span>Path:</span>
    <ol>${path.map(
      ({ words }, at) =>
        html`<li><button class="link" @click=${() => host.postMessage({ type: 'open', act: index, what: at })}>${dataText(words, 'line')}</button></li>`,
    )}</ol>
  </nav>`;
}

draw();
host.postMessage({ type: 'ready' });
