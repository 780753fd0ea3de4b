import { html, type TemplateResult } from 'lit-html';
import { PANES, type Pane } from '../state.js';
import { icon } from './text.js';

const TABS: Readonly<Record<Pane, readonly [name: string, icon: string]>> = {
  events: ['Events', 'list-flat'],
  steps: ['Steps', 'type-hierarchy-sub'],
  waterfall: ['Waterfall', 'graph'],
  approvals: ['Approvals', 'shield'],
  budget: ['Budget', 'dashboard'],
};

/** Which pane is shown. Only the chosen tab is reached by the tab key; arrows go to the others. */
export function tabs(pane: Pane, choose: (pane: Pane) => void): TemplateResult {
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
    event.preventDefault();
    event.stopPropagation();
    const next = PANES[(PANES.indexOf(pane) + step + PANES.length) % PANES.length] ?? pane;
    choose(next);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label="What is shown of the run" @keydown=${onKey}>
    ${PANES.map((one, index) => {
      const [name, glyph] = TABS[one];
      return html`<button
        id="tab-${one}"
        class="tab"
        role="tab"
        data-testid="tab-${one}"
        title="${name} (${index + 1})"
        aria-selected=${one === pane ? 'true' : 'false'}
        aria-controls="pane"
        tabindex=${one === pane ? '0' : '-1'}
        @click=${() => choose(one)}
      >
        ${icon(glyph)}<span>${name}</span>
      </button>`;
    })}
  </div>`;
}
