import type { BoundaryCell } from '../../authority/cell.js';
import { AUTONOMY_LEVELS, type AutonomyLevel } from '../../model/levels.js';
import { graphAct, type Room } from '../../service/graph-act.js';
import type { GraphAct, GraphEdge, GraphStep, GraphTool, StepGraph } from '../../service/step-graph.js';
import { settled } from '../../syntax/place.js';
import type { Range } from '../../syntax/tree.js';
import type { FindForeign, ForeignBoundary } from '../boundary.js';
import { type EffectCatalogs, effectOf } from '../effects/effects-of.js';
import { FOREIGN_FORMATS, type ForeignPlaybook, type ForeignStep } from '../model.js';
import { short } from '../read-node.js';
import { isPlain, type Nested, nest } from './nest.js';

/** Steps of called playbooks are drawn up to so many in all; a call beyond is one step, with all acts behind it. */
const MAX_STEPS = 4_000;
/** Steps of all witnesses together. */
const MAX_WITNESS = 50_000;

/** What a graph is drawn with, beside the playbook. */
export interface DrawnWith {
  readonly find: FindForeign;
  readonly catalogs: EffectCatalogs;
  /** Where the text of a file ends, so that its last step has an end. */
  readonly lengthOf: (uri: string) => number;
}

/**
 * The graph of the playbooks of a file, as those of ours have one. Where a file has several, each is a step that holds its own. Pure;
 * never throws.
 */
export function foreignGraphOf(boundaries: readonly ForeignBoundary[], drawn: DrawnWith): StepGraph {
  const steps: GraphStep[] = [];
  const edges: GraphEdge[] = [];
  const room = { steps: MAX_STEPS, witness: MAX_WITNESS };
  const [first, ...more] = boundaries;
  if (first === undefined) return { playbook: '', title: '', top: [], steps, edges };
  const product = FOREIGN_FORMATS[first.playbook.format];
  if (more.length === 0) {
    const top = addPlaybook(
      first.playbook,
      { prefix: '', path: '', call: null, callers: [] },
      first,
      drawn,
      room,
      steps,
      edges,
    );
    return { product, playbook: first.playbook.name, title: '', top, steps, edges };
  }
  const top = boundaries.map((one, index) => {
    const { name, uri, steps: own } = one.playbook;
    const key = `${name} (${index + 1})`;
    const inner: GraphStep[] = [];
    const within = { prefix: `${key}/`, path: '', call: key, callers: [] };
    const list = addPlaybook(one.playbook, within, one, drawn, room, inner, edges);
    const at = own[0]?.range ?? { start: 0, end: 0 };
    const range = { start: at.start, end: at.end };
    steps.push({
      ...PLAIN,
      key,
      id: name,
      kind: 'call',
      lanes: [{ name, kind: 'called', steps: list, end: 'closed' }],
      goesOn: false,
      comesFrom: [],
      place: { uri, at: range, range },
    });
    steps.push(...inner);
    return key;
  });
  return { product, playbook: '', title: `${boundaries.length} playbooks`, top, steps, edges };
}

/** What most steps have nothing of. */
const PLAIN = { title: '', says: '', when: null, notes: [], level: null, tools: [], gate: null } as const;

/** Where a playbook is drawn. */
interface Within {
  /** Before each key, and before each step in the cells of the boundary. */
  readonly prefix: string;
  readonly path: string;
  readonly call: string | null;
  readonly callers: readonly ForeignPlaybook[];
}

