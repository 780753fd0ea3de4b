import {
  type ActionStep,
  type AgentStep,
  type CallStep,
  type Condition,
  ENTITIES,
  everyStep,
  type GateStep,
  type Handler,
  isConsequential,
  type Level,
  type ListSource,
  mapLists,
  type Playbook,
  POLICIES,
  type Policy,
  type Program,
  type Source,
  type Step,
  UNKNOWN_TOOL,
} from './playbook.js';
import { type Random, randomOf } from './random.js';

/** Which constructs generated playbooks use. */
export interface Features {
  readonly loops: boolean;
  readonly parallel: boolean;
  readonly calls: boolean;
  readonly retry: boolean;
  /** `expires` of approvals, with declared and undeclared waits. */
  readonly expiry: boolean;
  /** `defaults.on-error` and `defaults.timeout`. */
  readonly defaults: boolean;
  /** Tools no catalog has, and playbooks without a policy. */
  readonly unknown: boolean;
}

export const WHOLE_LANGUAGE: Features = {
  loops: true,
  parallel: true,
  calls: true,
  retry: true,
  expiry: true,
  defaults: true,
  unknown: true,
};

const MINUTE = 60_000;
/** Sums of waits are whole minutes, and no approval expires after a whole minute: nothing happens at the very moment. */
const WAITS = [1, 2, 5, 10, 30, 60, 240].map((minutes) => minutes * MINUTE);
const EXPIRIES = [1.5, 3.5, 7.5, 12.5, 45.5, 90.5, 600.5].map((minutes) => minutes * MINUTE);
const ACTS = ['t.suspend', 't.suspend', 't.suspend', 't.delete', 't.delete', 't.resume', 't.mute', 't.page'];

/** The playbook number `index` of the stream `seed`: always the same one. */
export function generate(seed: number, index: number, features: Features): Program {
  const random = randomOf(seed, index);
  const policy: Policy | undefined = features.unknown && random.chance(0.025) ? undefined : random.pick(POLICIES);
  const callees: Playbook[] = [];
  if (features.calls && random.chance(0.35)) {
    callees.push(new Author(random, features, [], 'c1').playbook(2 + random.below(5), true));
    if (random.chance(0.4))
      callees.push(new Author(random, features, [...callees], 'c2').playbook(2 + random.below(5), true));
  }
  const main = new Author(random, features, callees, 'main').playbook(3 + random.below(11), false);
  const called = new Set<string>();
  const mark = (playbook: Playbook): void => {
    for (const step of everyStep(playbook.steps)) {
      if (step.kind !== 'call' || called.has(step.playbook)) continue;
      called.add(step.playbook);
      const callee = callees.find((one) => one.name === step.playbook);
      if (callee) mark(callee);
    }
  };
  mark(main);
  return { main, callees: callees.filter((callee) => called.has(callee.name)), policy };
}

/** What a step may read where it stands. */
interface View {
  /** Steps that ran before, at least on some path. */
  readonly outputs: readonly string[];
  /** Those of them that give lists and enums, too. */
  readonly looks: readonly string[];
  readonly items: readonly string[];
  readonly depth: number;
}

/** Writes one playbook. A class for its counters: how many steps are left to write, and which ids are taken. */
class Author {
  private left = 0;
  private ids = 0;
  /** Each loop gets a list of its own, as far as there are any: so that how long one is says nothing of another. */
  private entities = 0;
  private readonly listed = new Set<string>();
  private inputs: readonly string[] = [];

  constructor(
    private readonly random: Random,
    private readonly features: Features,
    private readonly callees: readonly Playbook[],
    private readonly name: string,
  ) {}

  playbook(size: number, isCallee: boolean): Playbook {
    const { random, features } = this;
    this.left = size;
    if (isCallee && random.chance(0.6)) this.inputs = ['host'];
    const { steps } = this.list({ outputs: [], looks: [], items: [], depth: 0 }, size, true);
    const level = this.chance(0.06) ? this.level() : undefined;
    const autonomy = this.chance(0.06) ? this.level() : undefined;
    return {
      name: this.name,
      inputs: this.inputs,
      ...(autonomy && { autonomy }),
      defaults: {
        ...(level && { autonomy: level }),
        ...(features.defaults && this.chance(0.05) && { onError: this.chance(0.8) ? 'continue' : ('stop' as const) }),
        ...(features.defaults && this.chance(0.2) && { timeout: random.pick(WAITS) }),
      },
      steps: this.grant(steps),
    };
  }

  private chance(share: number): boolean {
    return this.random.chance(share);
  }

  private level(): Level {
    return this.random.pick<Level>(['manual', 'assist', 'approve', 'approve', 'notify', 'autonomous', 'autonomous']);
  }

