import { html, nothing, type TemplateResult } from 'lit-html';
import type { Json } from '../../../runner/protocol/trace.js';
import { CHIPS, type Chip } from '../events/filter.js';
import { span } from '../events/span.js';
import { shortened, visible } from '../events/visible.js';
import { plural } from '../events/words.js';
import { isScanned, rowCount, type State } from '../state.js';
import type { Surroundings } from './details.js';
import { dataText, icon } from './text.js';

export interface HeaderActions {
  readonly chip: (chip: Chip) => void;
  readonly search: (text: string) => void;
  readonly follow: (on: boolean) => void;
  /** Opens the file as text at a line of it, from 1. */
  readonly text: (line: number) => void;
  readonly export: () => void;
  readonly help: () => void;
}

/** What a reader wants to know before reading: which run, how it ended, whether the record can be relied upon. */
export function header(state: State, { editor }: Surroundings, actions: HeaderActions): TemplateResult {
  const { opened, lines } = state.story;
  return html`<header>
    <div class="headline">
      <h1 data-testid="playbook">
        ${opened === undefined ? visible(state.name) : visible(`${opened.playbook.id} ${opened.playbook.version}`)}
        ${opened === undefined ? nothing : html`<span class="case" data-testid="case">${visible(opened.case.id)}</span>`}
      </h1>
      ${outcome(state)}${verdict(state)}
    </div>
    ${lines.length === 0 ? nothing : runLine(state)} ${badge(state, editor, actions)}
    <div class="tools">
      <label class="search"
        >${icon('search')}<input
          type="search"
          data-testid="search"
          placeholder="Search events"
          aria-label="Search events"
          .value=${state.filter.search}
          @input=${(event: Event) => event.target instanceof HTMLInputElement && actions.search(event.target.value)}
      /></label>
      <div class="chips" role="group" aria-label="Show">
        ${CHIPS.map(
          (chip) =>
            html`<button
              class="chip"
              data-testid="chip-${chip}"
              aria-pressed=${chip === state.filter.chip ? 'true' : 'false'}
              @click=${() => actions.chip(chip)}
            >
              ${CHIP_WORDS[chip]}
            </button>`,
        )}
      </div>
      <span class="count" data-testid="count">${counted(state)}</span>
      ${
        editor
          ? html`<label class="follow" title="Selecting an event shows the line of the playbook it comes from"
                ><input
                  type="checkbox"
                  data-testid="follow"
                  .checked=${state.follow}
                  @change=${(event: Event) => event.target instanceof HTMLInputElement && actions.follow(event.target.checked)}
                />Follow in playbook</label
              ><button class="icon" data-testid="export" title="Export as one HTML file" aria-label="Export as one HTML file" @click=${actions.export}>
                ${icon('export')}
              </button>`
          : nothing
      }
      <button class="icon" data-testid="help-button" title="Keys (?)" aria-label="Keys" @click=${actions.help}>${icon('keyboard')}</button>
    </div>
  </header>`;
}

const CHIP_WORDS: Readonly<Record<Chip, string>> = {
  all: 'All',
  acts: 'Acts',
  denied: 'Denied',
  approvals: 'Approvals',
  untrusted: 'Untrusted',
  model: 'Model',
  tools: 'Tools',
};

function counted(state: State): string {
  const all = state.story.lines.length;
  const shown = rowCount(state);
  if (!isScanned(state)) return `${shown} of ${all} events, searching…`;
  return shown === all ? `${all} ${plural('event', all)}` : `${shown} of ${all} ${plural('event', all)}`;
}