/** Adds a playbook, and returns the keys of its own list. */
function addPlaybook(
  playbook: ForeignPlaybook,
  { prefix, path, call, callers }: Within,
  boundary: ForeignBoundary,
  drawn: DrawnWith,
  room: Room,
  steps: GraphStep[],
  edges: GraphEdge[],
): readonly string[] {
  const own = playbook.steps;
  room.steps -= own.length;
  const nested = nest(playbook);
  const cells = cellsOf(boundary);
  const start = own[0];
  // The start is a step only where the picture of one way in would not do.
  const hidden = start !== undefined && !nested.lanes.has(0) ? 0 : undefined;
  const keyOf = (index: number): string => `${prefix}${own[index]?.id ?? ''}`;
  const keys = (list: readonly number[]): readonly string[] => list.filter((index) => index !== hidden).map(keyOf);
  const ranges = rangesOf(own, drawn.lengthOf);
  const prefixOfKeys = prefix.slice(0, prefix.length - path.length);

  // Each before what stands in it, in the order of the picture.
  const stack = [...nested.top].reverse();
  for (let index = stack.pop(); index !== undefined; index = stack.pop()) {
    const lanes = nested.lanes.get(index) ?? [];
    for (const lane of lanes.toReversed()) stack.push(...lane.steps.toReversed());
    const step = own[index];
    if (step === undefined || index === hidden) continue;
    const key = keyOf(index);
    const ofStep = cells.by.get(`${path}${step.id}`) ?? [];
    const callee = calleeOf(playbook, step, ofStep, callers, drawn, room);
    const inner: GraphStep[] = [];
    const within = { prefix: `${key}/`, path: `${path}${step.id}/`, call: key, callers: [...callers, playbook] };
    const called = callee && addPlaybook(callee, within, boundary, drawn, room, inner, edges);
    const acts = ofStep.map((cell) => actOf(cell, prefixOfKeys, room));
    const tools = toolsOf(playbook, step, ofStep, acts, drawn);
    if (step.does.kind === 'call' && !called && ofStep.length === 0)
      tools.push(...behindCall(cells.behind(`${path}${step.id}/`), prefixOfKeys, room));
    const calledLane = { name: callee?.name ?? '', kind: 'called', steps: called ?? [], end: 'goes-on' } as const;
    const ways = lanes.map(({ to, ...lane }) => ({
      ...lane,
      steps: keys(lane.steps),
      ...(to === undefined ? {} : { to: keyOf(to) }),
    }));
    steps.push({
      ...PLAIN,
      key,
      id: step.id,
      kind: kindOf(step),
      says: saysOf(step),
      notes: notesOf(step, nested, index, own),
      level: levelOf(step, tools),
      tools,
      lanes: called ? [calledLane, ...ways] : ways,
      goesOn: nested.goesOn.has(index),
      comesFrom: (nested.comesFrom.get(index) ?? []).filter((from) => from !== hidden).map(keyOf),
      place: { uri: step.uri, at: settled(step.range), range: ranges.get(index) ?? settled(step.range) },
    });
    steps.push(...inner);
  }
  if (hidden === undefined && start !== undefined) edges.push({ from: call, to: keyOf(0), kind: 'begin' });
  for (const [index, { edges: ways }] of own.entries()) {
    const from = index === hidden ? call : keyOf(index);
    for (const { to, kind, branch } of ways)
      edges.push({ from, to: to === 'end' ? call : keyOf(to), kind, ...(branch === undefined ? {} : { branch }) });
  }
  return keys(nested.top);
}

/** Cells by the step they are at, and those of all that is behind a call. */
function cellsOf({ boundary }: ForeignBoundary): {
  readonly by: ReadonlyMap<string, readonly BoundaryCell[]>;
  readonly behind: (path: string) => readonly BoundaryCell[];
} {
  const by = new Map<string, BoundaryCell[]>();
  for (const cell of boundary.cells) {
    const known = by.get(cell.step);
    if (known) known.push(cell);
    else by.set(cell.step, [cell]);
  }
  return { by, behind: (path) => boundary.cells.filter(({ step }) => step.startsWith(path)) };
}

/** The called playbook, where its steps are drawn. What the boundary does not follow is not drawn either. */
function calleeOf(
  playbook: ForeignPlaybook,
  { does }: ForeignStep,
  cells: readonly BoundaryCell[],
  callers: readonly ForeignPlaybook[],
  { find }: DrawnWith,
  room: Room,
): ForeignPlaybook | undefined {
  if (does.kind !== 'call' || cells.length > 0) return undefined;
  const callee = find(playbook, does.target.value);
  const recursive = callee === playbook || (callee !== undefined && callers.includes(callee));
  return callee && !recursive && callee.steps.length > 1 && callee.steps.length <= room.steps ? callee : undefined;
}

function toolsOf(
  { format }: ForeignPlaybook,
  { does }: ForeignStep,
  cells: readonly BoundaryCell[],
  acts: readonly GraphAct[],
  { catalogs }: DrawnWith,
): GraphTool[] {
  if (does.kind === 'act' && cells.length === 0)
    return [{ tool: does.action, effect: effectOf(does, format, catalogs).effect, act: null }];
  return cells.map(({ tool, effect }, index) => ({ tool, effect, act: acts[index] ?? null }));
}

function behindCall(cells: readonly BoundaryCell[], prefix: string, room: Room): readonly GraphTool[] {
  return cells.map((cell) => {
    const act = actOf(cell, prefix, room);
    return { tool: cell.tool, effect: cell.effect, act: { ...act, call: `${cell.step}: ${act.call}` } };
  });
}

