import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf } from '../trace/system-error.js';

export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Writes files that are not there yet, all of them or none. @returns why it could not, for a person */
export function writeNew(files: readonly NewFile[]): string | undefined {
  const there = files.find(({ path }) => existsSync(path));
  if (there) return `"${there.path}" is there already, and a case is never written over. Name a new one with --out.`;
  const written: string[] = [];
  try {
    // The first names the others: it is there when they are.
    for (const { path, text } of [...files].reverse()) {
      mkdirSync(dirname(path), { recursive: true });
      const file = openSync(path, 'wx');
      written.push(path);
      try {
        writeFileSync(file, text);
      } finally {
        closeSync(file);
      }
    }
    return undefined;
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    return `The case cannot be written: the system said ${codeOf(error)}.`;
  }
}
