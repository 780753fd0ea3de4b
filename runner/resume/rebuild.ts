import { setImmediate } from 'node:timers/promises';
import { EFFORTS } from '../../language/model/levels.js';
import type { Break } from '../engine/renew.js';
import type { Need } from '../models/most.js';
import type { ModelClient, ModelRequest } from '../models/port.js';
import type { Approver, Clock } from '../ports.js';
import type { Actor, Json, JsonObject, TraceEventName, TraceEvents, TraceLine } from '../protocol/trace.js';
import type { ToolAnswer, ToolHost } from '../tools/port.js';
import { canonical } from '../trace/canonical.js';
import type { Journal } from '../trace/journal.js';
import { approvalIn, responseIn, taskIn, toolAnswerIn, undoIn } from './recorded-answers.js';
import { differenceFrom } from './same-line.js';

type Writer = Pick<Journal, 'lines' | 'write'>;
type Intent = Extract<TraceLine, { readonly event: 'intent' }>;

export interface RebuildParts {
  /** What the trace holds, from `run.opened` on; the run is not closed. */
  readonly lines: readonly TraceLine[];
  /** What answers once the run has come to the end of the lines. */
  readonly model: ModelClient;
  readonly approver: Approver;
  readonly host: ToolHost;
  readonly clock: Clock;
  readonly journal: Writer;
  /** As the journal makes data fit to be written; `event` where it is the data of one. */
  readonly clean: (value: unknown, event?: TraceEventName) => Json;
  /** Who has the run go on now. */
  readonly by: string;
  /** Called once, after the last line and before anything new: writes that the run was resumed. */
  readonly onLive: () => Promise<void>;
  /**
   * What became of a call whose intent is the last that is known of it, found out without making it again; `undefined`
   * when it may be made again, since it only reads.
   */
  readonly inDoubt: (intent: Intent) => Promise<ToolAnswer | undefined>;
}

/** The ports of a run that first goes the way its trace tells, and then on. */
export interface Rebuilding {
  readonly model: ModelClient;
  readonly approver: Approver;
  readonly host: ToolHost;
  readonly clock: Clock;
  readonly journal: Writer;
  /** Whether a step was drawn for review, as far as the lines tell. */
  readonly drawn: (step: string) => boolean | undefined;
  /** When the run was cut off, as far as it has come. */
  readonly breaks: () => readonly Break[];
  /** Who had the run go on, as far as it has come. */
  readonly resumers: () => readonly string[];
  /** Whether the run goes on, behind the last line. */
  readonly isLive: () => boolean;
  /** Leads `run`, which uses these ports, through the lines. Rejects with a `RebuildError` when it goes another way. */
  readonly lead: <T>(run: Promise<T>) => Promise<T>;
}

/** The trace tells another story than the run that is rebuilt from it. `message` is for a person. */
export class RebuildError extends Error {
  override readonly name = 'RebuildError';
}

/** Who answers the same each time, and must be asked again so that they know where they are. */
const DETERMINISTIC = new Set(['scripted', 'file']);

/**
 * Turns of the event loop in which nothing was written, after which a run waits for an answer. More than it takes anywhere to
 * wait for what is no answer, such as the last word of a model that was cut off.
 */
const QUIET_TURNS = 40;

/** A question that is open: of a model, a tool or a person. */
interface Open {
  readonly kind: 'model' | 'tool' | 'approve' | 'task' | 'undo';
  /** Which answer it waits for: the step and turn, the call, the gate, the step, the call that would take an act back. */
  readonly key: string;
  readonly signal: AbortSignal;
  /** Answers what a line says. */
  readonly recorded: (line: TraceLine | undefined) => void;
  /** Asks whoever answers now. */
  readonly ask: () => void;
}

interface Sleep {
  readonly due: number;
  readonly wake: () => void;
  readonly left: () => void;
}

/**
 * Rebuilds the state of a run from its trace by running it again with the answers that are on record, in the order they
 * came: no model, tool or person is asked for what was answered, and no effect happens twice. What would be written is
 * compared with what is, line by line; at the first difference the run ends with nothing done and nothing written. After
 * the last line the same run goes on with the ports it was given.
 *
 * The engine's branches take turns on a floor, so which way a run goes depends on nothing but the answers and the order
 * they come in. Time stands at the last line that was reached.
 */
