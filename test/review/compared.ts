import { type ActChange, compareSides } from '../../language/authority/diff/compare.js';
import { type Side, sideOf } from '../../language/authority/diff/side.js';
import { toolIndexOf } from '../../language/authority/diff/tool-index.js';
import { keptFiles } from '../../language/host.js';
import { loadPlaybook } from '../../language/load.js';
import type { Program } from '../soundness/playbook.js';
import { playbookFile, printProgram } from '../soundness/print.js';

const FOLDER = 'file:///w/';
const kept = keptFiles();

/** A program as the diff sees it. */
export function sideOfProgram(program: Program): Side {
  const files = printProgram(program);
  const name = playbookFile(program.main);
  const read = (uri: string): string | undefined => files.get(uri.slice(FOLDER.length));
  return sideOf(loadPlaybook(FOLDER + name, files.get(name) ?? '', { read, kept }));
}

export function compared(base: Side, head: Side): readonly ActChange[] {
  return compareSides(base, head, toolIndexOf(base.loaded.catalogs, head.loaded.catalogs));
}

/** What a change is, for a failing test. */
export function told({ base, head, class: is, differences }: ActChange): string {
  return `${head?.path ?? base?.path} ${head?.tool ?? base?.tool}: ${is}: ${differences.map(({ words }) => words).join('; ')}`;
}
