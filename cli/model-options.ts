import path from 'node:path';
import { EFFORTS, type ModelOptions, type ModelProvider, readPrices, readText } from '../runner/index.js';
import type { OptionSpec } from './arguments.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { count, plain } from './terminal.js';

export const MODELS = [
  'rehearsal',
  'scripted',
  'adversary',
  'claude',
  'record',
  'replay',
] as const satisfies readonly ModelProvider[];

/** What `run` takes about the model that answers agent steps. */
export const MODEL_OPTIONS: readonly OptionSpec[] = [
  { name: 'model', values: MODELS, help: 'Who answers agent steps. Default: rehearsal, a stand-in that is not AI.' },
  { name: 'model-id', placeholder: 'ID', help: 'Model of Claude for every step, whatever the playbook names.' },
  { name: 'effort', values: EFFORTS, help: 'Its effort in every step, whatever the playbook says.' },
  { name: 'prices', placeholder: 'FILE', help: 'What models cost (JSON), before the list in this version.' },
  { name: 'recording', placeholder: 'FILE', help: 'What record makes, a new file, and replay plays.' },
];

/** Whether a model sends alert and evidence away. */
export function isLive(provider: ModelProvider): boolean {
  return provider === 'claude' || provider === 'record';
}

export type ModelChoice =
  | {
      readonly ok: true;
      readonly provider: ModelProvider;
      readonly options: Pick<ModelOptions, 'always' | 'prices' | 'recording'>;
    }
  | { readonly ok: false; readonly code: ExitCode; readonly message: string };

/** What the options say, or what is wrong with them. */
export function modelChoice(given: { readonly [name: string]: string | undefined }): ModelChoice {
  const provider = MODELS.find((model) => model === given.model) ?? 'rehearsal';
  const wrong = (message: string, code: ExitCode = EXIT.usage): ModelChoice => ({ ok: false, code, message });
  const idle = ['model-id', 'effort', 'prices'].find((name) => given[name] !== undefined && !isLive(provider));
  if (idle !== undefined)
    return wrong(`"--${idle}" says something about Claude; it goes with --model claude or record.`);
  const recording = given.recording;
  if (recording !== undefined && provider !== 'record' && provider !== 'replay') {
    return wrong('"--recording" goes with --model record, which makes it, or replay, which plays it.');
  }
  if (recording === undefined && (provider === 'record' || provider === 'replay')) {
    return wrong(
      provider === 'record'
        ? 'Where is the recording to go? Name a new file with --recording.'
        : 'Which recording? Give it with --recording.',
    );
  }
  const prices = given.prices === undefined ? undefined : pricesIn(given.prices);
  if (prices && !prices.ok) return prices;
  const effort = EFFORTS.find((one) => one === given.effort);
  const id = given['model-id'];
  const always = { ...(id === undefined ? {} : { model: id }), ...(effort === undefined ? {} : { effort }) };
  return {
    ok: true,
    provider,
    options: {
      always,
      prices: prices?.prices,
      recording: recording === undefined ? undefined : path.resolve(recording),
    },
  };
}

/** What goes to a model away from this machine. @param examples earlier cases that its agents are shown */
export function sentWords(examples: number): string {
  const earlier = examples === 0 ? '' : `, and ${count(examples, 'earlier case')} as examples,`;
  return `Alert and evidence of this run${earlier} are sent to Anthropic.\n`;
}

function pricesIn(file: string) {
  const no = (code: ExitCode, reason: string) =>
    ({ ok: false, code, message: `The prices in "${plain(file)}" cannot be used: ${reason}.` }) as const;
  const read = readText(path.resolve(file));
  if (!read.ok) return no(EXIT.noInput, read.reason);
  let value: unknown;
  try {
    value = JSON.parse(read.text);
  } catch {
    return no(EXIT.problems, 'it is no JSON');
  }
  const prices = readPrices(value);
  return prices.ok ? prices : no(EXIT.problems, plain(prices.reason));
}
