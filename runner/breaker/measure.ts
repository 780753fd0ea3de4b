import type { ModelClient } from '../models/port.js';
import { readText } from '../node-files.js';

/** How often acts without a person were wrong, as an evaluation measured it: what a policy's breaker goes by. */
export interface Measure {
  readonly version: 1;
  /** When the evaluation was begun, RFC 3339. */
  readonly at: string;
  readonly engine: string;
  /** Who answered agent steps. A measure of one model says nothing of another. */
  readonly model: Pick<ModelClient, 'provider' | 'id'>;
  readonly playbooks: readonly MeasuredPlaybook[];
}

export interface MeasuredPlaybook {
  readonly id: string;
  /** Over the playbook, its catalogs and the playbooks it calls: what is measured of one version says nothing of another. */
  readonly digest: string;
  readonly acts: readonly MeasuredAct[];
}

export interface MeasuredAct {
  readonly tool: string;
  /** Acts without a person of which their cases say whether they were right. */
  readonly of: number;
  readonly wrong: number;
  /** How many different alerts they were about. */
  readonly n: number;
}

export type ReadMeasure =
  | { readonly ok: true; readonly measure: Measure; readonly text: string }
  | { readonly ok: false; readonly reason: string };

/** Reads a measure. What is no measure of this version is none. */
export function readMeasure(path: string): ReadMeasure {
  const file = readText(path);
  if (!file.ok) return { ok: false, reason: `${path} cannot be read: ${file.reason}` };
  const no = (reason: string): ReadMeasure => ({ ok: false, reason: `${path} is no measure: ${reason}` });
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch {
    return no('it is no JSON');
  }
  if (!isMeasure(value)) return no('it is not what "countersign evaluate --measure" of this version writes');
  const ids = value.playbooks.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return no('it has a playbook twice');
  return { ok: true, measure: value, text: file.text };
}

function isMeasure(value: unknown): value is Measure {
  if (!isObject(value) || value.version !== 1) return false;
  const { at, engine, model, playbooks } = value;
  return (
    typeof at === 'string' &&
    Number.isFinite(Date.parse(at)) &&
    typeof engine === 'string' &&
    isObject(model) &&
    typeof model.provider === 'string' &&
    typeof model.id === 'string' &&
    Array.isArray(playbooks) &&
    playbooks.every(isPlaybook)
  );
}

function isPlaybook(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.digest === 'string' &&
    Array.isArray(value.acts) &&
    value.acts.every(isAct) &&
    new Set(value.acts.map((act: { readonly tool: string }) => act.tool)).size === value.acts.length
  );
}

function isAct(value: unknown): boolean {
  if (!isObject(value) || typeof value.tool !== 'string') return false;
  const { of, wrong, n } = value;
  const isCount = (one: unknown): one is number => typeof one === 'number' && Number.isSafeInteger(one) && one >= 0;
  return isCount(of) && isCount(wrong) && isCount(n) && wrong <= of && n <= of && (of === 0) === (n === 0);
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
