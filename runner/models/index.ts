import { lstatSync } from 'node:fs';
import type { Case } from '../../language/model/case.js';
import type { Effort } from '../../language/model/levels.js';
import { readText } from '../node-files.js';
import type { Clock } from '../ports.js';
import type { ModelProvider } from '../protocol/messages.js';
import { adversaryModel } from './adversary/adversary.js';
import type { Knowledge } from './adversary/knowledge.js';
import { claudeModel } from './claude.js';
import type { MessageBatches } from './claude-batches.js';
import { readRecording } from './exchange.js';
import type { ModelClient, ModelWish } from './port.js';
import type { Prices } from './prices.js';
import { recordingModel } from './record.js';
import { rehearsalModel } from './rehearsal/rehearsal.js';
import { replayModel } from './replay.js';
import { scriptedModel } from './scripted.js';

export interface ModelOptions {
  /** Where `scripted` takes its turns from. */
  readonly case: Pick<Case, 'turns'>;
  /** Whether any step asks a model. Where none does, `scripted` needs no turns. Absent: one may. */
  readonly asked?: boolean | undefined;
  /** By which `claude` waits before it asks once more, and `record` says when. */
  readonly clock: Clock;
  /** For `claude` and `record`; from the environment or the editor's secret storage, never from settings. */
  readonly apiKey?: string | undefined;
  /** For `claude` and `record`: of steps that name none; their defaults when absent. */
  readonly modelId?: string | undefined;
  readonly effort?: Effort | undefined;
  /** For `claude` and `record`: of every step, whatever it names. */
  readonly always?: ModelWish | undefined;
  /** For `claude` and `record`: what models cost, before the list that comes with this version. */
  readonly prices?: Prices | undefined;
  /** Path of the recording that `record` makes, a new file, and `replay` plays. */
  readonly recording?: string | undefined;
  /** For `claude` and `record`: where the API is and what sends a request, for tests. */
  readonly baseUrl?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** For `claude` and `record`: what turns are sent with, those of many runs together. */
  readonly batches?: MessageBatches | undefined;
  /** For `adversary`: what it draws from, 1 when absent, and what it knows of the playbook. */
  readonly seed?: number | undefined;
  readonly knowledge?: Knowledge | undefined;
}

export type CreatedModel =
  | { readonly ok: true; readonly model: ModelClient }
  | { readonly ok: false; readonly message: string };

/** The model of a provider, or why there is none. Nothing is sent anywhere, and no file made, yet. */
export function createModel(provider: ModelProvider, options: ModelOptions): CreatedModel {
  switch (provider) {
    case 'rehearsal':
      return { ok: true, model: rehearsalModel() };
    case 'scripted':
      if (options.case.turns.size > 0 || options.asked === false)
        return { ok: true, model: scriptedModel(options.case) };
      return {
        ok: false,
        message: 'The case has no "turns" to play back. Write them, or run with the model "rehearsal" or "claude".',
      };
    case 'adversary':
      return { ok: true, model: adversaryModel(options.seed, options.knowledge) };
    case 'claude':
      return claude(options);
    case 'record':
      return record(options);
    case 'replay':
      return replay(options);
  }
}

function claude(options: ModelOptions): CreatedModel {
  const apiKey = options.apiKey?.trim() ?? '';
  if (apiKey !== '') return { ok: true, model: claudeModel({ ...options, apiKey }) };
  return {
    ok: false,
    message:
      'Claude needs an API key. Set ANTHROPIC_API_KEY in the environment, or in the editor run "Countersign: Set Anthropic API Key…". Without one, run with the model "rehearsal".',
  };
}

function record(options: ModelOptions): CreatedModel {
  const { recording, clock } = options;
  if (!recording) return { ok: false, message: 'To record, name a new file for the recording (--recording FILE).' };
  if (lstatSync(recording, { throwIfNoEntry: false })) {
    return {
      ok: false,
      message: `There is already a file at ${recording}, and a recording is never written over. Name a new file.`,
    };
  }
  const made = claude(options);
  return made.ok ? { ok: true, model: recordingModel(made.model, recording, clock) } : made;
}

/** Some thousand turns with all that tools answered. */
const MAX_RECORDING_BYTES = 256 * 1024 * 1024;

function replay({ recording }: ModelOptions): CreatedModel {
  if (!recording) return { ok: false, message: 'To replay, name the recording (--recording FILE).' };
  const file = readText(recording, MAX_RECORDING_BYTES);
  if (!file.ok) return { ok: false, message: `The recording ${recording} cannot be read: ${file.reason}.` };
  const read = readRecording(file.text);
  if (read.ok) return { ok: true, model: replayModel(read.recording) };
  return {
    ok: false,
    message: `The recording cannot be used: ${recording}, line ${read.line}: ${read.reason}. Nothing is replayed from a part of it.`,
  };
}
