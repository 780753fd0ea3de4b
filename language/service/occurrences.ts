import type { LoadedPlaybook } from '../load.js';
import type { FileKind } from '../model/shape.js';
import type { Node } from '../syntax/tree.js';
import { nameAt, type Occurrence } from './occurrence.js';
import { inCase } from './occurrences-case.js';
import { inCatalog, inPolicy, inPolicyTest } from './occurrences-other.js';
import { inPlaybook, type NamesOfTops, type PlaybookTree, type TopTree } from './occurrences-playbook.js';
import type { SourceFile } from './source-file.js';

export type { Occurrence } from './occurrence.js';

/** A file as far as its names are concerned. */
export interface FileTree {
  readonly kind: FileKind;
  readonly text: string;
  readonly root: Node | undefined;
  readonly playbook: PlaybookTree | undefined;
}

/** Every name in a file that can be followed, in no particular order. */
export function occurrencesIn(source: SourceFile): readonly Occurrence[] {
  return source.names().occurrences;
}

/** What names are looked for in, of a playbook that was read with everything it refers to. */
export function treeOf({ playbook, head, tops }: LoadedPlaybook): PlaybookTree {
  return { playbook, head, tops };
}

export function occurrencesOf(
  { kind, text, root, playbook }: FileTree,
  made?: NamesOfTops,
  next?: Map<TopTree, readonly Occurrence[]>,
): Occurrence[] {
  switch (kind) {
    case 'playbook':
      return playbook ? inPlaybook(playbook, text, made, next) : [];
    case 'tools':
      return inCatalog(root);
    case 'policy':
      return inPolicy(root);
    case 'policy_test':
      return inPolicyTest(root);
    case 'case':
      return inCase(root, text);
    case 'mapping':
    case 'config':
      return [];
  }
}

/** The name at an offset, both ends inclusive. */
export function occurrenceAt(source: SourceFile, offset: number): Occurrence | undefined {
  return nameAt(occurrencesIn(source), offset);
}
