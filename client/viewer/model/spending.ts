import type { Limits, TraceLine } from '../../../runner/protocol/trace.js';

export const MEASURES = ['turns', 'tokens', 'usd', 'toolCalls', 'time'] as const;
export type Measure = (typeof MEASURES)[number];

export type Amounts = Readonly<Record<Measure, number>>;

/** What the run, or one agent step, had used by when. */
export interface Scope {
  /** Path of the step; `null` for the run. */
  readonly step: string | null;
  /** Which time that step ran, from 1. */
  readonly occurrence: number;
  readonly at: number;
  /** Milliseconds since the run opened. */
  readonly from: number;
  to: number | undefined;
  /** Only those the trace tells. `time` in milliseconds. */
  limits: Partial<Amounts>;
  /** The limit that ended it, in the trace's words. */
  exceeded: string | null;
  /** After each turn and call; `time` stays 0 and follows from `from`. Thinned out where there are very many. */
  points: Point[];
  used: Record<Measure, number>;
  /** Whether `used` is as the engine counted it, and not as added up here. */
  counted: boolean;
}

export interface Point {
  readonly mono: number;
  readonly at: number;
  readonly used: Amounts;
}

/** More than can be told apart in a picture. */
const MAX_POINTS = 512;

/** What a run used, over time. Fed line by line, it only grows. */
export class Spending {
  /** The run first, then each agent step in the order they began. */
  readonly scopes: Scope[] = [];
  readonly #open = new Map<string, Scope>();
  readonly #occurrences = new Map<string, number>();
  #taken = 0;

  add(line: TraceLine): void {
    const at = this.#taken++;
    const run = this.scopes[0] ?? this.#begin(null, line.mono, at);
    if (line.event !== 'run.closed') run.used.time = line.mono - run.from;
    const own = line.step === null ? undefined : this.#open.get(line.step);
    switch (line.event) {
      case 'run.opened':
        run.limits = limitsOf(line.data.limits);
        return;
      case 'step.entered':
        if (line.data.kind === 'agent') this.#open.set(line.step ?? '', this.#begin(line.step, line.mono, at));
        return;
      case 'model.request':
        if (line.data.limits !== undefined && own !== undefined) own.limits = limitsOf(line.data.limits);
        return;
      case 'model.response': {
        const { inputTokens, outputTokens, usd, turns } = line.data.usage;
        spend([run, own], line, at, { turns: Math.max(1, turns), tokens: inputTokens + outputTokens, usd });
        return;
      }
      case 'intent':
        spend([run, own], line, at, { toolCalls: 1 });
        return;
      case 'budget': {
        const scope = line.step === null ? run : own;
        if (scope === undefined) return;
        const { turns, inputTokens, outputTokens, usd, toolCalls, elapsedMs, exceeded } = line.data;
        scope.used = { turns, tokens: inputTokens + outputTokens, usd, toolCalls, time: elapsedMs };
        scope.points.push({ mono: line.mono, at, used: { ...scope.used, time: 0 } });
        scope.exceeded = exceeded;
        scope.counted = true;
        scope.to = line.mono;
        return;
      }
      case 'step.left':
        if (own === undefined) return;
        own.to ??= line.mono;
        this.#open.delete(line.step ?? '');
        return;
      default:
        return;
    }
  }

  #begin(step: string | null, from: number, at: number): Scope {
    const occurrence = (this.#occurrences.get(step ?? '') ?? 0) + 1;
    this.#occurrences.set(step ?? '', occurrence);
    const used = { turns: 0, tokens: 0, usd: 0, toolCalls: 0, time: 0 };
    const scope: Scope = {
      step,
      occurrence,
      at,
      from,
      to: undefined,
      limits: {},
      exceeded: null,
      points: [{ mono: from, at, used }],
      used: { ...used },
      counted: false,
    };
    this.scopes.push(scope);
    return scope;
  }
}

function spend(scopes: readonly (Scope | undefined)[], { mono }: TraceLine, at: number, more: Partial<Amounts>): void {
  for (const scope of scopes) {
    if (scope === undefined) continue;
    for (const measure of MEASURES) scope.used[measure] += more[measure] ?? 0;
    scope.points.push({ mono, at, used: { ...scope.used, time: 0 } });
    // Every second one goes; the first and the newest stay.
    if (scope.points.length > MAX_POINTS) {
      const newest = scope.points.length - 1;
      scope.points = scope.points.filter((_, index) => index % 2 === 0 || index === newest);
    }
  }
}

function limitsOf(limits: Limits | undefined): Partial<Amounts> {
  if (limits === undefined) return {};
  const { turns, tokens, usd, toolCalls, timeMs } = limits;
  return {
    ...(turns === undefined ? {} : { turns }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(usd === undefined ? {} : { usd }),
    ...(toolCalls === undefined ? {} : { toolCalls }),
    ...(timeMs === undefined ? {} : { time: timeMs }),
  };
}
