import { html, nothing, type TemplateResult } from 'lit-html';
import type { GraphItem } from '../../../server/protocol/graph.js';
import { visible } from '../events/visible.js';
import { plural } from '../events/words.js';
import { icon } from '../parts/text.js';
import type { GraphState } from '../protocol/graph-messages.js';
import { isDoubt } from './model.js';
import { LEVELS } from './words.js';

export interface BarActions {
  readonly search: (text: string) => void;
  readonly searchKey: (event: KeyboardEvent) => void;
  readonly foldAll: (open: boolean) => void;
  readonly closer: () => void;
  readonly farther: () => void;
  readonly fit: () => void;
  readonly legend: () => void;
  readonly help: () => void;
}

export const BROKEN = 'The text is broken: this is the last good picture. Lines may have moved.';
export const PARTIAL = 'The text is broken: this is what can be read of it, and parts may be missing.';

/** What stands above the picture: what it is of, search, folds, size and legend. */
export function bar(
  { title, playbook, product, steps }: GraphItem,
  { name, search, legend }: { readonly name: string; readonly search: string; readonly legend: boolean },
  actions: BarActions,
): TemplateResult {
  const acts = steps.flatMap(({ tools }) => tools.flatMap(({ act }) => (act ? [act] : [])));
  const doubts = acts.filter(isDoubt).length;
  return html`<header class="graph-bar">
    <div class="headline">
      <h1>${visible(title || playbook || name)}</h1>
      ${product === undefined ? nothing : html`<span class="note" data-testid="product">${product}</span>`}
      <span class="note">${steps.length} ${plural('step', steps.length)}, ${acts.length} ${plural('act', acts.length)}</span>
      ${doubts === 0 ? nothing : html`<span class="verdict bad">${icon('error')}${doubts} violated or unknown</span>`}
    </div>
    <div class="tools">
      <label class="search">${icon('search')}<input
        type="search" aria-label="Find steps" placeholder="Find steps" data-testid="search"
        .value=${search}
        @input=${({ target }: InputEvent) => target instanceof HTMLInputElement && actions.search(target.value)}
        @keydown=${actions.searchKey}
      /></label>
      ${tool('Unfold all', 'expand-all', () => actions.foldAll(true))}
      ${tool('Fold all', 'collapse-all', () => actions.foldAll(false))}
      ${tool('Closer (+)', 'zoom-in', actions.closer)}
      ${tool('Farther (−)', 'zoom-out', actions.farther)}
      ${tool('Fit into the window (f)', 'screen-full', actions.fit)}
      <button class="chip" aria-pressed=${String(legend)} data-testid="legend-button" @click=${actions.legend}>Legend</button>
      ${tool('Keys (?)', 'keyboard', actions.help)}
    </div>
    ${legend ? legendOf() : nothing}
  </header>`;
}

/** Said while the text is broken. */
export function brokenNote(text: string): TemplateResult {
  return html`<p class="graph-note" data-testid="note">${icon('warning')}<span>${text}</span></p>`;
}

/** What stands where there is no picture. */
export function empty(state: GraphState | 'waiting' | 'no-steps'): TemplateResult {
  const [title, words] = emptyWords(state);
  return html`<div class="message" data-testid="empty">${icon('type-hierarchy-sub')}<h2>${title}</h2><p>${words}</p></div>`;
}

function emptyWords(state: GraphState | 'waiting' | 'no-steps'): readonly [title: string, words: string] {
  switch (state) {
    case 'waiting':
    case 'good':
    case 'partial':
      return ['Drawing the playbook…', ''];
    case 'broken':
      return ['It cannot be drawn', 'Its text is broken. Mend it, and the picture comes by itself.'];
    case 'untold':
      return ['It cannot be drawn', 'It is too large, or cannot be read.'];
    case 'none':
      return ['No playbook', 'Open a playbook, and its steps are drawn here.'];
    case 'no-steps':
      return ['No steps yet', 'Write the first one below "steps:", and it is drawn here.'];
  }
}

function tool(label: string, name: string, act: () => void): TemplateResult {
  return html`<button class="icon" aria-label=${label} title=${label} @click=${act}>${icon(name)}</button>`;
}

function legendOf(): TemplateResult {
  const row = (sample: unknown, means: string): TemplateResult => html`<div><dt>${sample}</dt><dd>${means}</dd></div>`;
  return html`<dl class="legend" data-testid="legend">
    ${Object.entries(LEVELS).map(([level, { icon: name, means }]) =>
      row(html`<span class="level level-${level}">${icon(name)}${level}</span>`, means),
    )}
    ${row(
      html`<span class="verdict bad">${icon('error')}violated</span>`,
      'a path reaches it without what its level asks; select it to see the path',
    )}
    ${row(
      html`<span class="verdict warning">${icon('question')}unknown</span>`,
      'it cannot be told, which counts as violated',
    )}
    ${row(html`${icon('shield')} gate`, 'select it, or point at it, to see what it covers')}
    ${row(html`<span class="line-sample"></span>`, 'after an error, a rejection or silence')}
  </dl>`;
}
