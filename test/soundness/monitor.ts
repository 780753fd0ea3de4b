import type { Call, Event } from './events.js';
import {
  type ActionStep,
  type AgentStep,
  everyStep,
  type GateStep,
  LEVELS,
  type Level,
  type LoopStep,
  listsOf,
  PEOPLE,
  type Playbook,
  type Program,
  type Source,
  type Step,
  toolOf,
} from './playbook.js';

/** Why an executed act was not covered. `expired` and `bounds` are what only a run can know. */
export type Reason =
  | 'never approved'
  | 'approved for other calls'
  | 'used up'
  | 'expired'
  | 'rebound'
  | 'asked again'
  | 'too few people'
  | 'bounds'
  | 'left to people';

export interface Violation {
  /** Path of the step: `contain/suspend`. */
  readonly at: string;
  readonly tool: string;
  readonly reason: Reason;
  readonly time: number;
}

/** What a step needs before it may make a call of a tool. */
interface Need {
  readonly level: Level;
  /** Distinct people who must approve. */
  readonly quorum: number;
  /** Whether nobody was asked because bounds hold: then they must. */
  readonly bounded: boolean;
}

/** One answer to one question, for one granted step. */
interface Approval {
  readonly instance: number;
  readonly gate: string;
  readonly step: string;
  readonly people: ReadonlySet<string>;
  readonly given: number;
  readonly expires: number;
  /** What was approved, by the items of the loops that are not around the gate. */
  readonly calls: Map<string, { readonly tool: string; readonly x: string; left: number }>;
  /** Loops around both the gate and the step. */
  readonly shared: number;
  /** Steps whose output the calls depend on. */
  readonly reads: ReadonlySet<string>;
  /** Why it is void, once it is. */
  void: Reason | undefined;
}

interface Question {
  readonly calls: readonly Call[];
  readonly people: Set<string>;
  open: boolean;
}

/**
 * Watches one run and says which acts were executed without what they need. Knows the program's text and what was seen,
 * nothing else: neither how the interpreter came to do a thing nor what the analysis thinks of it.
 *
 * Every valid approval of a call counts as used by its execution: which one a runner would use is its own choice.
 */
export interface Monitor {
  see(event: Event): void;
  readonly violations: readonly Violation[];
}

/** What monitors of `program` have in common, worked out once for many runs. */
export type MonitorOf = () => Monitor;

export function monitorOf(program: Program): MonitorOf {
  const steps = new Map<string, Place>();
  survey(program, program.main, '', [], steps);
  const needs = new Map<string, Need>();
  const grants = new Map<string, Grant>();
  return () => watch(program, steps, needs, grants);
}

interface Place {
  readonly step: Step;
  readonly playbook: Playbook;
  readonly prefix: string;
  readonly loops: readonly LoopStep[];
  /** What the callers allow at most. */
  readonly limits: readonly Level[];
}

/** What approving a granted step at a gate is about. */
interface Grant {
  readonly shared: number;
  readonly reads: ReadonlySet<string>;
}

function survey(
  program: Program,
  playbook: Playbook,
  prefix: string,
  limits: readonly Level[],
  into: Map<string, Place>,
): void {
  const walk = (steps: readonly Step[], loops: readonly LoopStep[]): void => {
    for (const step of steps) {
      into.set(prefix + step.id, { step, playbook, prefix, loops, limits });
      for (const list of listsOf(step)) {
        const inBody = step.kind === 'for-each' && list === step.steps;
        walk(list, inBody ? [...loops, step] : loops);
      }
      if (step.kind === 'call') {
        const callee = program.callees.find((one) => one.name === step.playbook);
        const below = [...limits, step.autonomy, playbook.autonomy].filter((level) => level !== undefined);
        if (callee) survey(program, callee, `${prefix}${step.id}/`, below, into);
      }
    }
  };
  walk(playbook.steps, []);
}

