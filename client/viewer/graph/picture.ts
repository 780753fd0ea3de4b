import { html, nothing, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import type { GraphLaneItem, GraphStepItem, GraphToolItem } from '../../../server/protocol/graph.js';
import { kindIcon } from '../events/words.js';
import { icon } from '../parts/text.js';
import { laneName, type Marks } from './marks.js';
import { type GraphModel, isDoubt } from './model.js';
import { insideWords, LEVELS, laneWords, line, placeWords, titleOf, VERDICTS, whoApproves } from './words.js';

/** What the picture shows, beside the graph itself. */
export interface Shown {
  readonly model: GraphModel;
  readonly open: ReadonlySet<string>;
  readonly marks: Marks;
  /** The step that is selected, the one the tab key comes to, and the one the cursor is in. */
  readonly selected: string | null;
  readonly focus: string | null;
  readonly current: string | null;
  readonly matches: ReadonlySet<string>;
}

export interface PictureActions {
  readonly select: (key: string) => void;
  readonly fold: (key: string, open: boolean) => void;
  /** The pointer is on a step, or on none. */
  readonly point: (key: string | null) => void;
}

/** The steps below one another, and side by side where a run takes one way or the other, with the ways between them. */
export function picture(shown: Shown, actions: PictureActions): TemplateResult {
  const { item, stepOf } = shown.model;
  const last = stepOf.get(item.top.at(-1) ?? '');
  return html`<div class="terminal" aria-hidden="true">${icon('circle-filled')}start</div>
    ${flow(shown, actions, item.top, 1, true)}
    ${
      last?.goesOn === false
        ? nothing
        : html`<div class="way" aria-hidden="true"></div>
          <div class="terminal" aria-hidden="true">${icon('circle-large')}end</div>`
    }`;
}

/** @param reached whether a way leads to the first of them */
function flow(
  shown: Shown,
  actions: PictureActions,
  keys: readonly string[],
  level: number,
  reached: boolean,
): TemplateResult {
  const { stepOf } = shown.model;
  return html`<ul class="flow" role=${level === 1 ? 'presentation' : 'group'}>
    ${repeat(
      keys,
      (key) => key,
      (key, index) => {
        const step = stepOf.get(key);
        const before = stepOf.get(keys[index - 1] ?? '');
        return step === undefined ? nothing : block(shown, actions, step, level, before?.goesOn ?? reached);
      },
    )}
  </ul>`;
}

function block(
  shown: Shown,
  actions: PictureActions,
  step: GraphStepItem,
  level: number,
  reached: boolean,
): TemplateResult {
  const { key, lanes } = step;
  const open = shown.open.has(key);
  const onPath = shown.marks.path.has(key);
  return html`<li class="block ${onPath ? 'on-path' : ''}" role="none">
    ${wayTo(step, reached)}
    ${card(shown, actions, step, level, open)}
    ${
      open
        ? html`<div class="lanes" role="presentation">
            ${lanes.map((lane, index) => laneOf(shown, actions, step, lane, index, level))}
          </div>`
        : nothing
    }
  </li>`;
}

/** The way from above, and from which other places one leads here: graphs of other products have ways that no list has. */
function wayTo({ comesFrom = [] }: GraphStepItem, reached: boolean): TemplateResult {
  const [first, ...more] = comesFrom;
  if (first === undefined)
    return html`<div class="way ${reached ? '' : 'cut'}" aria-hidden="true">${reached ? nothing : html`<span>no way leads here</span>`}</div>`;
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  return html`<div class="way ${reached ? '' : 'cut'}" aria-hidden="true"></div>
    <div class="from-elsewhere">${icon('arrow-right')}${reached ? 'also from' : 'from'} ${line(first, 40)}${others}</div>`;
}

function card(
  shown: Shown,
  actions: PictureActions,
  step: GraphStepItem,
  level: number,
  open: boolean,
): TemplateResult {
  const { model, marks, selected, focus, current, matches } = shown;
  const { key, kind, id, lanes, gate, when, says, notes, tools } = step;
  const inside = model.insideOf.get(key);
  const way = marks.path.get(key);
  const classes = [
    'card-step',
    `kind-${kind}`,
    step.level === null ? '' : `level-${step.level}`,
    key === selected ? 'selected' : '',
    key === current ? 'current' : '',
    marks.covered.has(key) ? 'covered' : '',
    marks.granting.has(key) ? 'granting' : '',
    matches.has(key) ? 'match' : '',
  ];
  return html`<div
    role="treeitem"
    class=${classes.filter((name) => name !== '').join(' ')}
    aria-level=${level}
    aria-expanded=${lanes.length > 0 ? String(open) : nothing}
    aria-selected=${key === selected ? 'true' : 'false'}
    aria-current=${key === current ? 'location' : nothing}
    tabindex=${key === focus ? '0' : '-1'}
    data-testid="graph-step"
    data-key=${key}
    @click=${() => actions.select(key)}
    @pointerenter=${() => actions.point(key)}
    @pointerleave=${() => actions.point(null)}
  >
    <div class="card-head">
      ${icon(kindIcon(kind))}<span class="card-title">${line(titleOf(step))}</span>
      ${key === current ? html`<span class="here" title="The cursor is here">${icon('edit')}</span>` : nothing}
      ${way === undefined ? nothing : html`<span class="way-number" title="On the path that shows the violation">${way}</span>`}
      ${lanes.length === 0 ? nothing : foldButton(actions, key, open)}
    </div>
    <div class="note">${titleOf(step) === id ? kind : `${kind} ${line(id)}`}${says === '' ? nothing : html` <code>${line(says)}</code>`}</div>
    ${when === null ? nothing : html`<div class="note">only when <code>${line(when)}</code></div>`}
    ${notes.length === 0 ? nothing : html`<div class="note">${line(notes.join(', '))}</div>`}
    ${gate === null ? nothing : html`<div class="note">${whoApproves(gate)}, covers ${gate.grants.length} ${gate.grants.length === 1 ? 'step' : 'steps'}</div>`}
    ${tools.map(toolRow)}
    ${marks.covered.has(key) ? html`<div class="tie">${icon('shield')}${model.item.product === undefined ? 'covered by this gate' : 'needs the yes of this question'}</div>` : nothing}
    ${marks.granting.has(key) ? html`<div class="tie">${icon('key')}${model.item.product === undefined ? 'grants this act' : 'this act needs its yes'}</div>` : nothing}
    ${model.holderOf.has(key) ? html`<div class="said">${placeWords(step, model)}</div>` : nothing}
    ${inside === undefined || open ? nothing : html`<div class="note">${icon(inside.doubts > 0 ? 'warning' : 'ellipsis')} ${insideWords(inside)}</div>`}
  </div>`;
}

function foldButton(actions: PictureActions, key: string, open: boolean): TemplateResult {
  return html`<button
    class="icon fold"
    tabindex="-1"
    aria-hidden="true"
    title=${open ? 'Fold' : 'Unfold'}
    @click=${(event: Event) => {
      event.stopPropagation();
      actions.fold(key, !open);
    }}
  >
    ${icon(open ? 'chevron-down' : 'chevron-right')}
  </button>`;
}

function toolRow({ tool, effect, act }: GraphToolItem): TemplateResult {
  const verdict = act === null ? null : VERDICTS[act.verdict];
  const doubt = act !== null && isDoubt(act);
  return html`<div class="tool">
    <span class="tool-name">${tool === '*' ? 'anything' : line(tool)}</span><span class="note">${line(effect)}</span>
    ${act === null ? nothing : levelChip(act.autonomy)}
    ${verdict === null ? nothing : doubt ? html`<span class="verdict ${verdict.tone}">${icon(verdict.icon)}${verdict.words}</span>` : html`<span class="said">${verdict.words}</span>`}
  </div>`;
}

export function levelChip(level: keyof typeof LEVELS): TemplateResult {
  return html`<span class="level level-${level}">${icon(LEVELS[level].icon)}${level}</span>`;
}

/** A lane with the ways that lead in and out: which of those are drawn depends on the lanes beside it. */
function laneOf(
  shown: Shown,
  actions: PictureActions,
  step: GraphStepItem,
  lane: GraphLaneItem,
  index: number,
  level: number,
): TemplateResult {
  const { lanes } = step;
  const comesBack = ({ end }: GraphLaneItem): boolean => end === 'goes-on' || end === 'repeats';
  const isOnPath = (one: GraphLaneItem): boolean => shown.marks.lanes.has(laneName(step.key, one));
  const after = lanes.slice(index + 1);
  const own = comesBack(lane);
  const classes = [
    'lane-flow',
    `kind-${lane.kind}`,
    `end-${lane.end}`,
    index === 0 ? 'first' : '',
    index === lanes.length - 1 ? 'last' : '',
    own ? 'back' : '',
    after.some(comesBack) ? 'later-back' : '',
    step.goesOn ? 'onward' : '',
    isOnPath(lane) ? 'on-path' : '',
    after.some(isOnPath) ? 'later-path' : '',
  ];
  const inner = html`${lane.steps.length === 0 ? nothing : flow(shown, actions, lane.steps, level + 1, true)}
    <div class="tail" aria-hidden="true"></div>
    ${laneEnd(lane, shown.model)}`;
  return html`<div
    class=${classes.filter((name) => name !== '').join(' ')}
    role="presentation"
    data-testid="graph-lane"
    data-lane=${lane.name}
  >
    <div class="split" aria-hidden="true"></div>
    <div class="lane-label" aria-hidden="true">
      <span>${lane.kind === 'handler' ? icon(lane.name === 'on-error' ? 'warning' : 'circle-slash') : nothing}${line(laneWords(lane), 60)}</span>
    </div>
    ${lane.kind === 'body' || lane.kind === 'called' ? html`<div class="frame" role="presentation">${inner}</div>` : inner}
    <div class="merge" aria-hidden="true"></div>
  </div>`;
}

function laneEnd({ end, to }: GraphLaneItem, { stepOf }: GraphModel): TemplateResult | typeof nothing {
  switch (end) {
    case 'ends':
      return html`<div class="lane-end" aria-hidden="true"><span>${icon('debug-stop')}the run ends</span></div>`;
    case 'repeats':
      return html`<div class="lane-end repeats" aria-hidden="true"><span>${icon('sync')}next item</span></div>
        <div class="way-back" aria-hidden="true"></div>`;
    case 'goes-on':
      return html`<div class="lane-end stacked-only" aria-hidden="true">${icon('arrow-down')}goes on</div>`;
    case 'elsewhere': {
      const step = stepOf.get(to ?? '');
      return html`<div class="lane-end"><span>${icon('arrow-right')}goes on at ${step === undefined ? line(to ?? '') : line(titleOf(step), 40)}</span></div>`;
    }
    case 'closed':
      return nothing;
  }
}
