import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '../models/exchange.js';
import { type CreatedModel, createModel, type ModelOptions } from '../models/index.js';
import { replayModel } from '../models/replay.js';
import { canonical, sha256 } from '../trace/canonical.js';
import type { RunName } from './evaluate.js';
import type { EvaluationPlan } from './evaluation.js';

/** What was recorded of the models of an evaluation: a file a run, as `recordingName` has it. */
export interface Recordings {
  readonly model: EvaluationPlan['model'];
  /** Over all of them. */
  readonly digest: string;
  modelOf(run: RunName, options: Omit<ModelOptions, 'recording'>): CreatedModel;
}

const SUFFIX = '.exchange.jsonl';

/** The file of a run, in the folder of recordings. */
export function recordingName({ playbook, case: sample, repeat }: RunName): string {
  return join(playbook, `${sample}-${repeat}${SUFFIX}`);
}

/** Reads a folder of recordings, of which the first names the model; or says why there is none. */
export function readRecordings(folder: string): Recordings | string {
  if (!existsSync(folder)) return `There is no folder ${folder}.`;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(SUFFIX))
    .sort();
  const [first] = files;
  if (first === undefined) return `No recording is in ${folder}: their names end in ${SUFFIX}.`;
  const read = readRecording(readFileSync(join(folder, first), 'utf8'));
  if (!read.ok) return `The recording ${join(folder, first)} cannot be used: line ${read.line}: ${read.reason}.`;
  const { head } = read.recording;
  const digests = files.map((name) => [name.replaceAll('\\', '/'), sha256(readFileSync(join(folder, name)))]);
  return {
    model: { provider: 'replay', id: head.model.id, ai: head.model.ai },
    digest: sha256(canonical(digests)),
    modelOf(run, options) {
      const recording = join(folder, recordingName(run));
      // A run in which no agent was asked left none. Asked now, this one answers that nothing was recorded.
      if (!existsSync(recording)) return { ok: true, model: replayModel({ head, exchanges: [] }) };
      return createModel('replay', { ...options, recording });
    },
  };
}
