import type { Act } from '../authority/acts.js';
import type { Boundary, BoundaryCell } from '../authority/cell.js';
import { durationText } from '../authority/cell-facts.js';
import { AUTONOMY_LEVELS, type AutonomyLevel } from '../model/levels.js';
import type { CallStep, GateStep, Step } from '../model/playbook.js';
import type { PlaybookContext } from '../rules/context.js';
import { settled } from '../syntax/place.js';
import type { Range } from '../syntax/tree.js';
import { callText } from './call-text.js';
import { graphAct, type Room } from './graph-act.js';
import type { GraphAct, GraphEdge, GraphGate, GraphStep, GraphTool, StepGraph } from './step-graph.js';
import { edgesOf } from './step-graph-edges.js';
import { lanesOf, listGoesOn } from './step-graph-lanes.js';

/** Steps of called playbooks are drawn up to so many in all; a call beyond is one step, with all acts behind it. */
const MAX_STEPS = 4_000;
/** Steps of all witnesses together. */
const MAX_WITNESS = 50_000;

/** The graph of a playbook. Pure; never throws, whatever the text was. `boundary` is that of the same playbook. */
export function stepGraphOf(loaded: PlaybookContext, boundary: Boundary): StepGraph {
  const steps: GraphStep[] = [];
  const edges: GraphEdge[] = [];
  const room: Room = { steps: MAX_STEPS, witness: MAX_WITNESS };
  const top = addPlaybook(loaded, '', null, cellsBy(boundary), room, steps, edges);
  return {
    playbook: loaded.playbook.id?.value ?? '',
    title: loaded.playbook.title ?? '',
    top,
    steps,
    edges,
  };
}

/** The steps a place in a text can be in, the first of all first: key and range, whatever else the text is. */
export function stepPlacesOf({ flow }: Pick<PlaybookContext, 'flow'>): readonly {
  readonly key: string;
  readonly range: Range;
}[] {
  const keyOf = keysOf(flow.structure.steps, '');
  return flow.structure.steps.map((step) => ({
    key: keyOf.get(step) ?? step.id.value,
    range: settled(step.node.range),
  }));
}

/** The cells of each step, by its path. */
type CellsBy = ReadonlyMap<string, readonly BoundaryCell[]>;

function cellsBy({ cells }: Boundary): CellsBy {
  const by = new Map<string, BoundaryCell[]>();
  for (const cell of cells) {
    const own = by.get(cell.step);
    if (own) own.push(cell);
    else by.set(cell.step, [cell]);
  }
  return by;
}

/** Adds a playbook, and returns the keys of its own list. */
function addPlaybook(
  loaded: PlaybookContext,
  prefix: string,
  call: string | null,
  cells: CellsBy,
  room: Room,
  steps: GraphStep[],
  edges: GraphEdge[],
): readonly string[] {
  const { structure } = loaded.flow;
  const keyOf = keysOf(structure.steps, prefix);
  const keys = (list: readonly Step[]): readonly string[] => list.map((step) => keyOf.get(step) ?? '');
  room.steps -= structure.steps.length;
  for (const step of structure.steps) {
    const key = keyOf.get(step) ?? '';
    const own = cells.get(prefix + step.id.value) ?? [];
    const callee = step.kind === 'call' ? calleeOf(loaded, step, own, room) : undefined;
    const inner: GraphStep[] = [];
    const called = callee ? addPlaybook(callee, `${key}/`, key, cells, room, inner, edges) : undefined;
    const tools = toolsOf(loaded, step, own, keyOf, room);
    if (step.kind === 'call' && !called) tools.push(...behindCall(cells, key, room));
    steps.push({
      key,
      id: step.id.value,
      kind: step.kind,
      title: step.title ?? '',
      says: saysOf(step),
      when: step.when?.parsed.text.trim() ?? null,
      notes: notesOf(step),
      level: levelOf(step, tools),
      tools,
      gate: step.kind === 'gate' ? gateOf(step, loaded, keyOf) : null,
      lanes: [
        // However a called playbook ends, what ends is the call.
        ...(called
          ? [{ name: callee?.playbook.id?.value ?? '', kind: 'called', steps: called, end: 'goes-on' } as const]
          : []),
        ...lanesOf(step, called !== undefined).map((lane) => ({ ...lane, steps: keys(lane.steps) })),
      ],
      goesOn: listGoesOn([step]),
      place: { uri: loaded.uri, at: settled(wordOf(step)), range: settled(step.node.range) },
    });
    steps.push(...inner);
  }
  edges.push(...edgesOf(loaded.graph, keyOf, call));
  return keys(loaded.playbook.steps);
}

function keysOf(steps: readonly Step[], prefix: string): ReadonlyMap<Step, string> {
  const taken = new Map<string, number>();
  const keyOf = new Map<Step, string>();
  for (const step of steps) {
    const id = step.id.value;
    const count = (taken.get(id) ?? 0) + 1;
    taken.set(id, count);
    keyOf.set(step, count === 1 ? prefix + id : `${prefix}${id} (${count})`);
  }
  return keyOf;
}