function runLine(state: State): TemplateResult {
  const { opened, usage, lines } = state.story;
  const elapsed = lines.at(-1)?.mono ?? 0;
  return html`<p class="facts">
    ${
      opened === undefined
        ? nothing
        : html`<span class=${opened.model.ai ? 'fact' : 'fact stand-in'} data-testid="model" title=${visible(opened.model.note)}
            >${icon(opened.model.ai ? 'sparkle' : 'beaker')}${visible(opened.model.id)}${opened.model.ai ? '' : ' (not AI)'}</span
          >`
    }
    <span class="fact" data-testid="dry-run">${icon('beaker')}Dry run: consequential tools simulated</span>
    <span class="fact" data-testid="usage"
      >${usage.turns} ${plural('turn', usage.turns)}, ${usage.inputTokens + usage.outputTokens} tokens,
      $${usage.usd.toFixed(usage.usd > 0 && usage.usd < 0.01 ? 4 : 2)}, ${span(elapsed)}</span
    >
  </p>`;
}

function outcome(state: State): TemplateResult {
  const closed = state.story.closed;
  const checking = state.verification === null && !state.live;
  if (closed === undefined && checking) return html``;
  const is = closed?.outcome ?? (state.live ? 'running' : endless(state));
  if (state.story.lines.length === 0 && !state.live) return html``;
  const text = OUTCOMES.get(is) ?? visible(is);
  return html`<span class="pill ${visible(is)}" data-testid="outcome" title=${visible(closed?.reason ?? '')}
    >${is === 'running' ? icon('loading codicon-modifier-spin') : nothing}${text}</span
  >`;
}

/** What is said of a trace without an end: a whole one that stops short, or one with a fault before its end. */
function endless({ verification, story }: State): string {
  const cutOff = verification?.firstBad === null || verification?.firstBad.line === story.lines.length + 1;
  return verification?.valid === false && !(cutOff && verification.lines === story.lines.length)
    ? 'unknown'
    : 'incomplete';
}

const OUTCOMES: ReadonlyMap<string, string> = new Map([
  ['incomplete', 'incomplete: the run did not end'],
  ['unknown', 'outcome unknown: the trace is broken'],
]);

function verdict(state: State): TemplateResult | typeof nothing {
  const found: Json = state.story.closed?.verdict ?? null;
  if (found === null) return nothing;
  const text = typeof found === 'string' ? found : JSON.stringify(found);
  return html`<span class="pill verdict" data-testid="verdict">verdict: ${visible(shortened(text, 80))}</span>`;
}

function badge(
  { verification, live, story }: State,
  editor: boolean,
  actions: HeaderActions,
): TemplateResult | typeof nothing {
  if (verification === null) {
    return html`<p class="badge live" data-testid="badge" data-integrity=${live ? 'live' : 'checking'}>
      ${icon(live ? 'pulse' : 'loading codicon-modifier-spin')}${live ? 'Live: checked when the run ends' : 'Checking…'}
    </p>`;
  }
  const { valid, lines, firstBad, checkpoints, established, notEstablished } = verification;
  const shown = story.lines.length;
  const after =
    firstBad === null
      ? ''
      : ` Only the ${shown} ${plural('line', shown)} before it ${shown === 1 ? 'is' : 'are'} shown.`;
  const words = valid
    ? `Verified: ${lines} ${plural('line', lines)}`
    : firstBad === null
      ? `Broken: ${checkpoints.problems.join(' ')}`
      : `Broken at line ${firstBad.line}: ${firstBad.reason}${after}`;
  return html`<details
    class="badge ${valid ? 'valid' : 'broken'}"
    data-testid="badge"
    data-integrity=${valid ? 'verified' : 'broken'}
  >
    <summary>${icon(valid ? 'verified-filled' : 'warning')}<span>${dataText(words, 'line')}</span></summary>
    ${established.length === 0 ? nothing : html`<h2>Established</h2>${bullets(established)}`}
    ${notEstablished.length === 0 ? nothing : html`<h2>Not established by this check</h2>${bullets(notEstablished)}`}
    ${
      firstBad === null || !editor
        ? nothing
        : html`<button class="link" data-testid="as-text" @click=${() => actions.text(firstBad.line)}>Open the file as text at line ${firstBad.line}</button>`
    }
  </details>`;
}

function bullets(items: readonly string[]): TemplateResult {
  return html`<ul>
    ${items.map((item) => html`<li>${dataText(item, 'line')}</li>`)}
  </ul>`;
}
