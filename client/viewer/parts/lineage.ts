import { html, nothing, type TemplateResult } from 'lit-html';
import { shortened, visible } from '../events/visible.js';
import { wordsFor } from '../events/words.js';
import { sourceOf } from '../model/lineage.js';
import type { LineageSearch } from '../model/lineage-search.js';
import type { State } from '../state.js';
import { dataText, icon } from './text.js';

/** From proposal to result: every event about one call. */
export function courseOf(
  { story, selected }: State,
  call: string,
  select: (index: number) => void,
): TemplateResult | typeof nothing {
  const lines = story.linesOfCall(call);
  if (lines.length < 2) return nothing;
  return html`<div class="fact-block" data-testid="course">
    <h3>This call, from proposal to result</h3>
    <ul class="plain">
      ${lines.map((at) => {
        const line = story.lines.at(at);
        if (line === undefined) return nothing;
        const { icon: name, tone, text } = wordsFor(line, story);
        return html`<li class=${tone}>
          ${icon(name)}
          ${at === selected ? html`<strong aria-current="true">${text}</strong>` : html`<button class="link" @click=${() => select(at)}>${text}</button>`}
          <span class="note">line ${at + 1}</span>
        </li>`;
      })}
    </ul>
  </div>`;
}

/** Which earlier events contain the values of a call's arguments. It does not say that a value was taken from there. */
export function lineageTemplate(
  { story }: State,
  search: LineageSearch,
  select: (index: number) => void,
): TemplateResult | typeof nothing {
  if (search.traced.length === 0) return nothing;
  return html`<div class="fact-block" data-testid="lineage" data-done=${String(search.done)}>
    <h3>Earlier events with the same values</h3>
    <p class="note">That an event contains the same value does not show that the value was taken from it.</p>
    ${search.done ? nothing : html`<p class="note">${icon('loading codicon-modifier-spin')} Looking through earlier events…</p>`}
    <dl>
      ${search.traced.map(
        ({ leaf, sightings, count }) => html`<div data-testid="traced" data-path=${visible(leaf.path)}>
          <dt>${visible(leaf.path)} <span class="data">${dataText(shortened(String(leaf.value), 120), 'line')}</span></dt>
          <dd>
            ${
              sightings.length === 0
                ? search.done
                  ? html`<span class="note">no earlier event contains the same value</span>`
                  : nothing
                : html`<ul class="plain">
                    ${sightings.map(({ at, path, whole }) => {
                      const line = story.lines.at(at);
                      return line === undefined
                        ? nothing
                        : html`<li>
                            <button class="link" @click=${() => select(at)}>line ${at + 1}</button>, ${visible(sourceOf(line))}:
                            ${whole ? 'the same value' : 'text with the same value'} at <code>${visible(shortened(path, 120))}</code>
                          </li>`;
                    })}
                    ${count > sightings.length ? html`<li class="note">and ${count - sightings.length} later ones</li>` : nothing}
                  </ul>`
            }
          </dd>
        </div>`,
      )}
    </dl>
  </div>`;
}
