import { html, nothing, type TemplateResult } from 'lit-html';
import type { GraphActItem, GraphEdgeItem, GraphStepItem, GraphToolItem } from '../../../server/protocol/graph.js';
import { visible } from '../events/visible.js';
import { kindIcon, plural } from '../events/words.js';
import { icon } from '../parts/text.js';
import { decidedBy } from './marks.js';
import type { GraphModel } from './model.js';
import { levelChip } from './picture.js';
import { edgeWords, howLong, LEVELS, line, titleOf, VERDICTS, whoApproves } from './words.js';

export interface FactsActions {
  readonly select: (key: string) => void;
  /** Goes to a step in the text, or to one of its tools. */
  readonly open: (key: string, tool: number | null) => void;
  readonly close: () => void;
}

const LONG = 600;

/** What there is to know about the selected step: what a gate covers, or who decides an act, and where a run goes from here. */
export function facts(model: GraphModel, step: GraphStepItem, actions: FactsActions): TemplateResult {
  const { key, kind, says, when, notes, tools, gate } = step;
  return html`<aside class="graph-facts" aria-label="Selected step" data-testid="facts">
    <div class="details-head">
      <h2>${icon(kindIcon(kind))}<span>${line(titleOf(step))}</span></h2>
      <button class="link" data-testid="to-text" @click=${() => actions.open(key, null)}>Go to the text</button>
      <button class="icon" aria-label="Close" title="Close (Escape)" @click=${actions.close}>${icon('close')}</button>
    </div>
    <p class="note">${kind} <code>${line(key)}</code>${says === '' ? nothing : html`: <code>${visible(says)}</code>`}</p>
    ${when === null ? nothing : html`<p>Only when <code>${visible(when)}</code>; else it is skipped.</p>`}
    ${notes.map((note) => html`<p>${line(note, LONG)}</p>`)}
    ${gate === null ? nothing : gateFacts(model, step, gate, actions)}
    ${kind === 'question' ? questionFacts(model, key, actions) : nothing}
    ${tools.map((tool, index) => toolFacts(model, key, tool, index, actions))}
    ${ways('Goes on', model.out.get(key) ?? [], ({ to }) => to, 'the end of the run', model, actions)}
    ${ways('Comes from', model.into.get(key) ?? [], ({ from }) => from, 'the start of the run', model, actions)}
  </aside>`;
}

function gateFacts(
  model: GraphModel,
  step: GraphStepItem,
  gate: NonNullable<GraphStepItem['gate']>,
  actions: FactsActions,
): TemplateResult {
  const { escalateTo, distinctFrom, grants } = gate;
  return html`<section data-testid="covers">
    <h3>Covers</h3>
    ${grants.length === 0 ? html`<p>${icon('warning')} It grants nothing yet.</p>` : nothing}
    <ul>
      ${grants.map(({ id, key }) => {
        const granted = key === null ? undefined : model.stepOf.get(key);
        if (granted === undefined)
          return html`<li>${icon('warning')} <code>${line(id)}</code>: there is no such step</li>`;
        const acts = granted.tools.flatMap(({ act }) => (act ? [act] : []));
        return html`<li>
          ${stepLink(granted.key, model, actions)}
          ${acts.length === 0 ? html`<p class="note">nothing in it needs an approval</p>` : nothing}
          ${acts.map((act) => html`<p><code>${visible(act.call)}</code></p><p>${verdict(act)} ${levelChip(act.autonomy)}</p>`)}
        </li>`;
      })}
    </ul>
    <h3>Who approves</h3>
    <p>
      ${whoApproves(gate)}${escalateTo.length === 0 ? nothing : `, who may hand it to ${line(escalateTo.join(' or '))}`}${
        distinctFrom.length === 0 ? nothing : `; nobody who approved at ${line(distinctFrom.join(', '))}`
      }
    </p>
    <p>${howLong(gate)}.</p>
    ${
      ['on-reject', 'on-timeout'].some((name) => step.lanes.some((lane) => lane.name === name))
        ? nothing
        : html`<p>Rejected, or without an answer, the run ends.</p>`
    }
  </section>`;
}

/** What rests on the answer to a question of another product. */
function questionFacts(model: GraphModel, key: string, actions: FactsActions): TemplateResult {
  const decided = decidedBy(model, key);
  if (decided.length === 0) return html`<p data-testid="decides">${icon('warning')} No act needs its yes.</p>`;
  return html`<section data-testid="decides">
    <h3>Needs its yes</h3>
    <ul>${decided.map((step) => html`<li>${stepLink(step.key, model, actions)}</li>`)}</ul>
  </section>`;
}

