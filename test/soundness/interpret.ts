import type { Call, Event } from './events.js';
import {
  type ActionStep,
  type AgentStep,
  type CallStep,
  type GateStep,
  type Handler,
  isConsequential,
  type Level,
  type ListSource,
  type LoopStep,
  listsOf,
  onErrorOf,
  onRejectOf,
  onTimeoutOf,
  type ParallelStep,
  PEOPLE,
  type Playbook,
  type Program,
  type Source,
  type Step,
  type StopStep,
  toolOf,
} from './playbook.js';

/** Everything that is not written in a playbook: the world, the model, the people and the scheduler, all against us. */
export interface Adversary {
  /** The index of one of `options`, which say how the step at path `at` goes on. */
  choose(at: string, options: readonly string[]): number;
  /** A time from `from` to `to` (which may be infinite) at which what is awaited happens. */
  when(from: number, to: number): number;
  /** The index of one of `branches`, names of those of the parallel step at `at` that can go on now. */
  schedule(at: string, branches: readonly string[]): number;
}

/** How long at the earliest and at the latest a process waits: times since the run began. */
interface Wait {
  readonly from: number;
  readonly to: number;
}

/** How a list of steps ended the run of its playbook; `undefined` when it goes on. */
type End = StopStep['outcome'] | undefined;
type Process<T> = Generator<Wait, T, void>;
type Asked = 'approved' | 'rejected' | 'timed-out';

interface Output {
  readonly text: string;
  readonly list: readonly string[];
}

/** One run of one playbook. */
interface Instance {
  readonly number: number;
  readonly prefix: string;
  readonly playbook: Playbook;
  readonly loops: ReadonlyMap<string, readonly LoopStep[]>;
  readonly byId: ReadonlyMap<string, Step>;
  /** Levels that the callers allow at most. */
  readonly limits: readonly Level[];
  readonly inputs: { readonly [name: string]: string };
  readonly outputs: Map<string, Output>;
  /** Where each loop stands, by the loop's id. */
  readonly items: Map<string, { readonly index: number; readonly value: string }>;
  /** What people changed a granted step's calls to, by step and items. */
  readonly changed: Map<string, string>;
}

/**
 * Names of the ways a step goes on. One that ends in a full stop also ends the run of its playbook at once: an adversary
 * that wants to get somewhere avoids it.
 */
export const ENDS = '.';

/** The ways a step may go on, worked out once for each step. */
interface Ways {
  /** `failed` before its effect, where the step may also fail after it; else `unable`. */
  readonly entry: readonly string[];
  /** How an attempt that went out ends. */
  readonly done: readonly string[];
  /** As `done`, where another attempt follows. */
  readonly attempt: readonly string[];
  readonly answers: readonly string[];
  /** As `answers`, where people may change what they were shown. */
  readonly changing: readonly string[];
}

/** By program, for what a step's ways are depends on more than the step. */
const ways = new WeakMap<Program, Map<Step, Ways>>();

function waysOf(step: Step, program: Program, playbook: Playbook): Ways {
  let ofProgram = ways.get(program);
  if (!ofProgram) {
    ofProgram = new Map();
    ways.set(program, ofProgram);
  }
  const known = ofProgram.get(step);
  if (known) return known;
  const named = (way: string, handler: Handler): string =>
    handler.then === 'stop' && handler.steps.length === 0 ? way + ENDS : way;
  const error = onErrorOf(step, playbook);
  const refused = step.kind === 'gate' ? onRejectOf(step) : error;
  const mayLast = step.kind === 'action' || step.kind === 'agent';
  const timed =
    (step.timeout ?? (mayLast ? playbook.defaults.timeout : undefined)) !== undefined ||
    (step.kind === 'agent' && step.budgetTime !== undefined);
  const isGate = step.kind === 'gate';
  const stands = isGate ? step.stands : mayLast ? step.approval?.timeout : undefined;
  const answers = [
    ...(program.policy ? ['approved'] : []),
    step.kind === 'agent' ? 'rejected' : named('rejected', refused),
    ...(stands === undefined ? [] : [isGate ? named('timed-out', onTimeoutOf(step)) : 'timed-out']),
  ];
  const made: Ways = {
    entry: [
      'run',
      ...(step.when ? ['skipped'] : []),
      named(mayLast || step.kind === 'manual' ? 'failed' : 'unable', error),
    ],
    done: ['ok', named('failed-after', error), ...(timed ? [named('timed-out', error)] : [])],
    attempt: ['ok', 'failed-after', ...(timed ? ['timed-out'] : [])],
    answers,
    changing: [...answers, 'modified'],
  };
  ofProgram.set(step, made);
  return made;
}

