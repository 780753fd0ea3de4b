import { html, nothing, render, type TemplateResult } from 'lit-html';
import type { ComparedAct, IdleEntry } from '../../../server/protocol/compare-requests.js';
import { dataText, icon } from '../parts/text.js';
import type { FromBoundaryPage, KeptComparison, ToBoundaryPage } from '../protocol/boundary-messages.js';
import { actArticle } from './act.js';
import { type ActGroup, groupsOf } from './facts.js';
import { heading, outcome, type Shown } from './header.js';

declare function acquireVsCodeApi(): {
  postMessage(message: FromBoundaryPage): void;
  setState(state: KeptComparison): void;
};

/** With more acts than this both sides of each are folded: what changed and why is read first. */
const MOST_UNFOLDED = 20;
/** How many acts of a group are there at first, and how many more somebody who asks for more gets. */
const PAGE = 100;

const host = acquireVsCodeApi();
const root = document.getElementById('viewer');
const say = (message: FromBoundaryPage): void => host.postMessage(message);

let shown: Shown | undefined;
let message: string | undefined;
let busy = true;
/** Acts whose sides are unfolded, and how many of each group are there: both stay when it is compared again. */
const unfolded = new Set<string>();
const wanted = new Map<string, number>();

// Only the frame VS Code put around this page can post here: the policy forbids frames and scripts of others.
window.addEventListener('message', ({ data }: MessageEvent<ToBoundaryPage>) => {
  busy = data.type === 'busy';
  if (data.type === 'busy') host.setState(data.of);
  if (data.type === 'show') [shown, message] = [data, undefined];
  if (data.type === 'none') [shown, message] = [undefined, data.message];
  draw();
});

document.addEventListener('keydown', ({ key, ctrlKey, metaKey, altKey }) => {
  if (ctrlKey || metaKey || altKey || (key !== 'n' && key !== 'p')) return;
  const heads = [...document.querySelectorAll<HTMLElement>('article h3')];
  const own = document.activeElement?.closest('article');
  const at = heads.findIndex((head) => head.closest('article') === own);
  const next = key === 'n' ? at + 1 : Math.max(0, at - 1);
  heads[next]?.focus();
});

function draw(): void {
  if (root !== null) render(page(), root);
}

function page(): TemplateResult {
  const status = html`<p role="status" data-testid="summary" class="summary">${statusWords()}</p>`;
  // Where there is nothing to show, why comes first, and then what can be done.
  if (shown === undefined)
    return html`<div class="boundary" data-testid="compared-boundary">${status} ${tools(false)}</div>`;
  const all = shown;
  const { comparison } = all;
  return html`<div class="boundary" data-testid="compared-boundary">
    <header>${heading(all)} ${tools(comparison.acts.length > 1)}</header>
    ${status} ${groupsOf(comparison.acts).map((group) => groupSection(group, all))}
    ${comparison.kind === 'review' ? idleSection(comparison.idle) : nothing}
  </div>`;
}

function tools(keys: boolean): TemplateResult {
  return html`<p class="tools">
    <button class="secondary" @click=${() => say({ type: 'other' })}>Compare with Another…</button>
    <button class="secondary" @click=${() => say({ type: 'again' })}>Compare Again</button>
    ${keys ? html`<span class="keys"><kbd>n</kbd> and <kbd>p</kbd>: next act, the one before</span>` : nothing}
  </p>`;
}

function statusWords(): unknown {
  if (message !== undefined) return html`${icon('warning')} ${dataText(message, 'line')}`;
  if (shown === undefined) return html`${icon('loading codicon-modifier-spin')} Comparing…`;
  const told = outcome(shown);
  return html`${icon(busy ? 'loading codicon-modifier-spin' : told.icon)} ${told.words}`;
}

function groupSection({ title, acts }: ActGroup, { comparison }: Shown): TemplateResult {
  const there = wanted.get(title) ?? PAGE;
  const foldable = comparison.acts.length > MOST_UNFOLDED;
  const more = acts.length - there;
  return html`<section aria-label=${title}>
    <h2>${title}${acts.length > 1 ? html` <span class="count">${acts.length}</span>` : nothing}</h2>
    ${acts.slice(0, there).map(({ act, index }) => {
      const key = keyOf(act);
      return actArticle(act, index, {
        ofMany: comparison.kind === 'review',
        unfolded: foldable ? unfolded.has(key) : undefined,
        fold: (open) => {
          if (open) unfolded.add(key);
          else unfolded.delete(key);
          draw();
        },
        say,
      });
    })}
    ${more > 0 ? html`<button class="secondary" data-testid="more" @click=${() => showMore(title, there)}>Show ${Math.min(PAGE, more)} of ${more} more</button>` : nothing}
  </section>`;
}

function showMore(title: string, there: number): void {
  wanted.set(title, there + PAGE);
  draw();
  // The button is gone or elsewhere: who pressed it by the keyboard goes on with the first act that came.
  const sections = [...document.querySelectorAll('section')];
  const own = sections.find((section) => section.getAttribute('aria-label') === title);
  own?.querySelectorAll<HTMLElement>('article h3')[there]?.focus();
}

function keyOf({ file, step, tool }: ComparedAct): string {
  return JSON.stringify([file, step, tool]);
}

function idleSection(idle: readonly IdleEntry[]): TemplateResult | typeof nothing {
  if (idle.length === 0) return nothing;
  const title = 'Acknowledgements that do not count';
  return html`<section aria-label=${title}>
    <h2>${title}</h2>
    <ul class="idle">${idle.map(
      ({ why, playbook, step, tool, owner, expires }, entry) =>
        html`<li>${icon('warning')}<span>
          <button class="link" data-testid="open-entry" @click=${() => say({ type: 'open-entry', entry })}
            >${dataText(tool, 'line')} at ${dataText(step, 'line')} of ${dataText(playbook, 'line')}</button
          >${
            why === 'expired'
              ? html` ended on ${dataText(expires, 'line')}. Delete it, or have ${dataText(owner, 'line')} decide anew.`
              : ' is for no change here. Once the change it was for is made, delete it.'
          }
        </span></li>`,
    )}</ul>
  </section>`;
}

draw();
say({ type: 'ready' });