function toolFacts(
  model: GraphModel,
  key: string,
  { tool, effect, act }: GraphToolItem,
  index: number,
  actions: FactsActions,
): TemplateResult {
  const name = html`<button class="link" @click=${() => actions.open(key, index)}>${tool === '*' ? 'anything' : line(tool)}</button>`;
  if (act === null) {
    return html`<section><h3>${name}</h3><p class="note">${line(effect)}: only reads or records, so it needs no level and no approval.</p></section>`;
  }
  const rows: readonly (readonly [string, unknown])[] = [
    ['Call', html`<code>${visible(act.call)}</code>`],
    ['Effect', html`${line(effect)} on <code>${line(act.scope, LONG)}</code>`],
    ['Level', html`${levelChip(act.autonomy)} ${isInVain(model, act) ? '' : LEVELS[act.autonomy].means}`],
    ['Who decides', decides(model, key, act, actions)],
    ['Verdict', html`${verdict(act)}: ${line(act.because, LONG)}`],
    ['Path to it', pathOf(model, key, act, actions)],
    ['Bounds', line(act.bounds.join(', '), LONG)],
    ['Untrusted values', line(act.untrusted.join(', '), LONG)],
    ['Undone by', model.item.product === undefined ? line(act.undo ?? 'nothing') : ''],
    ['Answers for it', line(act.accountable ?? '')],
  ];
  return html`<section data-testid="act" data-tool=${tool}>
    <h3>${name}</h3>
    <dl>
      ${rows.map(([label, value]) => (value === '' || value === nothing ? nothing : html`<div><dt>${label}</dt><dd>${value}</dd></div>`))}
    </dl>
  </section>`;
}

function decides(model: GraphModel, key: string, act: GraphActItem, actions: FactsActions): unknown {
  const { autonomy, approval, gates } = act;
  if (autonomy === 'autonomous') return 'nobody is asked';
  if (autonomy === 'notify') return 'nobody is asked; who is told can undo it';
  if (autonomy !== 'approve') return 'the person who does it';
  if (isInVain(model, act)) return 'a person takes part, and decides nothing';
  if (approval === null) return html`${icon('circle-slash')} nobody can approve it`;
  const terms = `${whoApproves(approval)}${approval.expires === null ? '' : `, valid for ${approval.expires}`}`;
  const asked = gates.filter((gate) => gate !== key);
  return asked.length === 0
    ? html`${terms}, asked at the step itself`
    : html`${terms}, asked at ${asked.map((gate, index) => html`${index === 0 ? nothing : ' or '}${stepLink(gate, model, actions)}`)}`;
}

/** Whether people are asked whose answer decides nothing, which other products can do. */
function isInVain({ item }: GraphModel, { autonomy, approval }: GraphActItem): boolean {
  return item.product !== undefined && autonomy === 'approve' && approval === null;
}

function pathOf(model: GraphModel, key: string, { verdict, witness }: GraphActItem, actions: FactsActions): unknown {
  if (verdict !== 'violated') return nothing;
  if (witness === null) return 'too long to be shown here; the boundary of the command line has it';
  return html`<ol class="path" data-testid="path">
    ${witness.map(({ step, edge, branch }) => html`<li>${stepLink(step, model, actions)} <span class="note">${line(edgeWords(edge, branch))}</span></li>`)}
    <li>${stepLink(key, model, actions)}</li>
  </ol>`;
}

function verdict({ verdict }: GraphActItem): TemplateResult {
  const { icon: name, tone, words } = VERDICTS[verdict];
  return html`<span class="verdict ${tone}">${icon(name)}${words}</span>`;
}

function stepLink(key: string, { stepOf }: GraphModel, actions: FactsActions): TemplateResult {
  const step = stepOf.get(key);
  if (step === undefined) return html`<code>${line(key)}</code>`;
  return html`<button class="link" data-to=${key} @click=${() => actions.select(key)}>${line(key)}</button>`;
}

/** The ways out of a step, or into it; those that end the run by default come last and in one line. */
function ways(
  label: string,
  edges: readonly GraphEdgeItem[],
  end: (edge: GraphEdgeItem) => string | null,
  outside: string,
  model: GraphModel,
  actions: FactsActions,
): TemplateResult | typeof nothing {
  if (edges.length === 0) return nothing;
  const inside = edges.filter((edge) => end(edge) !== null);
  const away = edges.filter((edge) => end(edge) === null);
  const MOST = 30;
  const more = inside.length - MOST;
  return html`<section class="ways">
    <h3>${label}</h3>
    <ul>
      ${inside.slice(0, MOST).map((edge) => html`<li><span class="note">${line(edgeWords(edge.kind, edge.branch))}</span> ${stepLink(end(edge) ?? '', model, actions)}</li>`)}
      ${more > 0 ? html`<li class="note">and ${more} more ${plural('way', more)}</li>` : nothing}
      ${away.length === 0 ? nothing : html`<li><span class="note">${line(away.map(({ kind, branch }) => edgeWords(kind, branch)).join(', '))}</span> ${outside}</li>`}
    </ul>
  </section>`;
}
