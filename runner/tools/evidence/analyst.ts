import type { Worker } from 'node:worker_threads';
import { within } from '../../deadline.js';
import type { Clock } from '../../ports.js';
import type { JsonObject } from '../../protocol/trace.js';
import type { BuiltInAnswer } from '../behaviour/built-ins.js';
import type { QueryAnswer } from './database.js';
import { ANSWER_TIME, FILL_TIME } from './limits.js';
import type { Question, Reply, ThreadData } from './questions.js';
import type { Cell } from './table.js';
import { type EvidenceThreads, startThread } from './threads.js';

/** Answers questions about event data, one after the other, in a thread that is started with the first. */
export interface Analyst {
  query(sql: string, parameters: { readonly [name: string]: Cell }, signal: AbortSignal): Promise<QueryAnswer>;
  builtIn(name: string, args: JsonObject, signal: AbortSignal): Promise<BuiltInAnswer>;
  /** Ends the thread, or gives it back. */
  close(): Promise<void>;
}

type Failed = { readonly ok: false; readonly error: string };

/**
 * A question that takes longer than `limit` milliseconds, or whose signal aborts, ends the thread; the next gets a new one.
 *
 * @param threads where threads come from and go back to; without it one is started, and ended
 */
export function newAnalyst(
  data: ThreadData,
  clock: Clock,
  limit: number = ANSWER_TIME,
  threads?: EvidenceThreads | undefined,
): Analyst {
  let worker: Worker | undefined;
  let filled: Worker | undefined;
  let ids = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const end = async (): Promise<void> => {
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };

  const once = async (question: Question, time: number, signal: AbortSignal): Promise<Reply | Failed> => {
    worker ??= threads ? threads.start(data) : startThread(data);
    const thread = worker;
    // Waiting for an answer keeps the process going; a thread that nobody asks does not.
    thread.ref();
    const waited = await within((ended) => replyOf(thread, question, ended), time, clock, signal);
    if (waited.kind === 'done' && 'id' in waited.value) {
      thread.unref();
      return waited.value;
    }
    await end();
    switch (waited.kind) {
      case 'done':
        return waited.value;
      case 'timed-out':
        return failed(`It took longer than ${time / 1000} seconds and was stopped. Ask for less at once.`);
      case 'cancelled':
        return failed('The run ended before there was an answer.');
    }
  };

  /** One question at a time: time is for each alone. */
  const ask = (question: Question, signal: AbortSignal): Promise<Reply | Failed> => {
    const answer = turn.then(async () => {
      if (question.kind === 'query' && (worker === undefined || filled !== worker)) {
        const ready = await once({ id: ++ids, kind: 'fill' }, FILL_TIME, signal);
        if ('error' in ready) return ready;
        filled = worker;
      }
      return once(question, limit, signal);
    });
    turn = answer.catch(() => undefined);
    return answer;
  };

  return {
    async query(sql, parameters, signal) {
      const reply = await ask({ id: ++ids, kind: 'query', sql, parameters }, signal);
      if ('error' in reply) return reply;
      return reply.kind === 'query' ? reply.answer : failed(OTHER_ANSWER);
    },
    async builtIn(name, args, signal) {
      const reply = await ask({ id: ++ids, kind: 'built-in', name, arguments: args }, signal);
      if ('error' in reply) return reply;
      return reply.kind === 'built-in' ? reply.answer : failed(OTHER_ANSWER);
    },
    async close() {
      await turn;
      if (!threads || !worker) return end();
      threads.giveBack(worker);
      worker = undefined;
    },
  };
}

const OTHER_ANSWER = 'The answer was not to the question.';

function failed(error: string): Failed {
  return { ok: false, error };
}

function replyOf(thread: Worker, question: Question, ended: AbortSignal): Promise<Reply | Failed> {
  return new Promise((resolve) => {
    const message = (reply: Reply): void => {
      if (reply.id === question.id) resolve(reply);
    };
    // SQLite may run out of the memory it is allowed in a way that takes the thread with it.
    const error = (fault: Error): void => resolve(failed(`It could not be worked out: ${fault.message}`));
    thread.on('message', message);
    thread.on('error', error);
    ended.addEventListener('abort', () => {
      thread.off('message', message);
      thread.off('error', error);
    });
    thread.postMessage(question);
  });
}
