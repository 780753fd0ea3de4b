import { declarationsOf, type Place, placesOf } from './definition.js';
import type { NamedFile } from './named-file.js';
import { nameAt, type Occurrence } from './occurrence.js';
import { isSame, type Meaning, meaningsOf, type World } from './world.js';

/** Every use of the name at `offset`, in all files of `world` that can mean the same thing. */
export function referencesTo(file: NamedFile, offset: number, world: World, withDeclaration: boolean): Place[] {
  const found = nameAt(file.occurrences, offset);
  if (!found) return [];
  const meanings = meaningsOf(file, found, world);
  // What is declared nowhere has its uses in this file all the same.
  const uses = meanings.length > 0 ? usesOf(meanings, world, file) : lonely(file, found);
  const places = uses.map(({ file: { uri }, occurrence: { range } }) => ({ uri, range }));
  return withDeclaration ? [...meanings.flatMap((one) => placesOf(one, declarationsOf(one))), ...places] : places;
}

/** A name that means a thing, and the file it is in. */
export interface Use {
  readonly file: NamedFile;
  readonly occurrence: Occurrence;
  /** Everything it can be read as. */
  readonly meanings: readonly Meaning[];
}

/**
 * The names that mean one of some things, those that declare them left out: in `file`, where
 * they are declared, and in every file of `world`.
 */
export function usesOf(meanings: readonly Meaning[], world: World, file: NamedFile): Use[] {
  const [first] = meanings;
  if (!first) return [];
  const uses: Use[] = [];
  const searched = new Map<string, NamedFile>();
  for (const one of [file, ...meanings.map((meaning) => meaning.file), ...world.files]) {
    const key = world.key(one.uri);
    if (!searched.has(key)) searched.set(key, one);
  }
  for (const file of searched.values()) {
    for (const occurrence of file.occurrences) {
      if (occurrence.declares || occurrence.kind !== first.kind || occurrence.name !== first.name) continue;
      const read = meaningsOf(file, occurrence, world);
      if (read.some((one) => meanings.some((meant) => isSame(one, meant, world)))) {
        uses.push({ file, occurrence, meanings: read });
      }
    }
  }
  return uses;
}

function lonely(file: NamedFile, { kind, name }: Occurrence): Use[] {
  return kind === 'file'
    ? []
    : file.occurrences
        .filter((one) => !one.declares && one.kind === kind && one.name === name)
        .map((occurrence) => ({ file, occurrence, meanings: [] }));
}