  private id(letter: string): string {
    this.ids++;
    return `${letter}${this.ids}`;
  }

  /** A list of at most `most` steps, and what those after it may read. */
  private list(view: View, most: number, top: boolean): { readonly steps: readonly Step[]; readonly view: View } {
    const count = top ? most : 1 + this.random.below(Math.min(3, most));
    const steps: Step[] = [];
    let after = view;
    for (let at = 0; at < count && (this.left > 0 || steps.length === 0); at++) {
      this.left--;
      const added = this.step(after);
      steps.push(added.step);
      after = added.view;
      if (added.step.kind === 'stop' && !added.step.when) break;
    }
    return { steps, view: after };
  }

  private step(view: View): { readonly step: Step; readonly view: View } {
    const { random, features } = this;
    const roll = random.below(100);
    const nests = view.depth < 3 && this.left > 0;
    if (roll < 26) return this.act(view);
    if (roll < 48) return { step: this.gate(view), view };
    if (roll < 60) return this.look(view);
    if (roll < 66) return this.manual(view);
    if (roll < 71) return this.agent(view);
    if (roll < 73) {
      const outcome = random.pick(['completed', 'escalated', 'stopped', 'failed'] as const);
      return { step: { kind: 'stop', id: this.id('x'), outcome, ...this.common(view, true) }, view };
    }
    if (!nests) return this.act(view);
    if (roll < 81) return this.if(view);
    if (roll < 83 && view.looks.length > 0) return this.switch(view);
    if (roll < 90 && features.loops) return this.loop(view);
    if (roll < 96 && features.parallel) return this.parallel(view);
    if (roll < 100 && features.calls && this.callees.length > 0) return { step: this.call(view), view };
    return this.act(view);
  }

  private common(view: View, handled = false): { when?: Condition; onError?: Handler } {
    const base: { when?: Condition; onError?: Handler } = {};
    if (this.chance(0.1)) base.when = this.condition(view);
    if (!handled && this.chance(0.2)) base.onError = this.handler(view);
    return base;
  }

  private handler(view: View): Handler {
    const then = this.chance(0.6) ? 'continue' : 'stop';
    if (view.depth >= 3 || this.left <= 0 || this.chance(0.6)) return { then, steps: [] };
    return { then, steps: this.list(deeper(view), this.left, false).steps };
  }

  private condition(view: View): Condition {
    const step = view.outputs.at(-1);
    return step !== undefined && this.chance(0.5) ? { from: 'output', step } : { from: 'alert' };
  }

  private act(view: View): { readonly step: ActionStep; readonly view: View } {
    const { random } = this;
    const id = this.id('a');
    const tool = this.features.unknown && this.chance(0.01) ? UNKNOWN_TOOL : random.pick(ACTS);
    const autonomy = this.chance(0.14) ? this.level() : undefined;
    const high = autonomy === 'notify' || autonomy === 'autonomous';
    const step: ActionStep = {
      kind: 'action',
      id,
      tool,
      x: this.sources(view),
      ...this.common(view),
      ...(autonomy && { autonomy }),
      ...((high ? this.chance(0.9) : this.chance(0.2)) && { notify: true }),
      ...(this.chance(high ? 0.4 : 0.05) && { where: true }),
      ...(this.chance(0.1) && { approval: this.inline() }),
      ...this.retry(),
      ...this.timeout(),
    };
    return { step, view: { ...view, outputs: [...view.outputs, id] } };
  }

  private look(view: View): { readonly step: ActionStep; readonly view: View } {
    const id = this.id('r');
    const step: ActionStep = {
      kind: 'action',
      id,
      tool: this.chance(0.9) ? 't.look' : 't.note',
      x: this.sources(view),
      ...this.common(view),
      ...this.retry(),
      ...this.timeout(),
    };
    const looks = step.tool === 't.look' ? [...view.looks, id] : view.looks;
    return { step, view: { ...view, outputs: [...view.outputs, id], looks } };
  }

  private manual(view: View): { readonly step: Step; readonly view: View } {
    const id = this.id('m');
    const step: Step = { kind: 'manual', id, ...this.common(view), ...this.timeout() };
    return { step, view: { ...view, outputs: [...view.outputs, id] } };
  }

