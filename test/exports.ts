import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ocsfOf } from '../runner/export/ocsf.js';
import { otlpOf } from '../runner/export/otlp.js';
import { VERSION } from '../runner/index.js';
import { readTrace } from '../runner/trace/read.js';
import { repository } from './platform/repository.js';

/** What a small trace is exported as, by file name; without our own version, which changes with every release. */
export async function exportsOfSample(): Promise<ReadonlyMap<string, string>> {
  const reply = await readTrace(path.join(repository, 'test/trace-vectors/vectors/signed/run.trace.jsonl'));
  assert.ok(reply.ok && reply.verification.valid);
  const text = (value: object): string => `${JSON.stringify(value, null, 2)}\n`.replaceAll(`"${VERSION}"`, '"VERSION"');
  return new Map([
    ['otel.json', text(otlpOf(reply.lines))],
    ['ocsf.json', text(ocsfOf(reply.lines))],
  ]);
}

export const EXPORTS = path.join(repository, 'test/exports');

export async function writeExports(): Promise<void> {
  mkdirSync(EXPORTS, { recursive: true });
  for (const [name, content] of await exportsOfSample()) writeFileSync(path.join(EXPORTS, name), content);
}
