import type { Tool } from '../../model/catalog.js';
import { AUTONOMY_LEVELS, type AutonomyLevel, isConsequential } from '../../model/levels.js';
import type { ActionStep, AgentStep, Budget, ForEachStep, Step, ToolGrant } from '../../model/playbook.js';
import type { Policy } from '../../model/policy.js';
import type { Range } from '../../syntax/tree.js';
import type { Act } from '../acts.js';
import type { Frame } from '../boundary.js';
import type { BoundaryCell, WitnessStep } from '../cell.js';
import { scopeOf } from '../cell-facts.js';
import { ceilingsMatching } from '../effective-autonomy.js';
import { isReached } from '../flow.js';
import { type PathStep, shortestPath } from '../paths.js';
import { originOf } from '../trust.js';
import { type ApprovalFacts, approvalsOf } from './approval-facts.js';
import {
  canonicalArguments,
  canonicalExpression,
  canonicalNode,
  type Naming,
  type Standing,
  standingAt,
} from './canonical.js';
import { circumstancesOf } from './circumstances.js';
import { type Clause, clausesOf } from './clause.js';
import type { PlacedStep, Side } from './side.js';
import { backendOf, type ToolIndex } from './tool-index.js';

/** How far an act goes: a level, or `free` for a tool whose catalog says that it only reads or records. */
export type Reach = AutonomyLevel | 'free';
export const REACHES: readonly Reach[] = [...AUTONOMY_LEVELS, 'free'];

/** One act with everything it is compared by. Names of steps are those that matching gave. */
export interface ActFacts {
  /** The step, as matching names it. */
  readonly name: string;
  /** The step, as its playbook names it: after those of the calls that lead to it. */
  readonly path: string;
  readonly tool: string;
  /** As people see it. */
  readonly cell: BoundaryCell;
  readonly reach: Reach;
  /** Approvals that let it run; meant at level `approve` only. */
  readonly approvals: readonly ApprovalFacts[];
  /** Whether a path leads to it that has no approval, or that cannot be told. */
  readonly unapproved: boolean;
  /** What each of its calls is held to. */
  readonly where: readonly Clause[];
  /** Numbers that limit it, by what they count. What is not here is without limit. */
  readonly limits: ReadonlyMap<string, number>;
  /** Share of its outcomes that people look at afterwards. */
  readonly review: number;
  /** At level `notify`: who is told, and how long they can take it back, in milliseconds. */
  readonly told: { readonly people: readonly string[]; readonly undoWithin: number } | undefined;
  /** What the policy adds for targets that bear a tag. */
  readonly tagged: readonly TaggedLimit[];
  /** When it runs at all. */
  readonly circumstances: readonly Clause[];
  /** Untrusted values that its arguments are made of, by their form for comparison; with how they are written. */
  readonly untrusted: ReadonlyMap<string, string>;
  /** What the calls are made of: the arguments, and what the values in them come from. */
  readonly scope: readonly (readonly [string, string])[];
  readonly undo: string | null;
  readonly reversible: boolean;
  readonly accountable: string | null;
  /** The input that says what it acts on, which is what tags of the policy are about. */
  readonly target: string | null;
  /** What answers the tool's calls. */
  readonly backend: string;
}

export interface TaggedLimit {
  readonly tag: string;
  /** `undefined`: the policy does not say who bears it, so everything counts. */
  readonly bearers: readonly string[] | undefined;
  readonly level: AutonomyLevel;
  readonly quorum: number;
  /** `undefined`: whoever may approve anyway. */
  readonly people: readonly string[] | undefined;
}

/**
 * Every act of a playbook that can run, those of the playbooks it calls included. A tool that only reads is an act as well
 * where `tools` say that it did not always, or that it is not known to.
 */
export function factsOf(side: Side, naming: Naming, tools: ToolIndex): readonly ActFacts[] {
  const circumstances = circumstancesOf(naming);
  const found: ActFacts[] = [];
  for (const frame of side.frames) {
    const broken = brokenFile(frame, naming);
    if (broken) found.push(broken);
    for (const { cell, act, gates } of frame.cells) {
      if (act === undefined) {
        found.push(anything(cell, naming));
        continue;
      }
      if (!runs(frame, act.step, cell.tool) || cell.autonomy === 'manual') continue;
      const unapproved = cell.verdict === 'violated' || cell.verdict === 'unknown';
      const approvals = approvalsOf(frame, act, gates, naming);
      found.push(
        factsAt(side, naming, circumstances, { frame, act, cell, reach: cell.autonomy, approvals, unapproved }),
      );
    }
    for (const use of harmlessUses(frame)) {
      if (!tools.isDoubtful(use.tool) || !runs(frame, use.step, use.tool.name.value)) continue;
      const cell = freeCell(frame, use);
      const act: Act = {
        step: use.step,
        toolName: use.named,
        tool: use.tool,
        grant: use.grant,
        effect: cell.effect,
        autonomy: FREE,
      };
      found.push(
        factsAt(side, naming, circumstances, { frame, act, cell, reach: 'free', approvals: [], unapproved: false }),
      );
    }
  }
  return found;
}