export function rebuild(parts: RebuildParts): Rebuilding {
  const { clock } = parts;
  const lines = ownLines(parts.lines);
  const end = lines.at(-1);
  const lastWritten = parts.lines.at(-1);
  if (!end || !lastWritten) throw new RebuildError('The trace has no line.');
  const past = breaksIn(parts.lines);
  const open = new Set<Open>();
  const sleeps = new Set<Sleep>();
  let position = 0;
  let virtual = 0;
  let waiting = 0;
  let intent: Intent | undefined;
  let failure: RebuildError | undefined;
  let going: Promise<void> | undefined;
  let live: { readonly at: number; readonly cutOff: number; readonly mono: number; readonly from: number } | undefined;
  let over = false;
  /** By call: what people say became of it. */
  const foundOut = new Map<string, ToolAnswer>();

  const reached = (): OwnLine => lines[Math.max(0, Math.min(position, lines.length) - 1)] ?? end;
  const monotonic = (): number =>
    live ? live.mono + (clock.monotonic() - live.from) : Math.max(virtual, reached().elapsed);

  /** The lines from the one that answers on. */
  const following = (): readonly TraceLine[] => lines.slice(position).map(({ line }) => line);

  const diverge = (why: string): RebuildError => {
    const told = lines.slice(0, position).find(({ line }) => isAnswer(line) && hasReplaced(line) && !saysAgain(line));
    if (told && !failure) {
      failure = new RebuildError(
        `The run cannot be rebuilt from its trace: a secret in it was replaced, in what line ${told.line.seq + 1} was answered, and cannot be read back. Where it was used (line ${(lines[position] ?? end).line.seq + 1}) it would have to be said again, by who said it. Nothing was run and nothing was written.`,
      );
    }
    failure ??= new RebuildError(
      `The run cannot be rebuilt from its trace: line ${(lines[position] ?? end).line.seq + 1} tells something else than what follows from the lines before it (${why}). Nothing was run and nothing was written.`,
    );
    return failure;
  };

  const goLive = (): Promise<void> => {
    going ??= (async () => {
      const at = clock.now();
      const cutOff = Date.parse(lastWritten.time);
      const away = Math.max(0, at - Date.parse(end.line.time));
      live = { at, cutOff, mono: Math.max(virtual, end.elapsed) + away, from: clock.monotonic() };
      await parts.onLive();
      for (const doubtful of intentsWithoutEnd(parts.lines)) {
        const answer = await parts.inDoubt(doubtful);
        if (answer) foundOut.set(doubtful.data.call, answer);
      }
      for (const one of [...open]) one.ask();
      for (const one of [...sleeps]) one.left();
    })();
    return going;
  };

  const journal: Writer = {
    get lines() {
      return live ? parts.journal.lines : position;
    },
    async write<E extends TraceEventName>(event: E, step: string | null, actor: Actor, data: TraceEvents[E]) {
      if (failure) throw failure;
      const line = lines[position]?.line;
      if (!line) {
        await goLive();
        // The last line counts the lines, and going on may just have added some.
        const counted = event === 'run.closed' ? { ...data, lines: parts.journal.lines + 1 } : data;
        return parts.journal.write(event, step, actor, counted);
      }
      const difference = differenceFrom(line, {
        event,
        step,
        actor: parts.clean(actor),
        data: parts.clean(data, event),
      });
      if (difference !== undefined) throw diverge(difference);
      position += 1;
      if (line.event === 'intent') intent = line;
      return line;
    },
  };

  /** Asks a question that the trace, or else whoever answers now, has the answer to. */
  const question = <T>(
    kind: Open['kind'],
    key: string,
    signal: AbortSignal,
    inLine: (line: TraceLine | undefined) => T,
    now: () => Promise<T>,
    again: boolean,
  ): Promise<T> => {
    if (live) return now();
    const asked = again ? now() : undefined;
    if (asked) {
      waiting += 1;
      const done = (): void => {
        waiting -= 1;
      };
      asked.then(done, done);
    }
    return new Promise<T>((resolve, reject) => {
      const close = (): void => {
        open.delete(one);
        signal.removeEventListener('abort', cutOff);
      };
      const cutOff = (): void => {
        close();
        const late = kind === 'model' ? lateAnswer(key) : undefined;
        if (late) resolve(inLine(late));
      };
      const one: Open = {
        kind,
        key,
        signal,
        recorded: (line) => {
          close();
          if (asked) asked.then(resolve, reject);
          else resolve(inLine(line));
        },
        ask: () => {
          close();
          (asked ?? now()).then(resolve, reject);
        },
      };
      open.add(one);
      signal.addEventListener('abort', cutOff, { once: true });
    });
  };

  /** The open question a line is the answer to. */
  const answeredBy = (line: TraceLine): Open | undefined => {
    const find = (kind: Open['kind'], key: string | null): Open | undefined =>
      [...open].find((one) => one.kind === kind && one.key === key);
    switch (line.event) {
      case 'model.response':
        // Of one that was cut off the time was up first.
        return line.data.stopReason === 'cut-off' ? undefined : find('model', turnKey(line.step ?? '', line.data.turn));
      case 'executed':
        return line.data.source === 'engine' ? undefined : find('tool', line.data.call);
      case 'decided':
      case 'gate.closed':
        return find('approve', line.data.gate);
      case 'authorized':
        return line.actor.kind === 'human' ? find('approve', line.step) : undefined;
      case 'proposed':
        return line.actor.kind === 'human' ? find('undo', callKey(line.data.call)) : undefined;
      default:
        // After a task nobody did in time the step goes on without a line of its own.
        return find('task', line.step);
    }
  };

  /** The line with the answer of a model or a tool to a question, if it came. */
  const answerTo = ({ kind, key }: Open): TraceLine | undefined => {
    for (const { line } of lines.slice(position)) {
      if (kind === 'tool' && line.event === 'executed' && line.data.call === key)
        return line.data.source === 'engine' ? undefined : line;
      if (kind !== 'model' || !line.event.startsWith('model.')) continue;
      if (line.event === 'model.request' && turnKey(line.step ?? '', line.data.turn) === key) return undefined;
      if (line.event === 'model.response' && turnKey(line.step ?? '', line.data.turn) === key)
        return line.data.stopReason === 'cut-off' ? undefined : line;
    }
    return undefined;
  };

  /** Gives the run its next answer. Returns whether there was one. */
  const answerNext = (): boolean => {
    const next = lines[position];
    if (!next) return false;
    const one = answeredBy(next.line);
    if (one) {
      virtual = Math.max(virtual, next.elapsed);
      one.recorded(next.line);
      return true;
    }
    const first = [...sleeps].sort((a, b) => a.due - b.due)[0];
    if (!first) return false;
    virtual = Math.max(virtual, first.due);
    first.wake();
    return true;
  };

  const conduct = async (): Promise<void> => {
    for (let quiet = 0; !live && !failure && !over; ) {
      const before = position;
      await setImmediate();
      if (live || failure || over) return;
      quiet = position !== before || waiting > 0 ? 0 : quiet + 1;
      if (quiet < QUIET_TURNS) continue;
      quiet = 0;
      if (position === lines.length) return goLive();
      if (!answerNext()) throw diverge('nothing that was asked has this answer');
    }
  };

  /** What a model said that was told to end, if it was in time to be written down. */
  const lateAnswer = (key: string): TraceLine | undefined =>
    lines.slice(position).find(({ line }) => isCutOff(line, key))?.line;

  const mayAnswer = (person: string): boolean => !live || person !== parts.by;
  const { model, approver, host } = parts;
  const [first] = parts.lines;
  const opened = first?.event === 'run.opened' ? first.data : undefined;
  const repeats =
    (!model.ai || model.provider === 'replay') &&
    // What it draws from is not in the trace.
    model.provider !== 'adversary' &&
    opened?.model.provider === model.provider &&
    opened.model.id === model.id;
  const answersAgain = DETERMINISTIC.has(approver.how) && approver.how === opened?.approvals;
  return {
    clock: {
      inTime(signal) {
        const waits = live ? undefined : [...open].find((one) => one.signal === signal);
        const line = waits && answerTo(waits);
        if (line) waits.recorded(line);
        return line !== undefined;
      },
      now: () => (live ? clock.now() : Date.parse(reached().line.time)),
      monotonic,
      sleep(ms, signal) {
        if (live) return clock.sleep(ms, signal);
        return new Promise((resolve) => {
          const finish = (): void => {
            sleeps.delete(sleep);
            signal.removeEventListener('abort', finish);
            resolve();
          };
          const due = monotonic() + ms;
          const sleep: Sleep = {
            due,
            wake: finish,
            left: () => {
              sleeps.delete(sleep);
              clock.sleep(Math.max(0, due - monotonic()), signal).then(finish, finish);
            },
          };
          if (signal.aborted) return resolve();
          sleeps.add(sleep);
          signal.addEventListener('abort', finish, { once: true });
        });
      },
    },
    model: {
      provider: model.provider,
      // What acts in the lines is the model that answered then.
      get id() {
        return live || !opened ? model.id : opened.model.id;
      },
      ai: model.ai,
      note: model.note,
      choose: (wish, step) => {
        const next = live
          ? undefined
          : following().find((line) => line.event === 'model.request' && line.step === step);
        if (next?.event !== 'model.request') return model.choose?.(wish, step) ?? { model: model.id };
        const { model: id } = next.data;
        const effort = EFFORTS.find((one) => one === next.data.effort);
        return { model: id, ...(effort === undefined ? {} : { effort }) };
      },
      // What turns wait for each other by is settled as well, whatever the model costs now.
      need: (request) => (live ? model.need?.(request) : needIn(lines[position]?.line, request)),
      complete: (request, signal) =>
        question(
          'model',
          turnKey(request.step, request.turn),
          signal,
          (line) =>
            line?.event === 'model.response'
              ? responseIn(line)
              : { kind: 'failed', reason: 'No answer is on record.', usage: NO_USAGE },
          () => model.complete(request, signal),
          repeats,
        ),
    },
    approver: {
      get how() {
        return live || !opened ? approver.how : opened.approvals;
      },
      approve: (request, signal) =>
        question(
          'approve',
          request.gate,
          signal,
          (line) =>
            line?.event === 'decided' || line?.event === 'authorized' ? approvalIn(line, following()) : undefined,
          // Who has it go on may not answer what was asked before they did.
          () => approver.approve({ ...request, approvers: request.approvers.filter(mayAnswer) }, signal),
          answersAgain,
        ),
      task: (request, signal) =>
        question(
          'task',
          request.step,
          signal,
          (line) => (line?.event === 'task.done' ? taskIn(line) : undefined),
          () => approver.task(request, signal),
          answersAgain,
        ),
      offerUndo(offer, signal) {
        if (live) return approver.offerUndo?.(offer, signal);
        const now = approver.offerUndo && answersAgain ? approver.offerUndo(offer, signal) : undefined;
        if (now && !(now instanceof Promise)) return now;
        const next = lines[position]?.line;
        const key = callKey(offer.undo);
        // What was taken back at once has its line next.
        if (next?.event === 'proposed' && next.actor.kind === 'human' && callKey(next.data.call) === key)
          return undoIn(next, following());
        return question(
          'undo',
          key,
          signal,
          (line) => (line?.event === 'proposed' ? undoIn(line, following()) : undefined),
          async () => now ?? (answersAgain ? undefined : approver.offerUndo?.(offer, signal)),
          false,
        );
      },
    },
    host: {
      call(request, signal) {
        const made = live ? undefined : intent?.data.call;
        const line =
          made === undefined
            ? undefined
            : following().find((one) => one.event === 'executed' && one.data.call === made);
        return question(
          'tool',
          made ?? '',
          signal,
          (line) =>
            line?.event === 'executed'
              ? toolAnswerIn(line)
              : { ok: false, error: 'No answer is on record.', source: 'engine' },
          // The last that is known of a call may be that it was about to be made.
          async () => (made === undefined ? undefined : foundOut.get(made)) ?? host.call(request, signal),
          // What was replaced in it is where it came from.
          line !== undefined && hasReplaced(line) && saysAgain(line),
        );
      },
    },
    journal,
    drawn: (step) => {
      // It is drawn right before that is written.
      const next = live ? undefined : lines[position]?.line;
      return next && next.event === 'review.requested' && next.step === step;
    },
    breaks: () => {
      const until = live ? Number.POSITIVE_INFINITY : (lines[position]?.line.seq ?? Number.POSITIVE_INFINITY);
      const before = past.filter(({ seq }) => seq < until);
      return live ? [...before, { from: live.cutOff, to: live.at }] : before;
    },
    resumers: () => {
      const until = live ? Number.POSITIVE_INFINITY : (lines[position]?.line.seq ?? Number.POSITIVE_INFINITY);
      const before = parts.lines.flatMap((line) =>
        line.event === 'resumed' && line.seq < until ? [line.data.by] : [],
      );
      return live ? [...before, parts.by] : before;
    },
    isLive: () => live !== undefined,
    async lead(run) {
      const ended = run.finally(() => {
        over = true;
      });
      ended.catch(() => undefined);
      await Promise.race([conduct(), ended]);
      return ended;
    },
  };
}