/** The called playbook, where its steps are drawn. What the boundary does not follow is not drawn either. */
function calleeOf(
  loaded: PlaybookContext,
  step: CallStep,
  own: readonly BoundaryCell[],
  room: Room,
): PlaybookContext | undefined {
  const callee = loaded.calls.get(step)?.loaded;
  return callee && own.length === 0 && callee.steps.length > 0 && callee.steps.length <= room.steps
    ? callee
    : undefined;
}

function toolsOf(
  loaded: PlaybookContext,
  step: Step,
  own: readonly BoundaryCell[],
  keyOf: ReadonlyMap<Step, string>,
  room: Room,
): GraphTool[] {
  if (step.kind !== 'action' && step.kind !== 'agent') {
    return own.map((cell) => ({ tool: cell.tool, effect: cell.effect, act: actOf(cell, cell.scope, [], room) }));
  }
  const names = step.kind === 'action' ? [step.tool] : step.tools.map(({ tool }) => tool);
  const gates = (loaded.flow.gatesOf.get(step.id.value) ?? []).map((gate) => keyOf.get(gate) ?? '');
  return names.flatMap((name) => {
    if (name.value === '') return [];
    const cell = own.find(({ place }) => place.range.start === name.range.start && place.uri === loaded.uri);
    const act = loaded.actsAt.get(step)?.find(({ toolName }) => toolName.range.start === name.range.start);
    const call = act === undefined ? name.value : callText(act);
    return [
      {
        tool: name.value,
        effect: loaded.tools.get(name.value)?.effect ?? 'unknown',
        act: cell === undefined ? null : actOf(cell, call, step.approval ? [] : gates, room, act),
      },
    ];
  });
}

/** What a called playbook does that is not drawn: all of it at its call. */
function behindCall(cells: CellsBy, key: string, room: Room): readonly GraphTool[] {
  const found: GraphTool[] = [];
  for (const [path, own] of cells) {
    if (!path.startsWith(`${key}/`)) continue;
    for (const cell of own) {
      found.push({ tool: cell.tool, effect: cell.effect, act: actOf(cell, `${path}: ${cell.scope}`, [], room) });
    }
  }
  return found;
}

function actOf(cell: BoundaryCell, call: string, gates: readonly string[], room: Room, act?: Act): GraphAct {
  // A gate is asked about what runs at "approve" only.
  return graphAct(
    cell,
    { call, gates: act === undefined || cell.autonomy !== 'approve' ? [] : gates, prefix: '' },
    room,
  );
}

function levelOf(step: Step, tools: readonly GraphTool[]): AutonomyLevel | null {
  if (step.kind === 'manual') return 'manual';
  const levels = tools.flatMap(({ act }) => (act ? [AUTONOMY_LEVELS.indexOf(act.autonomy)] : []));
  return levels.length === 0 ? null : (AUTONOMY_LEVELS[Math.max(...levels)] ?? null);
}

function saysOf(step: Step): string {
  switch (step.kind) {
    case 'if':
      return step.condition?.parsed.text.trim() ?? '';
    case 'switch':
      return step.on?.parsed.text.trim() ?? '';
    case 'for-each':
      return step.in ? `${step.item?.value ?? 'item'} of ${step.in.parsed.text.trim()}` : '';
    case 'call':
      return step.target.value;
    case 'manual':
      return step.role?.value ?? '';
    case 'stop':
      return step.outcome.value;
    case 'action':
    case 'agent':
    case 'gate':
    case 'parallel':
      return '';
  }
}

function notesOf(step: Step): readonly string[] {
  const notes: string[] = [];
  if (step.kind === 'parallel') {
    notes.push(`goes on when ${step.join.value === 'any' ? 'the first branch has' : 'all branches have'} ended`);
  }
  if (step.kind === 'for-each') notes.push(`at most ${step.max} items`);
  if ((step.kind === 'action' || step.kind === 'agent') && step.retry) {
    notes.push(`at most ${step.retry.attempts} attempts`);
  }
  if (step.onError.then === 'continue' && step.onError.steps.length === 0) notes.push('goes on after an error');
  if (step.timeout && step.kind !== 'gate') notes.push(`at most ${durationText(step.timeout.value)}`);
  return notes;
}

function gateOf(step: GateStep, { flow }: PlaybookContext, keyOf: ReadonlyMap<Step, string>): GraphGate {
  const { approval } = step;
  const words = (list: readonly { readonly value: string }[]): readonly string[] => list.map(({ value }) => value);
  return {
    grants: [...new Set(words(step.grants))].map((id) => {
      const granted = flow.stepOf.get(id);
      return { id, key: (granted && keyOf.get(granted)) ?? null };
    }),
    roles: words(approval.roles),
    quorum: approval.quorum?.value ?? 1,
    escalateTo: words(approval.escalateTo),
    distinctFrom: words(approval.distinctFrom),
    timeout: approval.timeout ? durationText(approval.timeout.value) : null,
    expires: approval.expires ? durationText(approval.expires.value) : null,
    uses: approval.uses?.value ?? 1,
  };
}

/** The id where it is written in the step, else the word that says its kind. */
function wordOf({ id, keyRange, node }: Step): Range {
  return id.range.start >= node.range.start && id.range.end <= node.range.end ? id.range : keyRange;
}
