import { html, nothing, type TemplateResult } from 'lit-html';
import type { Call, Json, TraceLine } from '../../../runner/protocol/trace.js';
import { canonicalText } from '../events/canonical-text.js';
import { type Fact, factsOf } from '../events/facts.js';
import { visible } from '../events/visible.js';
import { wordsFor } from '../events/words.js';
import type { LineageSearch } from '../model/lineage-search.js';
import type { State } from '../state.js';
import { courseOf, lineageTemplate } from './lineage.js';
import { dataJson, dataText, icon } from './text.js';

/** Characters of one value shown at once; the rest is one press away. */
const LIMIT = 20_000;

export interface DetailActions {
  readonly reveal: () => void;
  readonly copy: () => void;
  readonly link: () => void;
  /** Goes to another event. */
  readonly select: (index: number) => void;
  readonly close: () => void;
  /** Shows everything of the selected event, however long. */
  readonly all: () => void;
}

/** What the details can lead to: a page outside the editor has no playbook beside it, and no links. */
export interface Surroundings {
  readonly editor: boolean;
}

/** Everything about the selected event. `lineage` is there when it is about a call. */
export function details(
  state: State,
  line: TraceLine,
  whole: boolean,
  lineage: LineageSearch | undefined,
  { editor }: Surroundings,
  actions: DetailActions,
): TemplateResult {
  const { icon: name, text, tone } = wordsFor(line, state.story);
  const limit = whole ? Number.POSITIVE_INFINITY : LIMIT;
  const facts = factsOf(line, state.story);
  return html`<section class="details" data-testid="details" data-seq=${line.seq} role="region" aria-label="Event details" tabindex="-1">
    <div class="details-head">
      <h2 class=${tone}>${icon(name)}<span>${dataText(text, 'line')}</span></h2>
      <button class="icon" data-testid="close-details" aria-label="Close details" title="Close details (Escape)" @click=${actions.close}>
        ${icon('close')}
      </button>
    </div>
    <p class="who">
      ${visible(line.event)}, line ${line.seq + 1}, ${visible(line.time)}${line.step === null ? '' : `, step ${visible(line.step)}`}, by
      ${visible(line.actor.id)}${line.actor.how === undefined ? '' : ` (${visible(line.actor.how)})`}
    </p>
    <div class="details-buttons">
      ${
        editor
          ? html`<button class="secondary" data-testid="reveal" title="Go to the line of the playbook (o)" @click=${actions.reveal}>
              ${icon('go-to-file')}Open in playbook
            </button>`
          : nothing
      }
      <button class="secondary" data-testid="copy" @click=${actions.copy}>${icon('copy')}Copy JSON</button>
      ${
        editor
          ? html`<button class="secondary" data-testid="link" title="Copy a link to this event (y)" @click=${actions.link}>${icon('link')}Copy link</button>`
          : nothing
      }
    </div>
    ${facts.map((fact) => factTemplate(fact, limit, actions.all))}
    ${placeTemplate(line, editor, actions.reveal)}
    ${lineage === undefined ? nothing : html`${courseOf(state, lineage.call, actions.select)}${lineageTemplate(state, lineage, actions.select)}`}
    <details class="raw">
      <summary>The line of the trace</summary>
      ${dataJson(asJson(line), limit, actions.all)}
    </details>
    <details class="raw" data-testid="raw">
      <summary>${rawTitle(line)}</summary>
      ${rawTemplate(line, limit, actions.all)}
    </details>
  </section>`;
}

/** Where what decided it is written. */
function placeTemplate(line: TraceLine, editor: boolean, reveal: () => void): TemplateResult | typeof nothing {
  if (!('place' in line.data) || line.data.place === null) return nothing;
  const { file, line: number } = line.data.place;
  const text = dataText(`${file}:${number + 1}`, 'line');
  return html`<div class="fact-block" data-testid="place">
    <h3>Written at</h3>
    ${editor ? html`<button class="link" @click=${reveal}>${text}</button>` : html`<p class="data">${text}</p>`}
  </div>`;
}

function rawTitle({ blobs }: TraceLine): string {
  return blobs === undefined
    ? 'As it stands in the file (canonical JSON)'
    : 'Canonical JSON, with the values that lie in files beside the trace';
}

function rawTemplate(line: TraceLine, limit: number, all: () => void): TemplateResult {
  const text = canonicalText(asJson(line));
  return html`<pre class="json" tabindex="0">${dataText(text.slice(0, limit), 'line')}</pre>
    ${text.length <= limit ? nothing : html`<button class="link" @click=${all}>Show all of it</button>`}`;
}

function factTemplate(fact: Fact, limit: number, all: () => void): TemplateResult {
  return html`<div class="fact-block">
    <h3>${dataText(fact.label, 'line')}</h3>
    ${factValue(fact, limit, all)}
  </div>`;
}

function factValue(fact: Fact, limit: number, all: () => void): TemplateResult {
  switch (fact.kind) {
    case 'text':
      return fact.text.length <= limit
        ? html`<p class="data">${dataText(fact.text)}</p>`
        : html`<p class="data">${dataText(fact.text.slice(0, limit))}</p>
            <button class="link" @click=${all}>Show all of it</button>`;
    case 'json':
      return dataJson(fact.value, limit, all);
    case 'list':
      return html`<ul>
        ${fact.items.map((item) => html`<li>${dataText(item, 'line')}</li>`)}
      </ul>`;
    case 'call':
      return callTemplate(fact.call, limit, all);
  }
}

/** An exact call: what it is, what it does to what, and every argument. */
export function callTemplate(call: Call, limit?: number, all?: () => void): TemplateResult {
  return html`<div class="call" data-testid="call" data-tool=${visible(call.tool)}>
    <p class="call-head">
      <strong>${dataText(call.tool, 'line')}</strong>
      <span class="effect">${dataText(call.effect, 'line')}</span>
      ${call.target === null ? nothing : html`<span>on <strong>${dataText(call.target, 'line')}</strong></span>`}
    </p>
    ${dataJson(call.arguments, limit, all)}
    <p class="digest" title="Digest of tool, arguments, target, playbook and policy">${dataText(call.digest, 'line')}</p>
  </div>`;
}

function asJson(line: TraceLine): Json {
  const value: Json = JSON.parse(JSON.stringify(line));
  return value;
}
