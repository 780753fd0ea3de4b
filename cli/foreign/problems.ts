import { boundariesOf } from '../../language/foreign/folder.js';
import { problemsOf } from '../../language/foreign/problems.js';
import { pathOf } from '../../runner/node-files.js';
import type { FoundProblems } from '../check-text.js';
import { plain, type Terminal } from '../terminal.js';
import { findForeign } from './found.js';

/** What is wrong with playbooks of other products, by file. */
export function foreignProblems(paths: readonly string[], terminal: Terminal): ReadonlyMap<string, FoundProblems> {
  const found = findForeign(paths);
  for (const complaint of found.complaints) terminal.err(`${plain(complaint)}\n`);
  const problems = problemsOf(boundariesOf(found.folder, found.chosen, found.catalogs));
  return new Map([...problems].map(([uri, of]) => [pathOf(uri) ?? uri, { text: found.textOf(uri), problems: of }]));
}