const FREE: Act['autonomy'] = {
  level: 'autonomous',
  because: 'its catalog says that it only reads or records',
  declared: 'autonomous',
  ceiling: undefined,
  decidedAt: undefined,
};

interface Given {
  readonly frame: Frame;
  readonly act: Act;
  readonly cell: BoundaryCell;
  readonly reach: Reach;
  readonly approvals: readonly ApprovalFacts[];
  readonly unapproved: boolean;
}

function factsAt(
  side: Side,
  naming: Naming,
  circumstances: ReturnType<typeof circumstancesOf>,
  { frame, act, cell, reach, approvals, unapproved }: Given,
): ActFacts {
  const { step, tool, grant } = act;
  const at = standingAt(frame, step, naming);
  const where = step.kind === 'action' ? step.where : grant?.where;
  const granting = new Set(approvals.map(({ gate }) => `approved ${gate}`));
  const holders = (roles: readonly string[]): readonly string[] => holdersOf(frame.policy, roles);
  return {
    name: naming.nameOf(cell.step),
    path: cell.step,
    tool: cell.tool,
    cell,
    reach,
    approvals,
    unapproved,
    where: where ? clausesOf(where, at) : [],
    limits: limitsOf(frame, step, grant),
    review: step.review?.value ?? 0,
    told:
      reach === 'notify'
        ? {
            people: holders((step.notify?.roles ?? []).map((role) => role.value)),
            undoWithin: (step.kind === 'action' ? step.undoWithin?.value : undefined) ?? Infinity,
          }
        : undefined,
    tagged: tool ? taggedLimits(tool, frame.policy) : [],
    // Which gates grant the act is told by its approvals.
    circumstances: circumstances(frame, step).filter(
      ({ any: [first] }) => !(first?.kind === 'other' && granting.has(first.text)),
    ),
    untrusted: untrustedIn(frame, step, naming),
    scope: scopeFacts(side, frame, step, at, scopeOf(act, frame.flow.structure)),
    undo: tool?.undo?.value ?? null,
    reversible: tool?.reversible ?? false,
    accountable: cell.accountable === null ? null : (naming.roleNameOf?.(cell.accountable) ?? cell.accountable),
    target: tool?.target?.value ?? null,
    backend: tool ? backendOf(tool) : 'not known',
  };
}

function runs(frame: Frame, step: Step, tool: string): boolean {
  return (
    frame.reached && isReached(frame.flow, step) && !(frame.policy?.forbid.some((one) => one.value === tool) ?? false)
  );
}

/** Stands for the step of what a whole playbook may do. */
const WHOLE = '*';

/** What a file may do that cannot be read as a whole: nothing that is missing in it can be told from what is gone. */
function brokenFile(frame: Frame, naming: Naming): ActFacts | undefined {
  const { loaded, prefix, reached } = frame;
  const fault = loaded.tree.problems.find(({ severity }) => severity === 'error');
  if (!fault || !reached) return undefined;
  const step = prefix === '' ? WHOLE : prefix.slice(0, -1);
  const cell = cellOfAnything(step, loaded.uri, fault.range, `The file has errors in its YAML: ${fault.message}`);
  return { ...anything(cell, naming), scope: [['', naming.side.loadedOf.get(frame)?.text ?? '']] };
}

function cellOfAnything(step: string, uri: string, range: Range, because: string): BoundaryCell {
  return {
    step,
    tool: '*',
    effect: 'unknown',
    scope: 'anything',
    autonomy: 'approve',
    approval: null,
    bounds: [],
    untrusted: [],
    undo: null,
    accountable: null,
    verdict: 'unknown',
    because,
    witness: [],
    place: { uri, range },
  };
}