const RUN_OR_FAIL = ['run', 'failed'];
const BRANCHES = ['then', 'else'];
const LENGTHS = ['0 items', '1 items', '2 items', '3 items'];
const WHERE = ['inside', 'outside'];
const QUORUM = ['enough', 'one too few'];
/** At each wait inside a step with a time of its own: mostly that time is not over yet. */
const IN_TIME = [...Array<string>(7).fill('go on'), 'overrun'];
/** Steps after which a run is over, however it would have gone on. */
const FUEL = 300;

/**
 * Runs `program` with nobody in the way: every step that is reached is executed, approved or not. What happens is told to
 * `see` as it happens. A run depends on nothing but the program and the adversary.
 */
export function interpret(program: Program, adversary: Adversary, see: (event: Event) => void): void {
  new Interpreter(program, adversary, see).run();
}

/** A class because a run's clock and counters are one thing, and generators close over `this` cheaply. */
class Interpreter {
  private now = 0;
  private values = 0;
  private instances = 0;
  private fuel = FUEL;
  /** Parallel steps that are under way. */
  private parallels = 0;
  private readonly alertLists = new Map<string, readonly string[]>();

  constructor(
    private readonly program: Program,
    private readonly adversary: Adversary,
    private readonly see: (event: Event) => void,
  ) {}

  run(): void {
    const process = this.steps(this.program.main.steps, this.enter(this.program.main, '', [], {}));
    for (let wait = process.next(); !wait.done; wait = process.next()) this.pass(wait.value);
  }

  private pass(wait: Wait): void {
    this.now = this.adversary.when(Math.max(wait.from, this.now), wait.to);
  }

  private enter(
    playbook: Playbook,
    prefix: string,
    limits: readonly Level[],
    inputs: { readonly [name: string]: string },
  ): Instance {
    const { loops, byId } = layoutOf(playbook);
    return {
      number: this.instances++,
      prefix,
      playbook,
      loops,
      byId,
      limits,
      inputs,
      outputs: new Map(),
      items: new Map(),
      changed: new Map(),
    };
  }

  private *steps(steps: readonly Step[], within: Instance): Process<End> {
    for (const step of steps) {
      const end = yield* this.step(step, within);
      if (end) return end;
    }
    return undefined;
  }

  private *step(step: Step, within: Instance): Process<End> {
    if (this.fuel-- <= 0) return 'failed';
    // Between any two steps of a branch others may go on.
    if (this.parallels > 0) yield { from: this.now, to: this.now };
    const at = within.prefix + step.id;
    const entry = this.choose(at, waysOf(step, this.program, within.playbook).entry);
    if (entry === 'skipped') {
      this.left(within, at, 'skipped');
      return undefined;
    }
    if (entry === 'failed' || entry === 'unable') return yield* this.fail(step, within, at, 'failed');
    switch (step.kind) {
      case 'action':
      case 'agent':
        return yield* this.attempts(step, within, at);
      case 'manual':
        return yield* this.finish(step, within, at, step.timeout);
      case 'gate':
        return yield* this.gate(step, within, at);
      case 'if': {
        const branch = this.choose(at, BRANCHES);
        this.left(within, at, branch);
        return yield* this.bounded(
          step,
          within,
          at,
          this.steps(branch === 'then' ? step.then : (step.else ?? []), within),
        );
      }
      case 'switch': {
        const names = [...step.cases.map((one) => one.value), ...(step.default ? ['default'] : [])];
        const taken = this.adversary.choose(at, names);
        this.left(within, at, names[taken] ?? '');
        return yield* this.bounded(
          step,
          within,
          at,
          this.steps(step.cases[taken]?.steps ?? step.default ?? [], within),
        );
      }
      case 'for-each':
        return yield* this.loop(step, within, at);
      case 'parallel':
        return yield* this.parallel(step, within, at);
      case 'call':
        return yield* this.call(step, within, at);
      case 'stop':
        this.left(within, at, 'stopped');
        return step.outcome;
    }
  }

