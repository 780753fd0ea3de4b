import { createInterface, type Interface } from 'node:readline';
import { visible } from '../../language/visible.js';
import type { Approver } from '../ports.js';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  CallChange,
  TaskAnswer,
  TaskRequest,
  UndoAnswer,
  UndoOffer,
} from '../protocol/messages.js';
import type { Call, Json } from '../protocol/trace.js';
import { isJsonObject } from '../trace/json-object.js';

/** Where to ask. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks whoever sits at the terminal, with everything there is to see. Only the whole word `approve` approves, and `modify`,
 * `escalate` and `end` are taken as they are said; anything else rejects, and the end of the input is silence. Questions of
 * parallel branches are asked one after the other, and each says how many wait; what was typed for one that was withdrawn is
 * not taken for the next. What was done without asking can be taken back by saying so, whatever is asked, until the run is over.
 */
export function terminalApprover({ input, output }: Terminal): Approver & { close(): void } {
  const lines = lineReader(input);
  const say = (text: string): void => {
    output.write(`${text}\n`);
  };
  const ask = (question: string, signal: AbortSignal): Promise<string | undefined> => {
    output.write(question);
    return lines.next(signal);
  };
  let last: Promise<unknown> = Promise.resolve();
  const sayWaiting = (): void => {
    const others = [...waiting].filter(({ signal }) => !signal.aborted).length;
    if (others > 0)
      say(`\n(${others === 1 ? '1 more question waits' : `${others} more questions wait`} behind this one.)`);
  };
  const waiting = new Set<{ readonly signal: AbortSignal }>();
  let asking = false;
  const oneAtATime = <T>(signal: AbortSignal, question: () => Promise<T | undefined>): Promise<T | undefined> => {
    const turn = { signal };
    waiting.add(turn);
    if (asking) sayWaiting();
    const asked = last.then(async () => {
      waiting.delete(turn);
      if (signal.aborted) return undefined;
      sayWaiting();
      asking = true;
      const answer = await question();
      asking = false;
      if (signal.aborted) {
        lines.drop();
        say('\nThis question is closed; no answer counts any more.');
      }
      lines.look();
      return answer;
    });
    last = asked.catch(() => undefined);
    return asked;
  };
  /** Acts that can be taken back, by the number they are called. */
  const offers = new Map<
    string,
    { readonly signal: AbortSignal; readonly take: (question: AbortSignal) => Promise<undefined> }
  >();
  let offered = 0;
  /** Which offer a line is about, where one was made; `undefined` when it is about none. */
  const named = (line: string): string | undefined => (offered > 0 ? /^undo (\d+)$/.exec(line.trim())?.[1] : undefined);
  const takeNamed = async (number: string, question?: AbortSignal): Promise<undefined> => {
    const offer = offers.get(number);
    if (!offer) say(`There is nothing to take back as ${number}${offers.size > 0 ? '' : ' any more'}.`);
    else await offer.take(question ?? offer.signal);
  };
  /** Asks for one word of several, and takes acts back meanwhile. */
  const choose = async (question: string, signal: AbortSignal): Promise<string | undefined> => {
    for (;;) {
      const typed = await ask(question, signal);
      const number = typed === undefined ? undefined : named(typed);
      if (number === undefined) return typed;
      await takeNamed(number, signal);
    }
  };
  lines.meanwhile((line) => {
    const number = asking ? undefined : named(line);
    if (number !== undefined) oneAtATime(offers.get(number)?.signal ?? NEVER, () => takeNamed(number));
    return number !== undefined;
  });
  return {
    how: 'terminal',
    close: lines.close,
    offerUndo(offer, signal) {
      const number = `${++offered}`;
      lines.open();
      say(describeUndo(offer, number));
      return new Promise((resolve) => {
        const close = (answer?: UndoAnswer): void => {
          offers.delete(number);
          signal.removeEventListener('abort', end);
          resolve(answer);
        };
        const end = (): void => close();
        const take = async (question: AbortSignal): Promise<undefined> => {
          const answer = await takeBack(offer, AbortSignal.any([signal, question]));
          if (answer) close(answer);
        };
        offers.set(number, { signal, take });
        if (signal.aborted) return end();
        signal.addEventListener('abort', end, { once: true });
      });
    },
    approve: (request, signal) => oneAtATime(signal, () => approve(request, signal)),
    task: (request, signal) => oneAtATime(signal, () => task(request, signal)),
  };

  /** Who takes an act back, and why. Whoever may not leaves it as it is. */
  async function takeBack({ call, people }: UndoOffer, signal: AbortSignal): Promise<UndoAnswer | undefined> {
    const as = (await ask(`Who takes it back? (${people.join(', ')}): `, signal))?.trim();
    if (as !== undefined && !people.includes(as)) {
      say(`${visible(JSON.stringify(as))} may not take it back, so it stays as it is.`);
      return undefined;
    }
    const reason = as === undefined ? undefined : await ask('Why? ', signal);
    if (signal.aborted) say(`\n${visible(call.tool)} can no longer be taken back in this run.`);
    return as === undefined || reason === undefined || signal.aborted ? undefined : { as, reason: reason.trim() };
  }

  async function approve(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer | undefined> {
    say(describeApproval(request));
    const words = ['modify', ...(request.escalateTo.length > 0 ? ['escalate'] : []), 'end'] as const;
    const others = words.map((word) => `"${word}"`).join(', ');
    const typed = await choose(`Type "approve" to approve (or ${others}); anything else rejects: `, signal);
    if (typed === undefined) return undefined;
    const as = await ask(`Who are you? (${request.approvers.join(', ')}): `, signal);
    if (as === undefined) return undefined;
    const reason = await ask('Why? ', signal);
    if (reason === undefined) return undefined;
    if (!request.approvers.includes(as.trim())) {
      say(`${visible(JSON.stringify(as.trim()))} may not answer here, so the answer does not count.`);
    }
    const said = { as: as.trim(), reason: reason.trim() };
    const decision = typed.trim();
    switch (decision) {
      case 'approve':
      case 'end':
        return { ...said, decision };
      case 'escalate': {
        const to = await ask(`To which role? (${request.escalateTo.join(', ')}): `, signal);
        return to === undefined ? undefined : { ...said, decision, to: to.trim() };
      }
      case 'modify': {
        const change = await askChange(request, signal);
        return change && { ...said, decision, changes: [change] };
      }
      default:
        return { ...said, decision: 'reject' };
    }
  }

  /** Which call is changed, and to what. Nothing is taken from an answer that is not understood: it is asked again. */
  async function askChange({ calls }: ApprovalRequest, signal: AbortSignal): Promise<CallChange | undefined> {
    for (;;) {
      const number = calls.length === 1 ? '1' : await ask(`Which call? (1 to ${calls.length}): `, signal);
      if (number === undefined) return undefined;
      const call = calls[Number(number.trim()) - 1];
      if (!call) {
        say('There is no such call.');
        continue;
      }
      const typed = await ask('Which arguments change, as JSON? For example {"user": "eve"}: ', signal);
      if (typed === undefined) return undefined;
      const changed = typedValue(typed.trim());
      if (isJsonObject(changed)) return { call: call.id, arguments: { ...call.arguments, ...changed } };
      say('That is no JSON object.');
    }
  }

  async function task(request: TaskRequest, signal: AbortSignal): Promise<TaskAnswer | undefined> {
    say(describeTask(request));
    const done = await choose('Type "done" when it is done; anything else says it was not: ', signal);
    if (done === undefined) return undefined;
    const as = await ask(`Who are you?${request.people.length > 0 ? ` (${request.people.join(', ')})` : ''}: `, signal);
    if (as === undefined) return undefined;
    const fields: { [field: string]: Json } = Object.create(null);
    for (const name of done.trim() === 'done' ? fieldNames(request.fields) : []) {
      const value = await ask(`${name}: `, signal);
      if (value === undefined) return undefined;
      fields[name] = typedValue(value.trim());
    }
    return { done: done.trim() === 'done', as: as.trim(), output: fields };
  }
}

const NEVER = new AbortController().signal;

/** Everything a person needs to see to decide, nothing cut short. */
function describeApproval(request: ApprovalRequest): string {
  const { title, ask, evidence, calls, roles, approvers, quorum, approvedBy, changedBy, deadline, irreversible } =
    request;
  return [
    '',
    `APPROVAL  ${visible(title)}`,
    ask.trimEnd(),
    '',
    ...evidence.map(({ expression, value }) => `  ${visible(expression)}: ${shown(value)}`),
    '',
    `If approved, exactly ${calls.length === 1 ? 'this call runs' : `these ${calls.length} calls run`} (simulated in a dry run):`,
    ...calls.map((call, index) => `${calls.length > 1 ? `  ${index + 1}.` : ''}${describeCall(call)}`),
    '',
    ...(changedBy.length > 0 ? [`It was changed by ${changedBy.join(', ')}, who may not approve it.`] : []),
    ...(irreversible ? ['It cannot be undone once it is really run.'] : []),
    `It takes ${quorum === 1 ? '1 person' : `${quorum} people`} of ${roles.join(', ')}: ${approvers.join(', ')}.`,
    ...(approvedBy.length > 0 ? [`Approved already by ${approvedBy.join(', ')}.`] : []),
    ...(deadline === null ? [] : [`Silence denies at ${deadline}.`]),
  ].join('\n');
}

function describeTask({ title, task, role, call }: TaskRequest): string {
  return [
    '',
    `TASK  ${visible(title)}${role === '' ? '' : ` (${role})`}`,
    task,
    ...(call ? [describeCall(call)] : []),
  ].join('\n');
}

function describeUndo({ call, undo, people, until }: UndoOffer, number: string): string {
  const on = call.target === null ? '' : ` on ${visible(call.target)}`;
  const time = until === null ? 'as long as the run goes on' : `until ${until} and as long as the run goes on`;
  return [
    '',
    `DONE  ${visible(call.tool)} was run${on} without asking (simulated in a dry run).`,
    `It can be taken back ${time}, by ${people.join(', ')}: type "undo ${number}".`,
    `That runs ${visible(undo.tool)} with ${shown(undo.arguments)}.`,
  ].join('\n');
}

function describeCall({ tool, effect, target, arguments: args }: Call): string {
  return `  ${visible(tool)} (${effect})${target === null ? '' : ` on ${visible(target)}`} with ${shown(args)}`;
}

function shown(value: Json): string {
  return visible(JSON.stringify(value));
}

function fieldNames(fields: Json): readonly string[] {
  if (typeof fields !== 'object' || fields === null || !('properties' in fields)) return [];
  const { properties } = fields;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** What a person typed: JSON where it is JSON, else the text itself. */
function typedValue(text: string): Json {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** The lines of an input, one at a time. Lines typed before they are asked for are kept. */
function lineReader(input: NodeJS.ReadableStream): {
  next(signal: AbortSignal): Promise<string | undefined>;
  /** Begins to read, though nothing is asked yet. */
  open(): void;
  /** Sees each line that nothing asked for first, and says whether it takes it. */
  meanwhile(take: (line: string) => boolean): void;
  /** Has the next line that was kept seen once more. */
  look(): void;
  /** Forgets the lines that nothing asked for yet. */
  drop(): void;
  close(): void;
} {
  const waiting: string[] = [];
  let wanted: ((line: string | undefined) => void) | undefined;
  let take = (_line: string): boolean => false;
  let ended = false;
  let reader: Interface | undefined;
  const open = (): void => {
    if (reader) return;
    reader = createInterface({ input, terminal: false });
    reader.on('line', (line) => {
      if (wanted) wanted(line);
      else if (!take(line)) waiting.push(line);
    });
    reader.on('close', () => {
      ended = true;
      wanted?.(undefined);
    });
  };
  return {
    next(signal) {
      open();
      const line = waiting.shift();
      if (line !== undefined || ended || signal.aborted) return Promise.resolve(line);
      return new Promise((resolve) => {
        const answer = (value: string | undefined): void => {
          wanted = undefined;
          signal.removeEventListener('abort', abort);
          resolve(value);
        };
        const abort = (): void => answer(undefined);
        wanted = answer;
        signal.addEventListener('abort', abort, { once: true });
      });
    },
    open,
    meanwhile(taking) {
      take = taking;
    },
    look() {
      if (waiting[0] !== undefined && take(waiting[0])) waiting.shift();
    },
    drop() {
      waiting.length = 0;
    },
    close: () => reader?.close(),
  };
}
