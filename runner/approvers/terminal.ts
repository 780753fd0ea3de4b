import { createInterface, type Interface } from 'node:readline';
import { visible } from '../engine/visible.js';
import type { Approver } from '../ports.js';
import type { ApprovalAnswer, ApprovalRequest, CallChange, TaskAnswer, TaskRequest } from '../protocol/messages.js';
import type { Call, Json, JsonObject } from '../protocol/trace.js';

/** Where to ask. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks whoever sits at the terminal, with everything there is to see. Only the whole word `approve` approves, and `modify`,
 * `escalate` and `end` are taken as they are said; anything else rejects, and the end of the input is silence. Questions of
 * parallel branches are asked one after the other, and each says how many wait; what was typed for one that was withdrawn is
 * not taken for the next.
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
      return answer;
    });
    last = asked.catch(() => undefined);
    return asked;
  };
  return {
    how: 'terminal',
    close: lines.close,
    approve: (request, signal) => oneAtATime(signal, () => approve(request, signal)),
    task: (request, signal) => oneAtATime(signal, () => task(request, signal)),
  };

  async function approve(request: ApprovalRequest, signal: AbortSignal): Promise<ApprovalAnswer | undefined> {
    say(describeApproval(request));
    const words = ['modify', ...(request.escalateTo.length > 0 ? ['escalate'] : []), 'end'] as const;
    const others = words.map((word) => `"${word}"`).join(', ');
    const typed = await ask(`Type "approve" to approve (or ${others}); anything else rejects: `, signal);
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
      if (isObject(changed)) return { call: call.id, arguments: { ...call.arguments, ...changed } };
      say('That is no JSON object.');
    }
  }

  async function task(request: TaskRequest, signal: AbortSignal): Promise<TaskAnswer | undefined> {
    say(describeTask(request));
    const done = await ask('Type "done" when it is done; anything else says it was not: ', signal);
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

function describeCall({ tool, effect, target, arguments: args }: Call): string {
  return `  ${visible(tool)} (${effect})${target === null ? '' : ` on ${visible(target)}`} with ${shown(args)}`;
}

function shown(value: Json): string {
  return visible(JSON.stringify(value));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
  /** Forgets the lines that nothing asked for yet. */
  drop(): void;
  close(): void;
} {
  const waiting: string[] = [];
  let wanted: ((line: string | undefined) => void) | undefined;
  let ended = false;
  let reader: Interface | undefined;
  const open = (): void => {
    if (reader) return;
    reader = createInterface({ input, terminal: false });
    reader.on('line', (line) => {
      if (wanted) wanted(line);
      else waiting.push(line);
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
    drop() {
      waiting.length = 0;
    },
    close: () => reader?.close(),
  };
}