function watch(
  program: Program,
  steps: ReadonlyMap<string, Place>,
  needs: Map<string, Need>,
  grants: Map<string, Grant>,
): Monitor {
  const violations: Violation[] = [];
  const questions = new Map<string, Question>();
  let approvals: Approval[] = [];
  const graveyard: Approval[] = [];

  const revoke = (which: (approval: Approval) => boolean, reason: Reason): void => {
    approvals = approvals.filter((approval) => {
      if (!which(approval)) return true;
      approval.void = reason;
      graveyard.push(approval);
      return false;
    });
  };

  const place = (at: string): Place => {
    const found = steps.get(at);
    if (!found) throw new Error(`no step ${at}`);
    return found;
  };

  function see(event: Event): void {
    switch (event.kind) {
      case 'asked': {
        const { instance, at } = event;
        if (approvals.length > 0) revoke((one) => one.gate === at && one.instance === instance, 'asked again');
        questions.set(`${event.instance} ${event.at}`, { calls: event.calls, people: new Set(), open: true });
        return;
      }
      case 'answered': {
        const question = questions.get(`${event.instance} ${event.at}`);
        if (!question?.open) return;
        if (event.answer !== 'approve') question.open = false;
        else if (program.policy && PEOPLE.includes(event.by)) {
          question.people.add(event.by);
          approve(event.instance, event.at, event.time, question);
        }
        return;
      }
      case 'ended':
        if (approvals.length > 0)
          revoke((one) => one.instance === event.instance && one.reads.has(event.step), 'rebound');
        return;
      case 'executed':
        judge(event);
        return;
      case 'left':
        return;
    }
  }

  /** One more person approved: what was asked is now approved by so many, at this time. */
  function approve(instance: number, at: string, time: number, question: Question): void {
    const { step: gate } = place(at);
    const quorum = gate.kind === 'gate' ? (gate.quorum ?? 1) : 2;
    if (question.people.size < quorum) return;
    approvals = approvals.filter((one) => one.gate !== at || one.instance !== instance);
    for (const id of new Set(question.calls.map((call) => call.step))) {
      const { shared, reads } = grantOf(at, id);
      const calls: Approval['calls'] = new Map();
      for (const call of question.calls) {
        if (call.step !== id) continue;
        const uses = gate.kind === 'gate' ? (gate.uses ?? 1) : 1;
        calls.set(call.items.slice(shared).join(), { tool: call.tool, x: call.x, left: uses });
      }
      const expires =
        gate.kind === 'gate'
          ? gate.expires
          : gate.kind === 'action' || gate.kind === 'agent'
            ? gate.approval?.expires
            : 0;
      approvals.push({
        instance,
        gate: at,
        step: id,
        people: new Set(question.people),
        given: time,
        expires: expires ?? Number.POSITIVE_INFINITY,
        calls,
        shared,
        reads,
        void: undefined,
      });
    }
  }

  function grantOf(at: string, id: string): Grant {
    const key = `${at} ${id}`;
    const known = grants.get(key);
    if (known) return known;
    const gate = place(at);
    const granted = place(gate.prefix + id);
    let shared = 0;
    while (granted.loops[shared] && granted.loops[shared] === gate.loops[shared]) shared++;
    const reads = new Set<string>();
    if (granted.step.kind === 'action' && gate !== granted) addReads(granted.step.x, reads);
    for (const loop of granted.loops.slice(shared)) if (loop.in.from === 'output') reads.add(loop.in.step);
    const grant = { shared, reads };
    grants.set(key, grant);
    return grant;
  }

  function judge({ instance, at, time, call, inside }: Extract<Event, { kind: 'executed' }>): void {
    const need = needOf(at, call.tool);
    const report = (reason: Reason): void => {
      violations.push({ at, tool: call.tool, reason, time });
    };
    if (need.level === 'manual' || need.level === 'assist') {
      report('left to people');
      return;
    }
    if (need.level !== 'approve') {
      if (need.bounded && !inside) report('bounds');
      return;
    }
    let covered = false;
    // The reason people look for first: what an approval that still stands lacks; else what became of the last one.
    let lacks: Reason = 'never approved';
    for (const approval of graveyard) if (isFor(approval, instance, call)) lacks = approval.void ?? lacks;
    for (const approval of approvals) {
      if (!isFor(approval, instance, call)) continue;
      const approved = approval.calls.get(call.items.slice(approval.shared).join());
      const reason = doubt(approval, approved, call, time, need);
      if (approved && approved.x === call.x && approved.left > 0) approved.left--;
      if (reason === undefined) covered = true;
      else if (lacks !== 'expired') lacks = reason;
    }
    if (!covered) report(lacks);
  }

  function needOf(at: string, tool: string): Need {
    const key = `${at} ${tool}`;
    const known = needs.get(key);
    if (known) return known;
    const { step, playbook, limits } = place(at);
    if (step.kind !== 'action' && step.kind !== 'agent') throw new Error(`${at} makes no calls`);
    const need = work(program, step, playbook, limits, tool);
    needs.set(key, need);
    return need;
  }

  return { see, violations };
}