  /** An action's or an agent's attempts, until one is ok or none is left. */
  private *attempts(step: ActionStep | AgentStep, within: Instance, at: string): Process<End> {
    const attempts = step.retry?.attempts ?? 1;
    const own = waysOf(step, this.program, within.playbook);
    for (let attempt = 1; ; attempt++) {
      const limit =
        step.kind === 'agent' ? least(step.budgetTime, this.timeoutOf(step, within)) : this.timeoutOf(step, within);
      // An agent's time runs while people are asked; a question is not cut short by it, but it is the last.
      const started = this.now;
      const made = yield* step.kind === 'action'
        ? this.act(step, within, at)
        : this.agent(step, within, at, started + (limit ?? Number.POSITIVE_INFINITY));
      const options = attempt < attempts ? own.attempt : own.done;
      const since = step.kind === 'agent' ? started : this.now;
      const to = Math.max(this.now, since + (limit ?? Number.POSITIVE_INFINITY));
      const how = made ? yield* this.end(at, to, options) : 'failed';
      this.settle(step, within, at, how);
      if (how === 'ok') {
        this.left(within, at, 'ok');
        return undefined;
      }
      if (attempt >= attempts) return yield* this.fail(step, within, at, how === 'timed-out' ? how : 'failed');
      this.left(within, at, 'retry');
      const delay = step.retry?.delay ?? 0;
      yield { from: this.now + delay, to: this.now + delay };
    }
  }

  /** Makes an action's call; false when it failed before that. */
  private *act(step: ActionStep, within: Instance, at: string): Process<boolean> {
    const items = this.itemsOf(step, within);
    if (!isConsequential(step.tool)) return true;
    if (this.byPerson(step, step.tool, within)) return true;
    let x = within.changed.get(`${step.id} ${items.join()}`) ?? this.text(step.x, within);
    if (step.approval) {
      const calls = [{ step: step.id, items, tool: step.tool, x }];
      const quorum = this.quorum([step.tool], 2);
      const answer = yield* this.ask(step, at, within, calls, step.approval.timeout, quorum, true);
      if (answer.how !== 'approved') return false;
      x = answer.calls[0]?.x ?? x;
    }
    if ((step.approval || step.retry) && this.choose(at, RUN_OR_FAIL) === 'failed') return false;
    this.execute(within, at, { step: step.id, items, tool: step.tool, x }, true);
    return true;
  }

  /** An agent's turns: calls of its consequential tools with whatever arguments it likes. What it reads does not matter. */
  private *agent(step: AgentStep, within: Instance, at: string, until: number): Process<boolean> {
    const items = this.itemsOf(step, within);
    const tools = step.grants.filter((grant) => isConsequential(grant.tool));
    const options = ['end', ...tools.map((grant) => `call ${grant.tool}`)];
    const made = new Map<string, number>();
    for (let turn = 0; turn < 3 && tools.length > 0 && (turn === 0 || this.now < until); turn++) {
      const grant = tools[this.adversary.choose(at, options) - 1];
      if (!grant) return true;
      const calls = (made.get(grant.tool) ?? 0) + 1;
      if (calls > (grant.maxCalls ?? Number.POSITIVE_INFINITY)) continue;
      made.set(grant.tool, calls);
      if (this.byPerson(step, grant.tool, within)) continue;
      const inside = !grant.where || this.choose(at, WHERE) === 'inside';
      let call: Call = { step: step.id, items, tool: grant.tool, x: `agent${this.values++}` };
      if (step.approval) {
        const quorum = this.quorum([grant.tool], 2);
        const answer = yield* this.ask(step, at, within, [call], step.approval.timeout, quorum, true);
        if (answer.how !== 'approved') {
          if (this.choose(at, RUN_OR_FAIL) === 'failed') return false;
          continue;
        }
        call = answer.calls[0] ?? call;
      }
      this.execute(within, at, call, inside);
    }
    return true;
  }

