import { html, nothing, type TemplateResult } from 'lit-html';
import type { Json } from '../../../runner/protocol/trace.js';
import { prettyJson } from '../events/json-tokens.js';
import { visible } from '../events/visible.js';

const MARK = /(⟨U\+[0-9A-F]+⟩)/;

/** Data as text, with hidden characters made visible and marked. */
export function dataText(text: string, layout: 'line' | 'block' = 'block'): unknown {
  return marked(visible(text, layout));
}

/** A value, pretty-printed. Over `limit` characters the rest waits for `all`. */
export function dataJson(value: Json, limit = Number.POSITIVE_INFINITY, all?: () => void): TemplateResult {
  const { tokens, cut } = prettyJson(value, limit);
  return html`<pre class="json" tabindex="0">${tokens.map(({ kind, text }) =>
    kind === 'mark' ? text : html`<span class=${kind}>${marked(text)}</span>`,
  )}</pre>${cut && all ? html`<button class="link" @click=${all}>Show all of it</button>` : nothing}`;
}

/** A codicon; words beside it always say the same. */
export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

function marked(text: string): unknown {
  if (!MARK.test(text)) return text;
  return text
    .split(MARK)
    .map((piece) =>
      MARK.test(piece)
        ? html`<mark class="hidden-character" title="A character that is normally not visible">${piece}</mark>`
        : piece,
    );
}
