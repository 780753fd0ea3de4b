import type { CallChange } from '../../runner/protocol/messages.js';
import type { Json } from '../../runner/protocol/trace.js';
import { type FromViewer, MAX_TEXT } from '../viewer/protocol/messages.js';

const MAX_NAME = 500;
const MAX_FIELDS = 200;
const MAX_ITEMS = 10_000;
const MAX_DEPTH = 20;

/**
 * A message of the webview, or `undefined` when it is not one. The webview shows hostile data, so nothing it says is
 * believed: types, bounds and names are checked here, and whether an answer counts is decided by whoever asked.
 */
export function readMessage(value: unknown): FromViewer | undefined {
  if (!isRecord(value)) return undefined;
  switch (value.type) {
    case 'ready':
      return { type: 'ready' };
    case 'reveal':
      return isSeq(value.seq) ? { type: 'reveal', seq: value.seq, focus: value.focus === true } : undefined;
    case 'copy':
      return isSeq(value.seq) ? { type: 'copy', seq: value.seq } : undefined;
    case 'link':
      return isSeq(value.seq) ? { type: 'link', seq: value.seq } : undefined;
    case 'text':
      return isSeq(value.line) ? { type: 'text', line: value.line } : undefined;
    case 'open': {
      const { side, seq } = value;
      return isSeq(seq) && (side === 'a' || side === 'b') ? { type: 'open', side, seq } : undefined;
    }
    case 'export':
      return { type: 'export' };
    case 'decide': {
      const { ask, decision, as, reason } = value;
      if (!isText(ask, MAX_NAME) || !isText(as, MAX_NAME) || !isText(reason, MAX_TEXT)) return undefined;
      const said = { type: 'decide', ask, as, reason } as const;
      switch (decision) {
        case 'approve':
          return value.acknowledged === true ? { ...said, decision, acknowledged: true } : { ...said, decision };
        case 'reject':
        case 'end':
          return { ...said, decision };
        case 'escalate':
          return isText(value.to, MAX_NAME) ? { ...said, decision, to: value.to } : undefined;
        case 'modify': {
          const changes = readChanges(value.changes);
          return changes && { ...said, decision, changes };
        }
        default:
          return undefined;
      }
    }
    case 'perform': {
      const { ask, done, as } = value;
      const output = readOutput(value.output);
      if (!isText(ask, MAX_NAME) || !isText(as, MAX_NAME) || typeof done !== 'boolean') return undefined;
      return output === undefined ? undefined : { type: 'perform', ask, done, as, output };
    }
    default:
      return undefined;
  }
}

function readChanges(value: unknown): readonly CallChange[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_FIELDS) return undefined;
  const changes: CallChange[] = [];
  for (const change of value) {
    if (!isRecord(change) || !isText(change.call, MAX_NAME)) return undefined;
    const args = readOutput(change.arguments);
    if (args === undefined) return undefined;
    changes.push({ call: change.call, arguments: args });
  }
  return changes;
}

function readOutput(value: unknown): { readonly [field: string]: Json } | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value);
  if (entries.length > MAX_FIELDS) return undefined;
  const fields: [string, Json][] = [];
  for (const [name, field] of entries) {
    if (name.length > MAX_NAME || !isJson(field, 0)) return undefined;
    fields.push([name, field]);
  }
  return Object.fromEntries(fields);
}

function isJson(value: unknown, depth: number): value is Json {
  if (depth > MAX_DEPTH) return false;
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value.length <= MAX_TEXT;
  if (Array.isArray(value)) return value.length <= MAX_ITEMS && value.every((item) => isJson(item, depth + 1));
  return isRecord(value) && Object.values(value).every((item) => isJson(item, depth + 1));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSeq(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length <= longest;
}