/** A line the run itself wrote, and the milliseconds since it opened, time it was cut off included. */
interface OwnLine {
  readonly line: TraceLine;
  readonly elapsed: number;
}

/**
 * The lines without what going on with the trace added to them: that is not part of the run. The time the run was cut off
 * counts, which `mono` leaves out: nobody answered, and deadlines did not wait.
 */
function ownLines(lines: readonly TraceLine[]): readonly OwnLine[] {
  const own: OwnLine[] = [];
  let away = 0;
  for (const [index, line] of lines.entries()) {
    const before = lines[index - 1];
    if (line.event === 'resumed' && before) {
      away += Math.max(0, Date.parse(line.time) - Date.parse(before.time) - (line.mono - before.mono));
    }
    if (!isOfResuming(line)) own.push({ line, elapsed: line.mono + away });
  }
  return own;
}

/** The times in which the run was cut off before, and the line after each. */
function breaksIn(lines: readonly TraceLine[]): readonly (Break & { readonly seq: number })[] {
  return lines.flatMap((line, index) => {
    const before = lines[index - 1];
    return line.event === 'resumed' && before
      ? [{ from: Date.parse(before.time), to: Date.parse(line.time), seq: line.seq }]
      : [];
  });
}

function isOfResuming({ event, step }: TraceLine): boolean {
  switch (event) {
    case 'recovered':
    case 'resumed':
    case 'outcome.unknown':
      return true;
    case 'task.opened':
    case 'task.done':
      // A step's tasks have a step; what became of a call is asked outside of it.
      return step === null;
    default:
      return false;
  }
}

