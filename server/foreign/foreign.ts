import { EFFECTS_FILE, looksForeign, mayBeForeign } from '../../language/foreign/may-be.js';
import type { Problem } from '../../language/problem.js';
import { kindOfDocument } from '../kind.js';
import { loadForeign } from '../load-foreign.js';
import { uriKey } from '../uri-key.js';
import type { Workspace } from '../workspace.js';
import type { ForeignReader, ForeignReading } from './reading.js';

/** Playbooks of other products, as far as anybody asks about them. What is none costs a look at its name and its words. */
export interface Foreign {
  /** Whether an open document may be one. Without loading anything. */
  mayBe(uri: string): boolean;
  /** What a file says, the newest text of it; `undefined`: it is none. */
  read(uri: string): Promise<ForeignReading | undefined>;
  /** Whether an open document was one when it was last read, or before that. */
  wasOne(uri: string): boolean;
  /** What is wrong with a file, as its configuration has it; `undefined`: it is none. */
  problems(uri: string): Promise<readonly Problem[] | undefined>;
  /** How long it took to read a file the last time, in milliseconds; 0 where it was not read. */
  took(uri: string): number;
  /** The open ones that a file may say something about: those of its folder, and of the folder it is the configuration of. */
  dependents(uri: string): readonly string[];
  forget(uri: string): void;
}

/** @param pause lets messages that came meanwhile be answered */
export function createForeign(
  workspace: Workspace,
  pause: () => Promise<void>,
  now: () => number = () => performance.now(),
): Foreign {
  let loading: Promise<ForeignReader> | undefined;
  /** Open documents that were read as one, by key; how long that took. */
  const open = new Map<string, { readonly uri: string; readonly took: number }>();

  const mayBe = (uri: string): boolean => {
    if (!uri.startsWith('file:') || !mayBeForeign(uri)) return false;
    const document = workspace.document(uri);
    if (document && kindOfDocument(uri, document.languageId, document.getText()) !== undefined) return false;
    // A part of a playbook in several files looks like nothing.
    return /\/steps\/[^/]+$/.test(uri) || looksForeign(workspace.read(uri) ?? '');
  };

  const read = async (uri: string): Promise<ForeignReading | undefined> => {
    // What was one while its text was whole stays one while somebody types.
    if (!mayBe(uri) && !open.has(uriKey(uri))) return undefined;
    loading ??= loadForeign().then(({ foreignReader }) => foreignReader(workspace));
    const reader = await loading;
    for (;;) {
      const text = workspace.read(uri);
      const started = now();
      const reading = await reader.read(uri, pause, () => workspace.read(uri) === text);
      if (reading === 'given-up') continue;
      if (reading !== undefined && workspace.document(uri)) open.set(uriKey(uri), { uri, took: now() - started });
      return reading;
    }
  };

  return {
    mayBe: (uri) => open.has(uriKey(uri)) || mayBe(uri),
    read,
    wasOne: (uri) => open.has(uriKey(uri)),
    async problems(uri) {
      const reading = await read(uri);
      const text = workspace.read(uri);
      if (reading === undefined || text === undefined) return undefined;
      return workspace.reported(uri, text, reading.problems(uri)).problems;
    },
    took: (uri) => open.get(uriKey(uri))?.took ?? 0,
    dependents(uri) {
      if (open.size === 0) return [];
      const key = uriKey(uri);
      const folder = key.slice(0, key.lastIndexOf('/') + 1).replace(/\/steps\/$/, '/');
      const configures = key.endsWith('/countersign.config.yaml');
      // A key in one of ours is none of their business.
      if (!configures && !mayBeForeign(key) && !key.endsWith(EFFECTS_FILE)) return [];
      return [...open].flatMap(([other, { uri: one }]) => {
        if (other === key || !other.startsWith(folder)) return [];
        const within = other.slice(folder.length);
        return configures || !within.includes('/') || /^steps\/[^/]+$/.test(within) ? [one] : [];
      });
    },
    forget(uri) {
      open.delete(uriKey(uri));
      if (open.size === 0 && loading) loading.then((reader) => reader.clear()).catch(() => undefined);
    },
  };
}