/** @param prefix what keys have before the steps of the boundary: of one of several playbooks of a file */
function actOf(cell: BoundaryCell, prefix: string, room: Room): GraphAct {
  const { tool, scope, approval } = cell;
  const call = tool === '*' ? scope : `${tool} on ${scope}`;
  return graphAct(cell, { call, gates: approval === null ? [] : [`${prefix}${approval.gate}`], prefix }, room);
}

function kindOf({ does, edges }: ForeignStep): GraphStep['kind'] {
  switch (does.kind) {
    case 'act':
      return 'action';
    case 'ask':
      return 'question';
    case 'task':
      return 'task';
    case 'call':
      return 'call';
    case 'flow':
      if (edges.some(({ kind }) => kind === 'branch')) return 'if';
      return waysAtOnce(edges) > 1 ? 'parallel' : 'flow';
    case 'unknown':
      return 'unknown';
  }
}

/** Ways that a run takes all, where it has more than one. */
function waysAtOnce(edges: ForeignStep['edges']): number {
  return new Set(edges.filter((edge) => isPlain(edge) && edge.when === undefined).map(({ to }) => to)).size;
}

/** Conditions that a card has room for. */
const MOST_CONDITIONS = 4;

/** What has to hold for the ways that lead on, each once. */
function conditionsOf(edges: ForeignStep['edges']): readonly string[] {
  const conditions = [
    ...new Set(
      edges.flatMap(({ branch, when, alone }) => {
        if (when === undefined) return [];
        const way = branch === undefined || alone ? 'if' : `${branch}:`;
        return [`${way} ${when}`];
      }),
    ),
  ];
  const more = conditions.length - MOST_CONDITIONS;
  return more > 1 ? [...conditions.slice(0, MOST_CONDITIONS), `and ${more} more conditions`] : conditions;
}

function saysOf({ does, id }: ForeignStep): string {
  switch (does.kind) {
    case 'ask':
      return id.includes(does.question) ? '' : does.question;
    case 'task':
      return id.includes(does.text) ? '' : does.text;
    case 'call':
      return does.target.value;
    case 'unknown':
      return does.why;
    case 'act':
    case 'flow':
      return '';
  }
}

function notesOf(
  { does, join, edges }: ForeignStep,
  { jumps }: Nested,
  index: number,
  steps: readonly ForeignStep[],
): readonly string[] {
  const notes: string[] = [];
  if (does.kind === 'ask' && does.who.length > 0) notes.push(`asks ${does.who.join(', ')}`);
  if (does.kind === 'ask' && does.expires !== null) notes.push(`waits at most ${does.expires}`);
  if (does.kind === 'act' && does.byPerson) notes.push('a person runs it');
  if (does.kind === 'flow' && does.over !== undefined) notes.push(short(`goes over ${does.over}`, 300));
  if (join === 'all') notes.push('waits for all that leads here');
  const atOnce = waysAtOnce(edges);
  if (atOnce > 1) notes.push(`goes on in ${atOnce} ways at once`);
  const to = jumps.get(index);
  if (to === 'end') notes.push('the run ends here');
  else if (to !== undefined) notes.push(`goes on at "${steps[to]?.id ?? ''}"`);
  // The longest come last: a card cuts them.
  notes.push(...conditionsOf(edges));
  return notes;
}

function levelOf({ does }: ForeignStep, tools: readonly GraphTool[]): AutonomyLevel | null {
  if (does.kind === 'task') return 'manual';
  const levels = tools.flatMap(({ act }) => (act ? [AUTONOMY_LEVELS.indexOf(act.autonomy)] : []));
  return levels.length === 0 ? null : (AUTONOMY_LEVELS[Math.max(...levels)] ?? null);
}

/**
 * What of the text counts as each step, for the cursor: from where it is named up to where the next is. Formats write steps in too many
 * ways for more, and a name stands near the beginning in all of them.
 */
function rangesOf(steps: readonly ForeignStep[], lengthOf: (uri: string) => number): ReadonlyMap<number, Range> {
  const by = new Map<string, { readonly index: number; readonly start: number }[]>();
  for (const [index, { uri, range }] of steps.entries()) {
    if (index === 0) continue;
    const known = by.get(uri) ?? [];
    known.push({ index, start: range.start });
    by.set(uri, known);
  }
  const ranges = new Map<number, Range>();
  for (const [uri, named] of by) {
    named.sort((a, b) => a.start - b.start);
    for (const [at, { index, start }] of named.entries()) {
      const next = named.slice(at + 1).find((other) => other.start > start)?.start ?? lengthOf(uri);
      ranges.set(index, { start, end: next });
    }
  }
  return ranges;
}