/** Calls that were about to be made when the lines end, as far as is known. */
function intentsWithoutEnd(lines: readonly TraceLine[]): readonly Intent[] {
  const left = new Map<string, Intent>();
  for (const line of lines) {
    if (line.event === 'intent') left.set(line.data.call, line);
    if (line.event === 'executed' || line.event === 'withheld') left.delete(line.data.call);
  }
  return [...left.values()];
}

/** What a turn needed, as the line tells that comes next: what it waited for, or what it got. */
function needIn(line: TraceLine | undefined, { step, turn }: ModelRequest): Need | undefined {
  if (line?.step !== step) return undefined;
  if (line.event === 'budget.waiting' && line.data.turn === turn) return line.data;
  if (line.event !== 'model.request' || line.data.turn !== turn) return undefined;
  const got = { tokens: 0, usd: 0, ...line.data.reserved };
  return { most: got, least: got };
}

function isCutOff(line: TraceLine, key: string): boolean {
  return (
    line.event === 'model.response' &&
    line.data.stopReason === 'cut-off' &&
    turnKey(line.step ?? '', line.data.turn) === key
  );
}

/** Whether a secret in a line was replaced. Also what looks like it: then it is asked for once more, or is the reason. */
function hasReplaced({ data }: TraceLine): boolean {
  return JSON.stringify(data).includes('[redacted:');
}

/** Sources of answers that are the files of the run, which are as they were: asked the same, they say the same. */
const FROM_FILES = /^(?:recorded|simulated|evidence|built-in:.*)$/;

function saysAgain(line: TraceLine): boolean {
  return line.event === 'executed' && FROM_FILES.test(line.data.source);
}

/** Whether a line is what somebody answered, as a run is led through it. */
function isAnswer({ event, actor }: TraceLine): boolean {
  if (event === 'model.response' || event === 'executed' || event === 'task.done') return true;
  return actor.kind === 'human' && (event === 'decided' || event === 'modified');
}

const NO_USAGE = { inputTokens: 0, outputTokens: 0, usd: 0 };

function callKey({ tool, arguments: args }: { readonly tool: string; readonly arguments: JsonObject }): string {
  return `${tool} ${canonical(args)}`;
}

function turnKey(step: string, turn: number): string {
  return `${step} ${turn}`;
}
