import type { Json, StepOutcome, TraceLine } from '../../../runner/protocol/trace.js';

/**
 * The path a run took, from its trace alone: each time a step was entered or skipped, what stood in it, and what happened
 * in it that took time. Fed line by line, it only grows.
 */
export interface StepNode {
  /** Which of all the nodes, in the order they came. */
  readonly id: number;
  /** The step's path. */
  readonly path: string;
  readonly kind: string;
  readonly title: string;
  readonly because: string;
  /** Index of the line that entered or skipped it. */
  readonly at: number;
  /** Milliseconds since the run opened. */
  readonly from: number;
  readonly parent: StepNode | undefined;
  /** Of the branch of a parallel step, else empty. */
  readonly branch: string;
  /** Which step of its path this is, from 1: a loop enters the same one again. */
  readonly occurrence: number;
  /** `undefined` while it is under way; `skipped` when its guard was false. */
  outcome: StepOutcome | undefined;
  error: string | null;
  handler: string | null;
  to: number | undefined;
  /** Index of the line that left it. */
  leftAt: number | undefined;
  /** What stands in it, by branch, round or called playbook. A plain step has none. */
  readonly lanes: Lane[];
  /** What took time in it. */
  readonly parts: Part[];
  /** Consequential calls that ran, and calls that were denied. */
  acts: number;
  denials: number;
}

/** Steps that follow one another in a step. */
export interface Lane {
  readonly name: string;
  /** Why this one, and what became of the others. */
  note: string;
  /** Whether it was stopped before its end. */
  stopped: boolean;
  readonly steps: StepNode[];
}

export type PartKind = 'turn' | 'call' | 'approval' | 'task' | 'pause';

/** One thing that took time in a step. */
export interface Part {
  readonly kind: PartKind;
  readonly label: string;
  /** Index of the line it begins with. */
  readonly at: number;
  readonly from: number;
  to: number | undefined;
  /** How it ended, in a word; empty while it has not, or where there is nothing to say. */
  state: '' | 'denied' | 'failed' | 'simulated' | 'withheld';
  /** Of a call: the turn it was made in. */
  readonly turn: Part | undefined;
}

/** Whether people are waited for. */
export function isWaiting({ kind }: Part): boolean {
  return kind === 'approval' || kind === 'task';
}

export class StepTree {
  /** The steps of the playbook itself, in the order they came. */
  readonly top: StepNode[] = [];
  /** How many steps were entered or skipped. */
  count = 0;
  /** Parts that wait for people, in the order they began. */
  readonly waits: Part[] = [];
  /** Parts that belong to no step: what is asked after a crash. */
  readonly loose: Part[] = [];
  readonly #open = new Map<string, StepNode>();
  /** By path, in the order they came: a loop enters the same one again. */
  readonly #byPath = new Map<string, StepNode[]>();
  /** Parts that are under way: calls by id, turns and questions by step. */
  readonly #going = new Map<string, Part>();
  /** Which step a call is made in, and whether it acts on the world. */
  readonly #calls = new Map<string, { readonly node: StepNode | undefined; readonly consequential: boolean }>();
  #taken = 0;

  /** The step that a line of a path belongs to: the last of that path that was entered up to there. */
  stepOf(path: string, index: number): StepNode | undefined {
    const nodes = this.#byPath.get(path) ?? [];
    let [low, high] = [0, nodes.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((nodes[middle]?.at ?? 0) <= index) low = middle + 1;
      else high = middle;
    }
    return nodes[low - 1];
  }

  /** Takes in the next line. */
  add(line: TraceLine): void {
    const at = this.#taken++;
    const node = line.step === null ? undefined : this.#open.get(line.step);
    switch (line.event) {
      case 'step.entered':
        this.#open.set(line.step ?? '', this.#enter(line, at, { ...line.data, outcome: undefined }));
        return;
      case 'step.skipped':
        this.#enter(line, at, { ...line.data, title: '', outcome: 'skipped' });
        return;
      case 'step.left':
        if (node === undefined) return;
        Object.assign(node, { outcome: line.data.outcome, error: line.data.error, handler: line.data.handler });
        Object.assign(node, { to: line.mono, leftAt: at });
        this.#finish(`turn ${node.path}`, line.mono);
        this.#open.delete(node.path);
        return;
      case 'branch': {
        const { taken, expression, value } = line.data;
        node?.lanes.push(lane(taken, `because ${expression} is ${brief(value)}. Other branches were not taken.`));
        return;
      }
      case 'iteration': {
        const { index, of, item } = line.data;
        node?.lanes.push(lane(`round ${index + 1} of ${of}`, brief(item)));
        return;
      }
      case 'called':
        node?.lanes.push(lane(`${line.data.playbook} ${line.data.version}`, line.data.file));
        return;
      case 'joined':
        if (node !== undefined) join(node, line.data);
        return;
      default:
        this.#part(line, at, node);
    }
  }

