import { createTyping, type Typing } from './pace.js';

/** Time as the server sees it, passed in so that tests need not wait. */
export interface Clock {
  /** In milliseconds. */
  now(): number;
  /** Runs a task so many milliseconds later, unless the function it returns is called before. */
  after(ms: number, task: () => void): () => void;
  /** Runs a task after a message that has already arrived, if there is one. */
  later(task: () => void): void;
}

/** The connection handles one message per turn of the event loop: after two turns a waiting one has been seen. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  later: (task) => void setImmediate(() => setImmediate(task)),
};

/** Lets what is to be done with documents wait until it is worth doing: for the end of a burst of keys, one after another. */
export interface Turns {
  /** A document changed, or a file it depends on: what waits for it waits for the end of the burst. */
  changed(uri: string): void;
  /** Has a task run with a document, together with what else waits for it, unless the function it returns is called before. */
  wait(uri: string, task: () => void): () => void;
  /** Forgets a document that is closed. What waits for it is run. */
  forget(uri: string): void;
}

interface Waiting {
  readonly typing: Typing;
  readonly tasks: Set<() => void>;
  /** Whether it ever changed: of what is only read nothing has to be remembered. */
  changed: boolean;
  stop: (() => void) | undefined;
}

/** `took` tells what the last check of a document took, in milliseconds, 0 for the first. */
export function createTurns(clock: Clock, took: (uri: string) => number): Turns {
  const documents = new Map<string, Waiting>();
  const due = new Set<string>();
  let running = false;
  let more = false;

  const documentOf = (uri: string): Waiting => {
    const known = documents.get(uri);
    if (known) return known;
    const made: Waiting = { typing: createTyping(), tasks: new Set(), changed: false, stop: undefined };
    documents.set(uri, made);
    return made;
  };
  const turn = (): void => {
    const [uri] = due;
    running = uri !== undefined;
    if (uri === undefined) return;
    if (more) more = false;
    else run(uri);
    // One document per turn, so that a request that came meanwhile does not wait for all of them.
    clock.later(turn);
  };
  const run = (uri: string): void => {
    due.delete(uri);
    const document = documents.get(uri);
    const tasks = [...(document?.tasks ?? [])];
    document?.tasks.clear();
    if (document?.changed === false) documents.delete(uri);
    for (const task of tasks) task();
  };
  const ready = (uri: string): void => {
    due.add(uri);
    more = running;
    if (running) return;
    running = true;
    clock.later(turn);
  };
  const arm = (uri: string, document: Waiting): void => {
    document.stop?.();
    document.stop = undefined;
    due.delete(uri);
    if (document.tasks.size === 0) return;
    const delay = document.typing.delay(clock.now(), took(uri));
    const go = (): void => {
      document.stop = undefined;
      ready(uri);
    };
    if (delay === 0) go();
    else document.stop = clock.after(delay, go);
  };

  return {
    changed(uri) {
      const document = documentOf(uri);
      document.changed = true;
      document.typing.edited(clock.now(), took(uri));
      arm(uri, document);
    },
    wait(uri, task) {
      const document = documentOf(uri);
      const first = document.tasks.size === 0;
      document.tasks.add(task);
      if (first) arm(uri, document);
      return () => {
        document.tasks.delete(task);
        if (document.tasks.size === 0) arm(uri, document);
      };
    },
    forget(uri) {
      const document = documents.get(uri);
      if (!document) return;
      document.stop?.();
      documents.delete(uri);
      due.delete(uri);
      for (const task of document.tasks) task();
    },
  };
}