  private *finish(step: Step, within: Instance, at: string, timeout: number | undefined): Process<End> {
    const to = this.now + (timeout ?? Number.POSITIVE_INFINITY);
    const how = yield* this.end(at, to, waysOf(step, this.program, within.playbook).done);
    this.settle(step, within, at, how);
    if (how !== 'ok') return yield* this.fail(step, within, at, how === 'timed-out' ? how : 'failed');
    this.left(within, at, 'ok');
    return undefined;
  }

  /** Time passes in a step, until `to` at most, and it ends. */
  private *end(at: string, to: number, options: readonly string[]): Process<string> {
    const how = this.choose(at, options);
    yield { from: how === 'timed-out' ? to : this.now, to };
    return how;
  }

  private *gate(step: GateStep, within: Instance, at: string): Process<End> {
    const calls = step.grants.flatMap((id) => this.callsOf(id, step, within));
    const answer = yield* this.ask(
      step,
      at,
      within,
      calls,
      step.stands,
      this.quorum(
        calls.map((call) => call.tool),
        step.quorum ?? 1,
      ),
      this.grantsAlone(step, within),
    );
    if (answer.how === 'approved') {
      for (const [index, call] of answer.calls.entries()) {
        const key = `${call.step} ${call.items.join()}`;
        if (call.x === calls[index]?.x) within.changed.delete(key);
        else within.changed.set(key, call.x);
      }
      this.left(within, at, 'approved');
      return undefined;
    }
    this.left(within, at, answer.how);
    return yield* this.handle(answer.how === 'rejected' ? onRejectOf(step) : onTimeoutOf(step), within);
  }

  /** The calls of a granted step as they stand, one for each item of the loops that are around it but not around the gate. */
  private callsOf(id: string, gate: GateStep, within: Instance): Call[] {
    const granted = within.byId.get(id);
    if (granted?.kind !== 'action') return [];
    const around = within.loops.get(gate.id) ?? [];
    const calls: Call[] = [];
    const unroll = (
      loops: readonly LoopStep[],
      items: readonly number[],
      values: ReadonlyMap<string, string>,
    ): void => {
      const [loop, ...inner] = loops;
      if (!loop) {
        calls.push({ step: id, items, tool: granted.tool, x: this.text(granted.x, within, values) });
        return;
      }
      const standing = around.includes(loop) ? within.items.get(loop.id) : undefined;
      if (standing) {
        unroll(inner, [...items, standing.index], new Map([...values, [loop.item, standing.value]]));
        return;
      }
      for (const [index, value] of this.listOf(loop.in, within).entries()) {
        unroll(inner, [...items, index], new Map([...values, [loop.item, value]]));
      }
    };
    unroll(within.loops.get(id) ?? [], [], new Map());
    return calls;
  }

  /** Whether no other gate grants what `gate` grants: what people change there then has one meaning. */
  private grantsAlone(gate: GateStep, within: Instance): boolean {
    for (const other of within.byId.values()) {
      if (other.kind === 'gate' && other !== gate && other.grants.some((id) => gate.grants.includes(id))) return false;
    }
    return gate.grants.length > 0;
  }