function isFor(approval: Approval, instance: number, call: Call): boolean {
  return approval.instance === instance && approval.step === call.step;
}

/** Why `approval` does not cover `call`; `undefined` when it does. */
function doubt(
  approval: Approval,
  approved: { readonly tool: string; readonly x: string; readonly left: number } | undefined,
  call: Call,
  time: number,
  need: Need,
): Reason | undefined {
  if (!approved || approved.tool !== call.tool || approved.x !== call.x) return 'approved for other calls';
  if (approved.left <= 0) return 'used up';
  if (approval.people.size < need.quorum) return 'too few people';
  if (time - approval.given > approval.expires) return 'expired';
  return undefined;
}

/** The level in force, and how many people it wants. */
function work(
  program: Program,
  step: ActionStep | AgentStep,
  playbook: Playbook,
  limits: readonly Level[],
  name: string,
): Need {
  const tool = toolOf(name);
  const { policy } = program;
  const levels: Level[] = [step.autonomy ?? playbook.defaults.autonomy ?? 'approve', ...limits];
  if (playbook.autonomy) levels.push(playbook.autonomy);
  if (tool?.autonomy) levels.push(tool.autonomy);
  if (!tool || !policy || policy.alwaysGate.includes(name)) levels.push('approve');
  let quorum: number | undefined;
  for (const ceiling of policy?.ceilings ?? []) {
    if (ceiling.effect !== undefined && ceiling.effect !== tool?.effect) continue;
    if (ceiling.tool !== undefined && ceiling.tool !== name) continue;
    levels.push(ceiling.autonomy);
    if (ceiling.quorum !== undefined) quorum = Math.max(quorum ?? 0, ceiling.quorum);
  }
  const grant = step.kind === 'agent' ? step.grants.find((one) => one.tool === name) : undefined;
  let level = LEVELS[Math.min(...levels.map((one) => LEVELS.indexOf(one)))] ?? 'manual';
  // What lacks the conditions of its level needs a person's approval all the same.
  if (level === 'notify' && (!tool?.reversible || tool.undo === undefined || !step.notify)) level = 'approve';
  if ((level === 'notify' || level === 'autonomous') && grant && !grant.where) level = 'approve';
  return { level, quorum: quorum ?? (tool?.reversible ? 1 : 2), bounded: grant?.where === true };
}

function addReads(sources: readonly Source[], into: Set<string>): void {
  for (const source of sources) if (source.from === 'output') into.add(source.step);
}

/** Every step that may do something consequential, by path, with the tools it may do it with. */
export function actsOf(program: Program, isAct: (tool: string) => boolean): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, Place>();
  survey(program, program.main, '', [], places);
  const acts = new Map<string, readonly string[]>();
  for (const [at, { step }] of places) {
    if (step.kind === 'action' && isAct(step.tool)) acts.set(at, [step.tool]);
    if (step.kind === 'agent') {
      const tools = step.grants.map((grant) => grant.tool).filter(isAct);
      if (tools.length > 0) acts.set(at, tools);
    }
  }
  return acts;
}

/** The gates of a playbook that grant the step `id`. */
export function gatesOf(playbook: Playbook, id: string): readonly GateStep[] {
  return everyStep(playbook.steps).filter((step): step is GateStep => step.kind === 'gate' && step.grants.includes(id));
}
