import { isPlaybook } from '../names.js';
import type { FromBoundaryPage, KeptComparison } from '../viewer/protocol/boundary-messages.js';

/** A message of the page, or `undefined` when it is none. It shows names that others chose, so nothing it says is believed. */
export function readBoundaryMessage(value: unknown): FromBoundaryPage | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  switch (value.type) {
    case 'ready':
    case 'again':
    case 'other':
      return { type: value.type };
    case 'open': {
      if (!('act' in value) || !('what' in value) || !isIndex(value.act)) return undefined;
      const { act, what } = value;
      return what === 'before' || what === 'after' || isIndex(what) ? { type: 'open', act, what } : undefined;
    }
    case 'open-entry':
      return 'entry' in value && isIndex(value.entry) ? { type: 'open-entry', entry: value.entry } : undefined;
    default:
      return undefined;
  }
}

/** What a tab compared when the window was last there; `undefined` when that cannot be told, or is in no file. */
export function readKeptComparison(value: unknown): KeptComparison | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { of, uri, revision, called }: { readonly [name: string]: unknown } = { ...value };
  if (typeof uri !== 'string' || !uri.startsWith('file:') || typeof called !== 'string') return undefined;
  if (typeof revision !== 'string' && revision !== null) return undefined;
  if (of === 'workspace') return { of, uri, revision, called };
  return of === 'playbook' && isPlaybook(uri) ? { of, uri, revision, called } : undefined;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