  #enter(
    line: TraceLine,
    at: number,
    step: {
      readonly kind: string;
      readonly title: string;
      readonly because: string;
      readonly within?: string;
      readonly branch?: string;
      readonly outcome: StepOutcome | undefined;
    },
  ): StepNode {
    const path = line.step ?? '';
    const known = this.#byPath.get(path) ?? [];
    this.#byPath.set(path, known);
    const parent = step.within === undefined ? undefined : this.#open.get(step.within);
    const node: StepNode = {
      id: this.count++,
      path,
      kind: step.kind,
      title: step.title || path,
      because: step.because,
      at,
      from: line.mono,
      parent,
      branch: step.branch ?? '',
      occurrence: known.length + 1,
      outcome: step.outcome,
      error: null,
      handler: null,
      to: step.outcome === undefined ? undefined : line.mono,
      leftAt: step.outcome === undefined ? undefined : at,
      lanes: [],
      parts: [],
      acts: 0,
      denials: 0,
    };
    known.push(node);
    if (parent === undefined) this.top.push(node);
    else laneFor(parent, node.branch).steps.push(node);
    return node;
  }

  #part(line: TraceLine, at: number, node: StepNode | undefined): void {
    const begin = (key: string, kind: PartKind, label: string, turn?: Part): void => {
      const part: Part = { kind, label, at, from: line.mono, to: undefined, state: '', turn };
      (node?.parts ?? this.loose).push(part);
      if (isWaiting(part)) this.waits.push(part);
      this.#finish(key, line.mono);
      this.#going.set(key, part);
    };
    switch (line.event) {
      case 'model.request':
        begin(`turn ${line.step}`, 'turn', `turn ${line.data.turn}`);
        return;
      case 'model.response':
        this.#finish(`turn ${line.step}`, line.mono, line.data.stopReason === 'failed' ? 'failed' : '');
        return;
      case 'proposed': {
        const { id, tool, effect } = line.data.call;
        this.#calls.set(id, { node, consequential: effect !== 'read' && effect !== 'record' });
        const turn = node?.parts.findLast(({ kind }) => kind === 'turn');
        begin(`call ${id}`, 'call', tool, turn);
        return;
      }
      case 'authorized':
        if (line.data.decision !== 'deny') return;
        this.#finish(`call ${line.data.call}`, line.mono, 'denied');
        if (node !== undefined) node.denials += 1;
        return;
      case 'executed': {
        const { call, ok, simulated } = line.data;
        this.#finish(`call ${call}`, line.mono, ok ? (simulated ? 'simulated' : '') : 'failed');
        const known = this.#calls.get(call);
        this.#calls.delete(call);
        if (known?.consequential === true && ok && known.node !== undefined) known.node.acts += 1;
        return;
      }
      case 'outcome.unknown':
        this.#finish(`call ${line.data.call}`, line.mono, 'failed');
        return;
      case 'withheld':
        this.#finish(`call ${line.data.call}`, line.mono, 'withheld');
        return;
      case 'gate.opened':
        begin(`gate ${line.data.gate}`, 'approval', 'waiting for approval');
        return;
      case 'gate.closed':
        this.#finish(`gate ${line.data.gate}`, line.mono, line.data.outcome === 'approved' ? '' : 'denied');
        return;
      case 'task.opened':
        begin(`task ${line.step}`, 'task', `waiting for ${line.data.role || 'a person'}`);
        return;
      case 'task.done':
        this.#finish(`task ${line.step}`, line.mono, line.data.performed ? '' : 'denied');
        return;
      case 'retry':
        begin(`pause ${line.step}`, 'pause', `attempt ${line.data.attempt} of ${line.data.of}`);
        this.#finish(`pause ${line.step}`, line.mono + line.data.delayMs);
        return;
      default:
        return;
    }
  }

  #finish(key: string, to: number, state: Part['state'] = ''): void {
    const part = this.#going.get(key);
    if (part === undefined) return;
    part.to = to;
    part.state = state;
    this.#going.delete(key);
  }
}

/** Milliseconds of a range in which at least one of the parts goes on; `end` for those that still do. */
export function covered(parts: Iterable<Part>, from: number, to: number, end: number): number {
  let sum = 0;
  let reached = from;
  const sorted = [...parts].sort((a, b) => a.from - b.from);
  for (const part of sorted) {
    const begins = Math.max(part.from, reached);
    const ends = Math.min(part.to ?? end, to);
    if (ends > begins) sum += ends - begins;
    reached = Math.max(reached, ends);
  }
  return sum;
}

function laneFor(parent: StepNode, branch: string): Lane {
  if (branch !== '') {
    const known = parent.lanes.find(({ name }) => name === branch);
    if (known !== undefined) return known;
    const fresh = lane(branch, '');
    parent.lanes.push(fresh);
    return fresh;
  }
  const last = parent.lanes.at(-1) ?? lane('', '');
  if (parent.lanes.length === 0) parent.lanes.push(last);
  return last;
}

function join(node: StepNode, joined: { readonly join: string; readonly stopped: readonly string[] }): void {
  for (const branch of joined.stopped) {
    const stopped = laneFor(node, branch);
    stopped.stopped = true;
    stopped.note =
      stopped.steps.length === 0
        ? 'Ended before its first step.'
        : joined.join === 'any'
          ? 'Ended before its end: another branch was first.'
          : 'Ended before its end.';
  }
}

function lane(name: string, note: string): Lane {
  return { name, note, stopped: false, steps: [] };
}

function brief(value: Json): string {
  const text = typeof value === 'string' ? `“${value}”` : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
