import type { Range } from '../syntax/tree.js';
import { declarationsOf } from './definition.js';
import type { NamedFile } from './named-file.js';
import { nameAt, type Occurrence, wordOf } from './occurrence.js';
import { usesOf } from './references.js';
import { nameOfFile, objectionTo, THINGS } from './rename-check.js';
import { type Meaning, meaningsOf, type World } from './world.js';

/** Why something is not renamed, for the person who asked. */
export interface Refusal {
  readonly refused: string;
}

/** A name that can be renamed. */
export interface RenameTarget {
  /** The word under the cursor. */
  readonly range: Range;
  readonly word: string;
  readonly meaning: Meaning;
  readonly declaration: Occurrence;
}

/** One file's part of a renaming. */
export interface FileEdits {
  readonly uri: string;
  readonly edits: readonly { readonly range: Range; readonly newText: string }[];
}

/** What is renamed at `offset`, or why nothing can be. */
export function renameTarget(file: NamedFile, offset: number, world: World): RenameTarget | Refusal {
  const found = nameAt(file.occurrences, offset);
  if (!found) {
    return refuse(
      'Nothing here has a name that is used elsewhere. Steps, inputs, context, loop variables, outputs of agents and people, tools, roles, tags and playbooks can be renamed.',
    );
  }
  if (found.kind === 'file')
    return refuse('This is the path of a file. Rename or move the file, then correct the path.');
  if (found.kind === 'argument' || (found.kind === 'output' && found.of?.kind === 'tool'))
    return refuse(
      'What a tool takes and returns is named by whatever answers the tool, so a new name here would be wrong.',
    );
  if (found.kind === 'output' && found.name === '') return refuse('"output" is a word of the language.');
  if (found.kind === 'output' && found.of && found.of.members.length > 0)
    return refuse(
      'Only the outermost fields of an output can be renamed: not every reading of a field below is known.',
    );
  const word = wordOf(found);
  const meanings = meaningsOf(file, found, world);
  const [meaning, other] = meanings;
  const thing = THINGS[found.kind];
  if (other) {
    const files = meanings.map(({ file: { uri } }) => nameOfFile(uri)).join(' and ');
    return refuse(`"${word}" can be read in several ways here: ${files} both have ${thing} of this name.`);
  }
  const declarations = meaning ? declarationsOf(meaning) : [];
  const [declaration, again] = declarations;
  if (!meaning || !declaration)
    return refuse(`No ${thing.replace(/^an? /, '')} "${word}" is declared, so there is nothing to rename.`);
  if (again) {
    const lines = declarations.map((one) => lineOf(meaning.file, one.range)).join(' and ');
    return refuse(
      `Two have the name "${word}" (${nameOfFile(meaning.file.uri)}, lines ${lines}), and which of them a reference means cannot be told. Change one by hand first.`,
    );
  }
  return { range: found.range, word, meaning, declaration };
}

/** The changes that give a thing another name wherever it is named, or why that cannot be. */
export function rename(
  target: RenameTarget,
  newName: string,
  file: NamedFile,
  world: World,
): readonly FileEdits[] | Refusal {
  const { meaning, declaration, word } = target;
  if (newName === word) return [];
  const objection = objectionTo(meaning, newName, world);
  if (objection !== undefined) return refuse(objection);
  const byFile = new Map<NamedFile, Range[]>([[meaning.file, [declaration.range]]]);
  for (const { file: used, occurrence, meanings } of usesOf([meaning], world, file)) {
    if (meanings.length > 1) {
      const others = meanings.filter((one) => one.file !== meaning.file).map((one) => nameOfFile(one.file.uri));
      return refuse(
        `Line ${lineOf(used, occurrence.range)} of ${nameOfFile(used.uri)} may mean this "${word}" or that of ${others.join(', ')}, so it could not stay right for both.`,
      );
    }
    const ranges = byFile.get(used);
    if (ranges) ranges.push(occurrence.range);
    else byFile.set(used, [occurrence.range]);
  }
  const answer: FileEdits[] = [];
  for (const [one, ranges] of byFile) {
    if (one.fault) {
      return refuse(
        `${nameOfFile(one.uri)} cannot be read as a whole (line ${lineOf(one, one.fault.range)}: ${one.fault.message}), so uses of "${word}" in it might be missed. Mend that first.`,
      );
    }
    const edits = ranges.map((range) => ({ range, newText: newName })).sort((a, b) => a.range.start - b.range.start);
    answer.push({ uri: one.uri, edits });
  }
  return answer;
}

function refuse(refused: string): Refusal {
  return { refused };
}

/** The line of a place, as editors count them. */
function lineOf({ lines }: NamedFile, { start }: Range): number {
  return lines.positionAt(start).line + 1;
}