function anything(cell: BoundaryCell, naming: Naming): ActFacts {
  return {
    name: cell.step === WHOLE ? WHOLE : naming.nameOf(cell.step),
    path: cell.step,
    tool: cell.tool,
    cell,
    reach: cell.autonomy,
    approvals: [],
    unapproved: true,
    where: [],
    limits: new Map(),
    review: 0,
    told: undefined,
    tagged: [],
    circumstances: [],
    untrusted: new Map(),
    scope: [['', cell.because]],
    undo: null,
    reversible: false,
    accountable: null,
    target: null,
    backend: 'not known',
  };
}

interface HarmlessUse {
  readonly step: ActionStep | AgentStep;
  readonly tool: Tool;
  readonly named: Tool['name'];
  readonly grant: ToolGrant | undefined;
}

function* harmlessUses({ loaded }: Frame): Generator<HarmlessUse> {
  for (const step of loaded.steps) {
    const named =
      step.kind === 'action'
        ? [{ name: step.tool, grant: undefined }]
        : step.kind === 'agent'
          ? step.tools.map((grant) => ({ name: grant.tool, grant }))
          : [];
    for (const { name, grant } of named) {
      const tool = loaded.tools.get(name.value);
      if (tool && !isConsequential(tool.effect) && (step.kind === 'action' || step.kind === 'agent'))
        yield { step, tool, named: name, grant };
    }
  }
}

function freeCell(frame: Frame, { step, tool, named, grant }: HarmlessUse): BoundaryCell {
  const act: Act = { step, toolName: named, tool, grant, effect: tool.effect ?? 'unknown', autonomy: FREE };
  return {
    step: `${frame.prefix}${step.id.value}`,
    tool: named.value,
    effect: tool.effect ?? 'unknown',
    scope: scopeOf(act, frame.flow.structure),
    autonomy: 'autonomous',
    approval: null,
    bounds: [],
    untrusted: [],
    undo: tool.undo?.value ?? null,
    accountable: step.accountable?.value ?? frame.loaded.playbook.accountable?.value ?? null,
    verdict: 'proven',
    because: `The catalog says that it only ${tool.effect === 'read' ? 'reads' : 'records'}, so nobody is asked.`,
    witness: pathTo(frame, shortestPath(frame.flow, step)),
    place: { uri: frame.loaded.uri, range: named.range },
  };
}

function pathTo(frame: Frame, path: readonly PathStep[]): readonly WitnessStep[] {
  const { calledAt, prefix } = frame;
  const own = path.map(
    ({ step, edge }): WitnessStep => ({
      step: `${prefix}${step.id.value}`,
      edge: edge.kind,
      ...(edge.branch === undefined ? {} : { branch: edge.branch }),
    }),
  );
  if (!calledAt) return own;
  const outer = pathTo(calledAt.frame, shortestPath(calledAt.frame.flow, calledAt.step));
  return [...outer, { step: prefix.slice(0, -1), edge: 'entered' }, ...own];
}

/** The people who hold one of the roles, each once. */
function holdersOf(policy: Policy | undefined, roles: readonly string[]): readonly string[] {
  const people = roles.flatMap((role) => (policy?.roles.get(role) ?? []).map((person) => person.value));
  return [...new Set(people)].sort();
}

/** The limits of a step, and of the runs and loops it is in; of several alike the tightest. */
function limitsOf(
  frame: Frame,
  step: ActionStep | AgentStep,
  grant: ToolGrant | undefined,
): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  const add = (what: string, number: number | undefined): void => {
    if (number !== undefined) limits.set(what, Math.min(number, limits.get(what) ?? Infinity));
  };
  const budget = (of: string, given: Budget | undefined): void => {
    add(`turns a ${of}`, given?.turns);
    add(`tool calls a ${of}`, given?.toolCalls);
    add(`tokens a ${of}`, given?.tokens);
    add(`dollars a ${of}`, given?.usd);
    add(`milliseconds a ${of}`, given?.time);
  };
  let times = step.retry?.attempts ?? 1;
  for (let inner: { readonly frame: Frame; readonly step: Step } | undefined = { frame, step }; inner; ) {
    for (const loop of loopsAround(inner.frame, inner.step)) times *= loop.max;
    budget('run', inner.frame.loaded.playbook.budget);
    inner = inner.frame.calledAt;
  }
  add('runs of the step', times);
  if (step.kind === 'agent') budget('step', step.budget);
  add('calls', grant?.maxCalls?.value);
  return limits;
}

function loopsAround(frame: Frame, step: Step): readonly ForEachStep[] {
  return frame.flow.structure.placeOf.get(step)?.loops ?? [];
}

