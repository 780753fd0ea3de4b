import { createInterface, type Interface } from 'node:readline';
import { visible } from '../engine/visible.js';
import type { Approver } from '../ports.js';
import type { ApprovalAnswer, ApprovalRequest, TaskAnswer, TaskRequest } from '../protocol/messages.js';
import type { Call, Json } from '../protocol/trace.js';

/** Where to ask. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks whoever sits at the terminal, with everything there is to see. Only the whole word `approve` approves; anything
 * else rejects, and the end of the input is silence. Questions of parallel branches are asked one after the other; what was
 * typed for one that was withdrawn is not taken for the next.
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
  const oneAtATime = <T>(signal: AbortSignal, question: () => Promise<T | undefined>): Promise<T | undefined> => {
    const asked = last.then(async () => {
      if (signal.aborted) return undefined;
      const answer = await question();
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
    const decision = await ask('Type "approve" to approve; anything else rejects: ', signal);
    if (decision === undefined) return undefined;
    const as = await ask(`Who are you? (${request.approvers.join(', ')}): `, signal);
    if (as === undefined) return undefined;
    const reason = await ask('Why? ', signal);
    if (reason === undefined) return undefined;
    if (!request.approvers.includes(as.trim())) {
      say(`${visible(JSON.stringify(as.trim()))} may not answer here, so the answer does not count.`);
    }
    return { decision: decision.trim() === 'approve' ? 'approve' : 'reject', as: as.trim(), reason: reason.trim() };
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
export function describeApproval(request: ApprovalRequest): string {
  const { title, ask, evidence, calls, roles, approvers, quorum, approvedBy, deadline, irreversible } = request;
  return [
    '',
    `APPROVAL  ${visible(title)}`,
    ask.trimEnd(),
    '',
    ...evidence.map(({ expression, value }) => `  ${visible(expression)}: ${shown(value)}`),
    '',
    `If approved, exactly ${calls.length === 1 ? 'this call runs' : `these ${calls.length} calls run`} (simulated in a dry run):`,
    ...calls.map(describeCall),
    '',
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
