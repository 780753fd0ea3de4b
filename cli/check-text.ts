import { existsSync } from 'node:fs';
import { CONFIG_NAME, checkFile, type FileHost, fileKindOf, type Problem } from '../language/index.js';
import { nodeFiles, pathOf, readText, type TextFault } from '../runner/node-files.js';
import { uriOf } from './files.js';

/** What checking one file found, before any configuration is asked. Plain data: it is passed between threads. */
export interface FoundProblems {
  readonly problems: readonly Problem[];
  /** The text they are in. Empty where nothing more needs it, so that the texts of many clean files are not kept. */
  readonly text: string;
}

/** Checks one file. What it refers to is read from `host`, which keeps what it understood. */
export function checkText(file: string, host: FileHost): FoundProblems {
  const read = readText(file);
  const text = read.ok ? read.text : '';
  const problems = read.ok ? checkFile(uriOf(file), text, host).problems : [notRead(read)];
  return { problems, text: problems.length > 0 || fileKindOf(file) === 'config' ? text : '' };
}

/**
 * The files of this machine. A configuration that is there and cannot be read counts as an empty one, so that none further
 * up takes its place, and is added to `unreadable`.
 *
 * @param today the day it is, where it has to be the same for several hosts
 */
export function hostOf(unreadable: Set<string>, today?: string): FileHost {
  const files = nodeFiles();
  return {
    ...files,
    today: today ?? files.today,
    read(uri) {
      const text = files.read(uri);
      if (text !== undefined || !uri.endsWith(`/${CONFIG_NAME}`)) return text;
      const file = pathOf(uri);
      if (file === undefined || !existsSync(file)) return undefined;
      unreadable.add(file);
      return '';
    },
  };
}

const ADVICE: { readonly [F in TextFault]: string } = {
  missing: 'Check the path.',
  'no-file': 'Name a file, or a folder with files in it.',
  'too-large': 'Split it.',
  unreadable: 'Make it readable, or leave it out.',
  'not-text': 'Check that it is the right file, saved as UTF-8.',
};

/** That a file cannot be read, as a problem of it. */
export function notRead({ fault, reason }: { readonly fault: TextFault; readonly reason: string }): Problem {
  return {
    rule: fault === 'too-large' ? 'file-too-large' : 'not-text',
    severity: 'error',
    range: { start: 0, end: 0 },
    message: `This file cannot be read: ${reason}. ${ADVICE[fault]}`,
    related: [],
    fixes: [],
  };
}