function taggedLimits(tool: Tool, policy: Policy | undefined): readonly TaggedLimit[] {
  return ceilingsMatching(tool, policy).flatMap(({ targetTag, autonomy, quorum, roles }) =>
    targetTag === undefined
      ? []
      : [
          {
            tag: targetTag.value,
            bearers: policy?.tags.get(targetTag.value)?.map((one) => one.value),
            level: autonomy.value,
            quorum: quorum ?? 0,
            people:
              roles.length === 0
                ? undefined
                : holdersOf(
                    policy,
                    roles.map((role) => role.value),
                  ),
          },
        ],
  );
}

/** The untrusted values in the arguments of a step's calls; those that a caller gives as they are written there. */
function untrustedIn(frame: Frame, step: ActionStep | AgentStep, naming: Naming): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const collect = (frame: Frame, step: Step, argument?: string): void => {
    const at = standingAt(frame, step, naming);
    for (const site of frame.loaded.sitesAt.get(step) ?? []) {
      if (site.slot !== 'argument' || (argument !== undefined && site.argument !== argument)) continue;
      for (const reference of site.checked.references) {
        const items = frame.loaded.items.get(step);
        if (originOf(reference, frame.loaded.stepOf, items) !== 'untrusted') continue;
        const [variable, name] = reference.path;
        const { calledAt } = frame;
        const isItem = items?.has(variable?.name ?? '') ?? false;
        if (!isItem && variable?.name === 'inputs' && calledAt && name) {
          collect(calledAt.frame, calledAt.step, name.name);
          continue;
        }
        const [first, ...rest] = reference.path;
        if (!first) continue;
        const shown = reference.path.map((segment) => segment.name).join('.');
        const node = rest.reduce<Parameters<typeof canonicalNode>[0]>(
          (object, name) => ({ kind: 'member', object, name, start: reference.start, end: reference.end }),
          { kind: 'identifier', name: first.name, start: first.start, end: first.end },
        );
        found.set(canonicalNode(node, '', at, []), shown);
      }
    }
  };
  if (step.kind === 'agent') {
    const path = `${frame.prefix}${step.id.value}`;
    found.set(`agent ${naming.nameOf(path)}`, `what the agent "${path}" reads`);
  } else collect(frame, step);
  return found;
}

/** The arguments of an act, the loops they are for, and the calls whose results they are made of. */
function scopeFacts(
  side: Side,
  frame: Frame,
  step: ActionStep | AgentStep,
  at: Standing,
  shown: string,
): readonly (readonly [string, string])[] {
  if (step.kind === 'agent') return [['', shown.startsWith('where ') ? 'where' : shown]];
  const sources = new Map<string, string>();
  addSources(side, { frame, step, path: '' }, at.naming, sources);
  return [
    ...canonicalArguments(step.with, at),
    ...at.loops.map((loop, index): readonly [string, string] => [
      `loop ${index + 1}`,
      loop.in ? canonicalExpression(loop.in, standingAt(frame, loop, at.naming)) : '',
    ]),
    ...[...sources].sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}

/** The actions whose results a step's arguments are made of, in turn, with what they ask. */
function addSources(side: Side, { frame, step }: PlacedStep, naming: Naming, into: Map<string, string>): void {
  const lists = loopsAround(frame, step).flatMap((loop) => frame.loaded.sitesAt.get(loop) ?? []);
  const made = [
    ...(frame.loaded.sitesAt.get(step) ?? []).filter(({ slot }) => slot === 'argument'),
    ...lists.filter(({ slot }) => slot === 'for-each'),
  ];
  for (const { checked } of made) {
    for (const { path } of checked.references) {
      const [variable, id] = path;
      if (variable?.name !== 'steps' || !id) continue;
      const source = side.stepAt.get(`${frame.prefix}${id.name}`);
      if (source?.step.kind !== 'action') continue;
      const key = `result of ${naming.nameOf(source.path)}`;
      if (into.has(key)) continue;
      const given = canonicalArguments(source.step.with, standingAt(source.frame, source.step, naming));
      into.set(key, `${source.step.tool.value}(${given.map(([name, value]) => `${name}: ${value}`).join(', ')})`);
      addSources(side, source, naming, into);
    }
  }
  const { calledAt } = frame;
  const isGiven = made.some(({ checked }) => checked.references.some(({ path }) => path[0]?.name === 'inputs'));
  if (calledAt && isGiven) addSources(side, { ...calledAt, path: '' }, naming, into);
}
