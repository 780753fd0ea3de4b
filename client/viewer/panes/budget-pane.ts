import { html, nothing, svg, type TemplateResult } from 'lit-html';
import { clock } from '../events/clock.js';
import { overlaps } from '../events/range.js';
import { fineSpan } from '../events/span.js';
import { visible } from '../events/visible.js';
import { type Amounts, MEASURES, type Measure, type Scope } from '../model/spending.js';
import { dataText, icon } from '../parts/text.js';
import type { State } from '../state.js';
import { Paged } from './paged.js';
import type { PaneActions } from './pane-actions.js';

const [WIDTH, HEIGHT] = [240, 44];
const PAGE = 30;

/** What the run and each agent step used, against its limits where the trace tells them. */
export class BudgetPane {
  readonly #paged = new Paged(PAGE);

  template(state: State, actions: PaneActions): TemplateResult {
    const scopes = state.models.spending.scopes.filter((scope) => overlaps(scope, state.filter.range));
    const shown = this.#paged.shown(scopes);
    return html`<div class="budget" data-testid="budget" tabindex="0" role="region" aria-label="Budget">
      ${state.filter.range === undefined ? nothing : html`<p class="note">Amounts are those used by ${clock(state.filter.range.to)}.</p>`}
      ${shown.map((scope) => scopeTemplate(state, scope, actions))}
      ${this.#paged.more(scopes, actions.redraw)}
    </div>`;
  }
}

function scopeTemplate(state: State, scope: Scope, actions: PaneActions): TemplateResult {
  const until = state.filter.range?.to ?? Number.POSITIVE_INFINITY;
  const used = usedBy(scope, until, state.story.end);
  const name = scope.step === null ? 'The whole run' : scope.step;
  return html`<section class="scope" data-testid="scope" data-step=${visible(scope.step ?? '')}>
    <h3>
      ${
        scope.step === null
          ? name
          : html`<button class="link" @click=${() => actions.select(scope.at)}>${visible(name)}</button>${scope.occurrence > 1 ? ` (${scope.occurrence}. time)` : ''}`
      }
      ${scope.exceeded === null ? nothing : html`<span class="bad-text">${icon('circle-slash')} used up: ${dataText(scope.exceeded, 'line')}</span>`}
      ${scope.counted || state.live ? nothing : html`<span class="note">added up from its turns and calls: the trace has no count of the engine’s</span>`}
    </h3>
    <table>
      <thead>
        <tr><th scope="col"></th><th scope="col">used</th><th scope="col">limit</th><th scope="col">left</th><th scope="col">over time</th></tr>
      </thead>
      <tbody>
        ${MEASURES.map((measure) => measureRow(scope, measure, used, until, state.story.end))}
      </tbody>
    </table>
  </section>`;
}

function measureRow(scope: Scope, measure: Measure, used: Amounts, until: number, end: number): TemplateResult {
  const limit = scope.limits[measure];
  const left = limit === undefined ? undefined : limit - used[measure];
  const share = limit === undefined || limit <= 0 ? undefined : Math.max(0, Math.min(1, (left ?? 0) / limit));
  const tone = share === undefined ? '' : share <= 0 ? 'bad' : share < 0.2 ? 'warning' : 'good';
  return html`<tr data-testid="measure" data-measure=${measure}>
    <th scope="row">${NAMES[measure]}</th>
    <td>${amount(measure, used[measure])}</td>
    <td>${limit === undefined ? html`<span class="note">not told</span>` : amount(measure, limit)}</td>
    <td class=${tone === 'bad' ? 'bad-text' : ''}>
      ${
        left === undefined
          ? nothing
          : html`${left < 0 ? `${amount(measure, -left)} over` : amount(measure, left)}
              <span class="meter ${tone}" aria-hidden="true"><span .style=${`width:${(share ?? 0) * 100}%`}></span></span>`
      }
    </td>
    <td>${chart(scope, measure, limit, until, end)}</td>
  </tr>`;
}

/** What is left over time where there is a limit, else what was used. */
function chart(scope: Scope, measure: Measure, limit: number | undefined, until: number, end: number): TemplateResult {
  const to = Math.min(scope.to ?? end, until);
  const lasted = Math.max(1, to - scope.from);
  const points = pointsOf(scope, measure, to);
  const top = limit ?? Math.max(...points.map(([, used]) => used), measure === 'usd' ? 0.000001 : 1);
  const x = (mono: number): number => (Math.max(0, mono - scope.from) / lasted) * WIDTH;
  const y = (used: number): number => {
    const share = Math.max(0, Math.min(1, used / top));
    return 2 + (limit === undefined ? 1 - share : share) * (HEIGHT - 4);
  };
  let path = '';
  let before: number | undefined;
  for (const [mono, used] of points) {
    // Turns and calls are used at once; time runs.
    if (before !== undefined && measure !== 'time') path += ` L${x(mono).toFixed(1)} ${y(before).toFixed(1)}`;
    path += `${path === '' ? 'M' : ' L'}${x(mono).toFixed(1)} ${y(used).toFixed(1)}`;
    before = used;
  }
  if (before !== undefined) path += ` L${WIDTH} ${y(before).toFixed(1)}`;
  const words = `${NAMES[measure]} ${limit === undefined ? 'used' : 'left'} over ${fineSpan(lasted)}`;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${words} preserveAspectRatio="none">
    ${svg`<title>${words}</title><line x1="0" x2=${WIDTH} y1=${HEIGHT - 2} y2=${HEIGHT - 2} class="base"></line><path d=${path}></path>`}
  </svg>`;
}

function pointsOf(scope: Scope, measure: Measure, to: number): readonly (readonly [mono: number, used: number])[] {
  if (measure === 'time') {
    return [
      [scope.from, 0],
      [to, to - scope.from],
    ];
  }
  return scope.points.filter(({ mono }) => mono <= to).map(({ mono, used }) => [mono, used[measure]]);
}

function usedBy(scope: Scope, until: number, end: number): Amounts {
  const lasted = (scope.to ?? end) <= until;
  if (lasted) return scope.used.time > 0 ? scope.used : { ...scope.used, time: (scope.to ?? end) - scope.from };
  const last = scope.points.findLast(({ mono }) => mono <= until);
  return { ...(last?.used ?? scope.used), time: Math.max(0, until - scope.from) };
}

const NAMES: Readonly<Record<Measure, string>> = {
  turns: 'Turns',
  tokens: 'Tokens',
  usd: 'US dollars',
  toolCalls: 'Tool calls',
  time: 'Time',
};

function amount(measure: Measure, value: number): string {
  switch (measure) {
    case 'time':
      return fineSpan(value);
    case 'usd':
      return `$${value.toFixed(value !== 0 && Math.abs(value) < 0.01 ? 4 : 2)}`;
    default:
      return value.toLocaleString('en');
  }
}
