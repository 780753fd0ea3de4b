import type { ValueType } from './expressions/types.js';
import type { LoadedPlaybook } from './load.js';
import type { Catalog } from './model/catalog.js';
import type { Policy } from './model/policy.js';
import type { Problem } from './problem.js';
import type { FoundExample } from './read-examples.js';
import type { SyntaxTree } from './syntax/parse.js';

/**
 * What the language needs from whoever hosts it: the text of other files. Passed in, so that `language` does no I/O and
 * the editor can answer from unsaved buffers.
 */
export interface FileHost {
  /** The text of `uri`, or `undefined` when there is no such file or it cannot be read as text. */
  read(uri: string): string | undefined;
  /** Whether `uri` is a file, of any size and content. Without it, a file is there when it can be read. */
  exists?(uri: string): boolean;
  /**
   * The day it is, `YYYY-MM-DD`, where the host knows: `language` has no clock. Waivers hold until a day, so without one
   * none holds.
   */
  readonly today?: string | undefined;
  /**
   * Whether files are read again and again as they change: what is found out about a playbook is then kept for the next
   * reading, which takes memory and, once, a little time.
   */
  readonly rereads?: boolean;
  /** Where what was understood of other files is kept; without it, each is read again for every file that names it. */
  readonly kept?: KeptFiles;
}

/** What was understood of catalogs and policies by URI, each with the text it was made of: it holds for that text only. */
export interface KeptFiles {
  readonly catalogs: Map<string, Kept<Catalog>>;
  readonly policies: Map<string, Kept<Policy>>;
  /** Types of `alert` by class: their members' types are worked out when first asked for. */
  readonly alerts: Map<string, ValueType>;
  /** Files of trusted data. */
  readonly data: Map<string, KeptData>;
  /** Cases that agents are shown, as they were with what they rested on. */
  readonly examples: Map<string, KeptExample>;
  /** Called playbooks. */
  readonly playbooks: Map<string, KeptPlaybook>;
}

export interface KeptExample {
  /** The text of the case, that of its alert, and whether each file of its events is there. */
  readonly of: readonly (string | boolean | undefined)[];
  readonly found: FoundExample;
}

export interface KeptData {
  readonly text: string;
  readonly tree: SyntaxTree;
}

/** A called playbook, which holds for these texts of it and of all it refers to, on that day. */
export interface KeptPlaybook {
  readonly texts: ReadonlyMap<string, string | undefined>;
  readonly today: string | undefined;
  readonly loaded: LoadedPlaybook;
}

export interface Kept<T> {
  readonly text: string;
  readonly value: T;
  /** Errors in the file, and the line of the first. */
  readonly wrong: readonly Problem[];
  readonly line: number;
}

export function keptFiles(): KeptFiles {
  return {
    catalogs: new Map(),
    policies: new Map(),
    alerts: new Map(),
    data: new Map(),
    examples: new Map(),
    playbooks: new Map(),
  };
}

/** Why nothing can lie beside a text: it is not saved yet, or it is shown from somewhere else (`git:`, `vscode-vfs:`). */
export function elsewhere(uri: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined || scheme === 'file') return undefined;
  return scheme === 'untitled' ? 'this text is not saved yet' : `this text is no file on disk (${scheme}:)`;
}

/** Resolves a `/`-separated reference against the folder of the URI it was written in. */
export function resolveReference(fromUri: string, reference: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(fromUri)?.[0] ?? '';
  const path = reference.startsWith('/')
    ? reference
    : `${fromUri.slice(scheme.length).replace(/[^/]*$/, '')}${reference
        .split('/')
        .map((part) => (scheme === '' ? part : encodeURIComponent(part)))
        .join('/')}`;
  const out: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (out.length > 1 || (out.length === 1 && out[0] !== '')) out.pop();
    } else if (part !== '.') out.push(part);
  }
  return scheme + out.join('/');
}

/** The day of a moment where this runs, `YYYY-MM-DD`. */
export function dayOf(moment: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}