  /** Asks people until they approve, refuse or stay silent; what they change is asked about afresh. */
  private *ask(
    step: GateStep | ActionStep | AgentStep,
    at: string,
    within: Instance,
    first: readonly Call[],
    stands: number | undefined,
    quorum: number,
    mayChange: boolean,
  ): Process<{ readonly how: Asked; readonly calls: readonly Call[] }> {
    const asked = this.now;
    const limit = asked + (stands ?? Number.POSITIVE_INFINITY);
    let calls = first;
    const own = waysOf(step, this.program, within.playbook);
    for (let changes = 0; ; changes++) {
      this.see({ kind: 'asked', time: this.now, instance: within.number, at, calls });
      const change = mayChange && changes < 2 && calls.length > 0;
      const options = change ? own.changing : own.answers;
      const how = this.choose(at, options);
      yield { from: how === 'timed-out' ? limit : this.now, to: limit };
      const by = this.adversary.choose(at, PEOPLE);
      const say = (who: number, answer: 'approve' | 'reject' | 'modify'): void => {
        const person = PEOPLE[who % PEOPLE.length] ?? '';
        this.see({ kind: 'answered', time: this.now, instance: within.number, at, by: person, answer });
      };
      if (how === 'modified') {
        say(by, 'modify');
        this.left(within, at, 'modified');
        calls = calls.map((call) => ({ ...call, x: `changed${this.values++}` }));
        continue;
      }
      if (how !== 'approved') {
        if (quorum > 1 && this.choose(at, QUORUM) !== 'enough')
          for (let one = 1; one < quorum; one++) say(by + one, 'approve');
        if (how === 'rejected') say(by, 'reject');
        return { how: how === 'rejected' ? how : 'timed-out', calls };
      }
      for (let one = 0; one < quorum; one++) say(by + one, 'approve');
      return { how, calls };
    }
  }

  private *loop(step: LoopStep, within: Instance, at: string): Process<End> {
    const values = this.listOf(step.in, within);
    if (values.length > step.max) return yield* this.fail(step, within, at, 'failed');
    return yield* this.bounded(step, within, at, this.rounds(step, within, at, values));
  }

  private *rounds(step: LoopStep, within: Instance, at: string, values: readonly string[]): Process<End> {
    const inside = insideOf(step);
    for (const [index, value] of values.entries()) {
      this.left(within, at, 'iterate');
      for (const id of inside) within.outputs.delete(id);
      within.items.set(step.id, { index, value });
      const end = yield* this.steps(step.steps, within);
      if (end) return end;
    }
    for (const id of inside) within.outputs.delete(id);
    within.items.delete(step.id);
    this.left(within, at, 'ok');
    return undefined;
  }

  private *parallel(step: ParallelStep, within: Instance, at: string): Process<End> {
    return yield* this.bounded(step, within, at, this.branches(step, within, at));
  }

  private *branches(step: ParallelStep, within: Instance, at: string): Process<End> {
    let live = step.branches.map((branch): { name: string; process: Process<End>; wait: Wait } => ({
      name: branch.name,
      process: this.steps(branch.steps, within),
      wait: { from: this.now, to: this.now },
    }));
    this.left(within, at, 'begin');
    this.parallels++;
    while (live.length > 0) {
      let from = Number.POSITIVE_INFINITY;
      let to = Number.POSITIVE_INFINITY;
      for (const { wait } of live) {
        from = Math.min(from, wait.from);
        to = Math.min(to, wait.to);
      }
      yield { from: Math.max(from, this.now), to };
      const ready = live.filter(({ wait }) => wait.from <= this.now);
      const chosen =
        ready.length === 1
          ? ready[0]
          : ready[
              this.adversary.schedule(
                at,
                ready.map(({ name }) => name),
              )
            ];
      if (!chosen) continue;
      const made = chosen.process.next();
      if (!made.done) {
        chosen.wait = made.value;
        continue;
      }
      if (made.value) {
        this.parallels--;
        return made.value;
      }
      if (step.join === 'any') break;
      live = live.filter((branch) => branch !== chosen);
    }
    this.parallels--;
    this.left(within, at, 'ok');
    return undefined;
  }

  private *call(step: CallStep, within: Instance, at: string): Process<End> {
    const playbook = this.program.callees.find((one) => one.name === step.playbook);
    if (!playbook) return yield* this.fail(step, within, at, 'failed');
    const inputs: { [name: string]: string } = {};
    for (const [name, sources] of Object.entries(step.inputs)) inputs[name] = this.text(sources, within);
    const limits = [...within.limits];
    if (step.autonomy) limits.push(step.autonomy);
    if (within.playbook.autonomy) limits.push(within.playbook.autonomy);
    this.left(within, at, 'begin');
    const called = this.steps(playbook.steps, this.enter(playbook, `${at}/`, limits, inputs));
    const end = yield* this.inTime(step, at, called);
    if (end === 'overrun') return yield* this.fail(step, within, at, 'failed');
    if (end === 'failed' || end === 'stopped') return yield* this.fail(step, within, at, 'failed');
    this.left(within, at, 'ok');
    return undefined;
  }

