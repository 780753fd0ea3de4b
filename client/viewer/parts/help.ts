import { html, type TemplateResult } from 'lit-html';
import { KEYS } from '../keys.js';
import { icon } from './text.js';

/** The keys, over the page; it has the focus while it is there, and any way out leads back. */
export function help(close: () => void, keys = KEYS): TemplateResult {
  return html`<div class="help-shade" @click=${close}>
    <div
      class="help"
      role="dialog"
      aria-modal="true"
      aria-label="Keys"
      tabindex="-1"
      data-testid="help"
      @click=${(event: Event) => event.stopPropagation()}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Tab') event.preventDefault();
      }}
    >
      <div class="details-head">
        <h2>${icon('keyboard')}<span>Keys</span></h2>
        <button class="icon" aria-label="Close" title="Close (Escape)" @click=${close}>${icon('close')}</button>
      </div>
      <dl>
        ${keys.map(([pressed, what]) => html`<div><dt><kbd>${pressed}</kbd></dt><dd>${what}</dd></div>`)}
      </dl>
    </div>
  </div>`;
}
