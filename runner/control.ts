import { closeSync, constants, fsyncSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { isObject } from './trace/shape.js';
import { sideFiles } from './trace/side-files.js';
import { codeOf } from './trace/system-error.js';

/**
 * How a run is ended from another process: a file beside its trace, `<trace>.control`, readable and writable by its owner only.
 * The run makes it with one line that says who it is, and removes it when it is over. Who wants to end the run appends a line.
 * The run looks at the file's size right before each effect, and every now and then besides; a file that is gone, or that it
 * cannot look at, counts as an order to end: what nobody could stop must not go on.
 */
export interface RunControl {
  /** Aborts once somebody ordered the run to end, with the reason. */
  readonly signal: AbortSignal;
  /** Looks now. Why the run is to end; `undefined`: nobody ordered it to. */
  readonly check: () => string | undefined;
  /** The order, once there is one. */
  readonly order: () => StopOrder | undefined;
  /** Removes the file; no order counts any more. */
  close(): void;
}

export interface StopOrder {
  readonly by: string;
  /** How it is known who they are. */
  readonly how: string;
  readonly reason: string;
}

/** What a control file says of its run. */
export interface LiveRun {
  readonly run: string;
  readonly pid: number;
  readonly playbook: string;
  readonly case: string;
  /** RFC 3339. */
  readonly since: string;
}

/** How long an order may lie unseen while the run waits for something. */
const LOOK_EVERY_MS = 200;

export function controlPath(trace: string): string {
  return sideFiles(trace).control;
}

/** Opens the control file of a new run, and watches it until it is closed. `onOrder` is told of an order at once, only once. */
export function openControl(
  trace: string,
  live: LiveRun,
  onOrder: (order: StopOrder) => void,
): { readonly ok: true; readonly control: RunControl } | { readonly ok: false; readonly message: string } {
  const path = controlPath(trace);
  const head = `${JSON.stringify(live)}\n`;
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, head);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return {
      ok: false,
      message: `The run could not be made stoppable: ${path} cannot be created (${codeOf(error)}). A run that nobody can end is not started.`,
    };
  }
  const size = Buffer.byteLength(head);
  const stop = new AbortController();
  let closed = false;
  let order: StopOrder | undefined;

  const check = (): string | undefined => {
    if (closed) return undefined;
    if (!order) {
      order = orderIn(path, size);
      if (order) {
        stop.abort(reasonOf(order));
        onOrder(order);
      }
    }
    return order && reasonOf(order);
  };
  // Nothing rests on when this looks: before an effect the run looks for itself. It is for the waits in between,
  // and keeps the process alive through them.
  const timer = setInterval(() => {
    if (check() !== undefined) clearInterval(timer);
  }, LOOK_EVERY_MS);
  return {
    ok: true,
    control: {
      signal: stop.signal,
      check,
      order: () => order,
      close() {
        closed = true;
        clearInterval(timer);
        try {
          unlinkSync(path);
        } catch {
          // Somebody removed it before; nothing is left to do.
        }
      },
    },
  };
}

/** The run a control file is of; `undefined` where there is none, or none that can be read. */
export function readLive(trace: string): LiveRun | undefined {
  try {
    const [line = ''] = readFileSync(controlPath(trace), 'utf8').split('\n');
    const live: unknown = JSON.parse(line);
    return isLive(live) ? live : undefined;
  } catch {
    return undefined;
  }
}

/** Orders the run of a trace to end: on disk when it returns. `false`: the run is over, there is nothing to order. */
export function orderStop(trace: string, by: string, reason: string): boolean {
  let file: number;
  try {
    // Never created here: a run that is over has removed it.
    file = openSync(controlPath(trace), constants.O_WRONLY | constants.O_APPEND);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
  try {
    writeSync(file, `${JSON.stringify({ by, reason })}\n`);
    fsyncSync(file);
    return true;
  } finally {
    closeSync(file);
  }
}

/**
 * Removes the control file that a run left whose process is gone. Only for who made sure of that.
 * @returns the order to end that the run did not come to; then the file stays
 */
export function takeOverControl(trace: string): StopOrder | undefined {
  const path = controlPath(trace);
  try {
    const [head = '', ...orders] = readFileSync(path, 'utf8').split('\n');
    const order = orders.some((line) => line !== '') ? orderIn(path, Buffer.byteLength(`${head}\n`)) : undefined;
    if (order) return order;
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return unclear(`its control file cannot be removed (${codeOf(error)})`);
  }
  return undefined;
}

function orderIn(path: string, size: number): StopOrder | undefined {
  try {
    if (statSync(path).size === size) return undefined;
    const [, line = ''] = readFileSync(path, 'utf8').split('\n');
    const order: unknown = JSON.parse(line);
    if (isOrder(order)) return { by: order.by, how: 'control-file', reason: order.reason };
    return unclear('its control file was changed in a way that says nothing');
  } catch (error) {
    return unclear(codeOf(error) === 'ENOENT' ? 'its control file is gone' : 'its control file cannot be read');
  }
}

function unclear(reason: string): StopOrder {
  return { by: 'unknown', how: 'control-file', reason };
}

function reasonOf({ by, reason }: StopOrder): string {
  return `The run was ended by ${by}${reason === '' ? '' : `: ${reason}`}`;
}

function isLive(value: unknown): value is LiveRun {
  if (!isObject(value)) return false;
  const { run, pid, playbook, case: sample, since } = value;
  return [run, playbook, sample, since].every((text) => typeof text === 'string') && Number.isSafeInteger(pid);
}

function isOrder(value: unknown): value is { readonly by: string; readonly reason: string } {
  return isObject(value) && typeof value.by === 'string' && typeof value.reason === 'string';
}