  /** Runs what a step holds, and ends it wherever it is once the step's own time is over. */
  private *bounded(step: Step, within: Instance, at: string, inner: Process<End>): Process<End> {
    const end = yield* this.inTime(step, at, inner);
    return end === 'overrun' ? yield* this.fail(step, within, at, 'overrun') : end;
  }

  private *inTime(step: Step, at: string, inner: Process<End>): Process<End | 'overrun'> {
    if (step.timeout === undefined) return yield* inner;
    const limit = this.now + step.timeout;
    const parallels = this.parallels;
    for (;;) {
      const made = inner.next();
      if (made.done) return made.value;
      const { from, to } = made.value;
      // What ends before the limit is not what runs over it.
      const late = from > limit || this.now > limit;
      if (late || (to >= limit && this.choose(at, IN_TIME) === 'overrun')) {
        const over = Math.max(limit, this.now);
        yield { from: over, to: over };
        this.parallels = parallels;
        return 'overrun';
      }
      yield { from, to: Math.min(to, limit) };
    }
  }

  private *fail(step: Step, within: Instance, at: string, edge: string): Process<End> {
    this.left(within, at, edge);
    return yield* this.handle(onErrorOf(step, within.playbook), within);
  }

  private *handle(handler: Handler, within: Instance): Process<End> {
    const end = yield* this.steps(handler.steps, within);
    return end ?? (handler.then === 'stop' ? 'failed' : undefined);
  }

  private settle(step: Step, within: Instance, at: string, how: string): void {
    if (how === 'ok') {
      const list = step.kind === 'action' && listSources(within.playbook).has(step.id) ? this.list(at, 'l') : [];
      within.outputs.set(step.id, { text: `v${this.values++}`, list });
    } else within.outputs.delete(step.id);
    this.see({ kind: 'ended', time: this.now, instance: within.number, at, step: step.id, how });
  }

  private execute(within: Instance, at: string, call: Call, inside: boolean): void {
    this.see({ kind: 'executed', time: this.now, instance: within.number, at, call, inside });
  }

  private left(within: Instance, at: string, edge: string): void {
    this.see({ kind: 'left', time: this.now, instance: within.number, at, edge });
  }

  private choose(at: string, options: readonly string[]): string {
    const chosen = options[options.length === 1 ? 0 : this.adversary.choose(at, options)] ?? '';
    return chosen.endsWith(ENDS) ? chosen.slice(0, -1) : chosen;
  }

  private timeoutOf(step: Step, within: Instance): number | undefined {
    return step.timeout ?? within.playbook.defaults.timeout;
  }

  private itemsOf(step: Step, within: Instance): readonly number[] {
    return (within.loops.get(step.id) ?? []).map((loop) => within.items.get(loop.id)?.index ?? -1);
  }

  private text(sources: readonly Source[], within: Instance, items?: ReadonlyMap<string, string>): string {
    let text = '';
    for (const source of sources) {
      if (text !== '') text += '|';
      text += this.textOf(source, within, items);
    }
    return text;
  }

  private textOf(source: Source, within: Instance, items: ReadonlyMap<string, string> | undefined): string {
    switch (source.from) {
      case 'constant':
        return source.value;
      case 'alert':
        return 'alert';
      case 'output':
        return within.outputs.get(source.step)?.text ?? 'none';
      case 'input':
        return within.inputs[source.name] ?? 'none';
      case 'item': {
        const unrolled = items?.get(source.name);
        if (unrolled !== undefined) return unrolled;
        for (const step of within.byId.values()) {
          if (step.kind === 'for-each' && step.item === source.name) return within.items.get(step.id)?.value ?? 'none';
        }
        return 'none';
      }
    }
  }