  private agent(view: View): { readonly step: AgentStep; readonly view: View } {
    const { random } = this;
    const id = this.id('n');
    const autonomy = this.chance(0.4) ? this.level() : undefined;
    const grants: { tool: string; where?: boolean; maxCalls?: number }[] = [{ tool: 't.look' }];
    const high = autonomy === 'notify' || autonomy === 'autonomous';
    for (let more = random.below(3); more > 0; more--) {
      const tool = random.pick(ACTS);
      if (grants.some((grant) => grant.tool === tool)) continue;
      grants.push({
        tool,
        ...(this.chance(high ? 0.85 : 0.2) && { where: true }),
        ...(this.chance(0.2) && { maxCalls: 1 + random.below(3) }),
      });
    }
    const step: AgentStep = {
      kind: 'agent',
      id,
      grants,
      ...this.common(view),
      ...(autonomy && { autonomy }),
      ...(this.chance(0.6) && { notify: true }),
      ...(this.chance(0.65) && { approval: this.inline() }),
      ...(this.chance(0.3) && { budgetTime: random.pick(WAITS) }),
      ...this.retry(),
      ...this.timeout(),
    };
    return { step, view: { ...view, outputs: [...view.outputs, id] } };
  }

  private gate(view: View): GateStep {
    const { random, features } = this;
    const base = this.common(view, true);
    const onTimeout = this.chance(0.15) ? this.handler(view) : undefined;
    return {
      kind: 'gate',
      id: this.id('g'),
      grants: [],
      ...base,
      ...(this.chance(0.12) && { onError: this.handler(view) }),
      ...(this.chance(0.2) && { onReject: this.handler(view) }),
      ...(onTimeout && { onTimeout }),
      ...(this.chance(0.2) && { quorum: 2 }),
      ...(this.chance(0.15) && { uses: 2 + random.below(2) }),
      ...(this.chance(onTimeout ? 0.95 : 0.55) && { stands: random.pick(WAITS) }),
      ...(features.expiry && this.chance(0.25) && { expires: random.pick(EXPIRIES) }),
    };
  }

  private if(view: View): { readonly step: Step; readonly view: View } {
    const id = this.id('i');
    const condition = this.condition(view);
    const then = this.list(deeper(view), this.left, false);
    const time = this.time(view);
    const otherwise = this.left > 0 && this.chance(0.4) ? this.list(deeper(view), this.left, false) : undefined;
    const step: Step = {
      kind: 'if',
      id,
      condition,
      // What its time cuts short would often have ended the run.
      then:
        time.timeout !== undefined && this.chance(0.5)
          ? [...then.steps, { kind: 'stop' as const, id: this.id('x'), outcome: 'stopped' as const }]
          : then.steps,
      ...(otherwise && { else: otherwise.steps }),
      ...this.common(view),
      ...time,
    };
    return { step, view: merged(view, otherwise ? [then.view, otherwise.view] : [then.view]) };
  }

  private switch(view: View): { readonly step: Step; readonly view: View } {
    const id = this.id('w');
    const on = this.random.pick(view.looks);
    const all = this.chance(0.5);
    const cases = (all ? ['p', 'q', 'r'] : ['p']).map((value) => ({ value, ...this.list(deeper(view), 2, false) }));
    const rest = all ? undefined : this.list(deeper(view), 2, false);
    const step: Step = {
      kind: 'switch',
      id,
      on,
      cases: cases.map(({ value, steps }) => ({ value, steps })),
      ...(rest && { default: rest.steps }),
      ...this.common(view),
      ...this.time(view),
    };
    return {
      step,
      view: merged(
        view,
        [...cases, ...(rest ? [rest] : [])].map((one) => one.view),
      ),
    };
  }

  private loop(view: View): { readonly step: Step; readonly view: View } {
    const { random } = this;
    const id = this.id('f');
    const item = `it${this.ids}`;
    const fresh = view.looks.filter((look) => !this.listed.has(look));
    const look = fresh.length > 0 && this.chance(0.5) ? random.pick(fresh) : undefined;
    if (look !== undefined) this.listed.add(look);
    const over: ListSource =
      look !== undefined
        ? { from: 'output', step: look }
        : this.chance(0.93)
          ? { from: 'alert', entities: ENTITIES[this.entities++ % ENTITIES.length] ?? 'users' }
          : { from: 'constant', values: ['k1', 'k2', 'k3'].slice(0, 1 + random.below(3)) };
    const body = this.list({ ...deeper(view), items: [...view.items, item] }, this.left, false);
    const max = random.pick([1, 2, 3, 3, 5]);
    return {
      step: { kind: 'for-each', id, item, in: over, max, steps: body.steps, ...this.common(view), ...this.time(view) },
      view,
    };
  }

  private parallel(view: View): { readonly step: Step; readonly view: View } {
    const id = this.id('p');
    const join = this.chance(0.65) ? 'all' : 'any';
    const names = ['b1', 'b2', 'b3'].slice(0, this.chance(0.85) ? 2 : 3);
    const branches = names.map((name) => ({ name, ...this.list(deeper(view), 3, false) }));
    const step: Step = {
      kind: 'parallel',
      id,
      join,
      branches: branches.map(({ name, steps }) => ({ name, steps })),
      ...this.common(view),
      ...this.time(view),
    };
    return {
      step,
      view:
        join === 'all'
          ? merged(
              view,
              branches.map((one) => one.view),
            )
          : view,
    };
  }

