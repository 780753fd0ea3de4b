import type { TraceEnds } from './trace-ends.js';

/** What a list of runs says of one, from the ends of its trace. Nothing of it is verified. */
export type RunSummary =
  | {
      readonly kind: 'run';
      readonly playbook: string;
      readonly case: string;
      /** RFC 3339. */
      readonly started: string;
      /** Who answered the agent steps. */
      readonly model: string;
      /** `null`: the trace stops short of its end. */
      readonly end: RunEnd | null;
    }
  /** Its first line is not that of a trace this version reads. */
  | { readonly kind: 'unreadable' };

export interface RunEnd {
  readonly outcome: string;
  readonly verdict: string | null;
  readonly reason: string;
  /** US dollars. */
  readonly usd: number;
}

/** A trace may come from anybody, so each field is looked at. */
export function summaryOf({ first, last }: TraceEnds): RunSummary {
  const opened = lineOf(first);
  const { playbook, case: sample, model } = record(opened?.data);
  const [id, on] = [record(playbook).id, record(sample).id];
  if (opened?.event !== 'run.opened' || typeof id !== 'string' || typeof on !== 'string') return { kind: 'unreadable' };
  const closed = lineOf(last);
  return {
    kind: 'run',
    playbook: id,
    case: on,
    started: typeof opened.time === 'string' ? opened.time : '',
    model: text(record(model).id),
    end: closed?.event === 'run.closed' && closed.run === opened.run ? endOf(record(closed.data)) : null,
  };
}

function endOf({ outcome, verdict, reason, usage }: Fields): RunEnd {
  const { usd } = record(usage);
  return {
    outcome: text(outcome),
    verdict: verdict === null || verdict === undefined ? null : text(verdict),
    reason: text(reason),
    usd: typeof usd === 'number' ? usd : 0,
  };
}

/** A line of the format of this version. */
function lineOf(line: string | undefined): Fields | undefined {
  if (line === undefined) return undefined;
  try {
    const fields = record(JSON.parse(line));
    return fields.v === 1 ? fields : undefined;
  } catch {
    return undefined;
  }
}

type Fields = { readonly [name: string]: unknown };

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