  private listOf(source: ListSource, within: Instance): readonly string[] {
    switch (source.from) {
      case 'constant':
        return source.values;
      case 'alert': {
        // What the alert names is the same throughout; it is made up where it is first looked at.
        let list = this.alertLists.get(source.entities);
        if (!list) {
          list = this.list(`alert.${source.entities}`, 'u');
          this.alertLists.set(source.entities, list);
        }
        return list;
      }
      case 'output':
        return within.outputs.get(source.step)?.list ?? [];
    }
  }

  /** A list of new values. An adversary may name a greater length than the ones it is offered. */
  private list(at: string, letter: string): readonly string[] {
    const length = this.adversary.choose(at, LENGTHS);
    return Array.from({ length }, () => `${letter}${this.values++}`);
  }

  /** Whether a person does the act, because some limit says `manual` or `assist`. */
  private byPerson(step: Step, name: string, within: Instance): boolean {
    const low = (level: Level | undefined): boolean => level === 'manual' || level === 'assist';
    const tool = toolOf(name);
    return (
      low(step.autonomy ?? within.playbook.defaults.autonomy) ||
      low(within.playbook.autonomy) ||
      within.limits.some(low) ||
      low(tool?.autonomy) ||
      (this.program.policy?.ceilings.some(
        (ceiling) =>
          low(ceiling.autonomy) &&
          (ceiling.effect === undefined || ceiling.effect === tool?.effect) &&
          (ceiling.tool === undefined || ceiling.tool === name),
      ) ??
        false)
    );
  }

  /** How many people must approve: what the gate says, and what the policy or irreversibility wants for each tool. */
  private quorum(tools: readonly string[], declared: number): number {
    let quorum = declared;
    for (const name of tools) {
      const tool = toolOf(name);
      const stated = (this.program.policy?.ceilings ?? []).flatMap((ceiling) =>
        ceiling.quorum !== undefined &&
        (ceiling.effect === undefined || ceiling.effect === tool?.effect) &&
        (ceiling.tool === undefined || ceiling.tool === name)
          ? [ceiling.quorum]
          : [],
      );
      quorum = Math.max(quorum, ...(stated.length > 0 ? stated : [tool?.reversible ? 1 : 2]));
    }
    return quorum;
  }
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

interface Layout {
  readonly loops: ReadonlyMap<string, readonly LoopStep[]>;
  readonly byId: ReadonlyMap<string, Step>;
  readonly lists: ReadonlySet<string>;
}

const layouts = new WeakMap<Playbook, Layout>();

/** The loops around each step, outermost first. A loop's own error handler is not in the loop. */
function layoutOf(playbook: Playbook): Layout {
  const known = layouts.get(playbook);
  if (known) return known;
  const loops = new Map<string, readonly LoopStep[]>();
  const byId = new Map<string, Step>();
  const lists = new Set<string>();
  const walk = (steps: readonly Step[], around: readonly LoopStep[]): void => {
    for (const step of steps) {
      loops.set(step.id, around);
      byId.set(step.id, step);
      if (step.kind === 'for-each' && step.in.from === 'output') lists.add(step.in.step);
      for (const list of listsOf(step)) {
        walk(list, step.kind === 'for-each' && list === step.steps ? [...around, step] : around);
      }
    }
  };
  walk(playbook.steps, []);
  const layout = { loops, byId, lists };
  layouts.set(playbook, layout);
  return layout;
}

function listSources(playbook: Playbook): ReadonlySet<string> {
  return layoutOf(playbook).lists;
}

const insides = new WeakMap<LoopStep, readonly string[]>();

/** Ids of the steps in a loop's body. */
function insideOf(loop: LoopStep): readonly string[] {
  const known = insides.get(loop);
  if (known) return known;
  const ids: string[] = [];
  const walk = (steps: readonly Step[]): void => {
    for (const step of steps) {
      ids.push(step.id);
      for (const list of listsOf(step)) walk(list);
    }
  };
  walk(loop.steps);
  insides.set(loop, ids);
  return ids;
}