  private call(view: View): CallStep {
    const callee = this.random.pick(this.callees);
    const inputs: { [name: string]: readonly Source[] } = {};
    for (const name of callee.inputs) inputs[name] = this.sources(view);
    const autonomy = this.chance(0.15) ? this.level() : undefined;
    return {
      kind: 'call',
      id: this.id('c'),
      playbook: callee.name,
      inputs,
      ...this.common(view),
      ...this.time(view),
      ...(autonomy && { autonomy }),
    };
  }

  private sources(view: View): readonly Source[] {
    const sources = [this.source(view)];
    if (this.chance(0.12)) sources.push(this.source(view));
    return sources;
  }

  private source(view: View): Source {
    const { random } = this;
    if (view.items.length > 0 && this.chance(0.5)) return { from: 'item', name: random.pick(view.items) };
    if (this.inputs.length > 0 && this.chance(0.4)) return { from: 'input', name: random.pick(this.inputs) };
    if (view.outputs.length > 0 && this.chance(0.45)) return { from: 'output', step: random.pick(view.outputs) };
    return this.chance(0.5) ? { from: 'alert' } : { from: 'constant', value: `k${random.below(3)}` };
  }

  private inline(): { timeout?: number; expires?: number } {
    return {
      ...(this.chance(0.4) && { timeout: this.random.pick(WAITS) }),
      ...(this.features.expiry && this.chance(0.15) && { expires: this.random.pick(EXPIRIES) }),
    };
  }

  private retry(): { retry?: { attempts: number; delay?: number } } {
    if (!this.features.retry || !this.chance(0.1)) return {};
    const delay = this.chance(0.4) ? this.random.pick(WAITS) : undefined;
    return { retry: { attempts: 2 + this.random.below(2), ...(delay !== undefined && { delay }) } };
  }

  /** A time for a step that holds others, mostly with a way to go on once it is over. */
  private time(view: View): { timeout?: number; onError?: Handler } {
    if (!this.chance(0.1)) return {};
    return { timeout: this.random.pick(WAITS), ...(this.chance(0.7) && { onError: this.handler(view) }) };
  }

  private timeout(): { timeout?: number } {
    return this.chance(0.5) ? { timeout: this.random.pick(WAITS) } : {};
  }

  /** Lets the gates of `steps` grant its acts, mostly so that each act has a gate before it. */
  private grant(steps: readonly Step[]): readonly Step[] {
    const order = everyStep(steps);
    const acts = order.filter((step): step is ActionStep => step.kind === 'action' && isConsequential(step.tool));
    const places = new Map(order.map((step, index) => [step.id, index]));
    const gates = order.filter((step) => step.kind === 'gate');
    const grants = new Map<string, string[]>(gates.map((gate) => [gate.id, []]));
    for (const act of acts) {
      const at = places.get(act.id) ?? 0;
      const before = gates.filter((gate) => (places.get(gate.id) ?? 0) < at);
      if (before.length > 0 && this.chance(0.85)) {
        // The nearest one at or above the act's own place in the tree is the likely one.
        const gate = this.chance(0.6) ? before.at(-1) : this.random.pick(before);
        if (gate) grants.get(gate.id)?.push(act.id);
        if (this.chance(0.15)) grants.get(this.random.pick(before).id)?.push(act.id);
      } else if (gates.length > 0 && this.chance(0.2)) grants.get(this.random.pick(gates).id)?.push(act.id);
    }
    const [anyAct] = acts;
    const settle = (list: readonly Step[]): readonly Step[] =>
      list.map((step) => {
        const inner = mapLists(step, settle);
        if (inner.kind !== 'gate') return inner;
        const at = places.get(inner.id) ?? 0;
        const own = [...new Set(grants.get(inner.id))];
        if (own.length > 0) return { ...inner, grants: own };
        const later = acts.filter((act) => (places.get(act.id) ?? 0) > at);
        if (later.length > 0) return { ...inner, grants: [this.random.pick(later).id] };
        if (anyAct) return { ...inner, grants: [anyAct.id] };
        const { id, when, onError } = inner;
        return { kind: 'manual', id, ...(when && { when }), ...(onError && { onError }) };
      });
    return settle(steps);
  }
}

function deeper(view: View): View {
  return { ...view, depth: view.depth + 1 };
}

/** What can be read after any of several lists. */
function merged(view: View, after: readonly View[]): View {
  return {
    ...view,
    outputs: [...new Set([...view.outputs, ...after.flatMap((one) => one.outputs)])],
    looks: [...new Set([...view.looks, ...after.flatMap((one) => one.looks)])],
  };
}
