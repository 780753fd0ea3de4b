import { basename } from 'node:path';

/** What may lie beside a trace. `run.trace.jsonl` has `run.trace.checkpoints`, and so on. */
export interface SideFiles {
  /** While the run goes on: how it is ended from outside. */
  readonly control: string;
  /** Whoever writes the trace holds this while it does. */
  readonly lock: string;
  /** Signed notes, one after the other. */
  readonly checkpoints: string;
  /** A folder: values that are too large for a line. */
  readonly blobs: string;
  /** What personal data the tokens in the trace stand for, and the salts they were made with. */
  readonly personal: string;
  /** The bytes of the nth torn line that was set aside, from 1. */
  torn(n: number): string;
}

export function sideFiles(trace: string): SideFiles {
  const base = trace.endsWith('.jsonl') ? trace.slice(0, -'.jsonl'.length) : trace;
  return {
    control: `${trace}.control`,
    lock: `${base}.lock`,
    checkpoints: `${base}.checkpoints`,
    blobs: `${base}.blobs`,
    personal: `${base}.personal`,
    torn: (n) => `${base}.torn-${n}`,
  };
}

/** How the trace names a file beside it. */
export function sideName(path: string): string {
  return basename(path);
}
