import { whatItHides } from '../rules/loop-variable.js';
import type { Range } from '../syntax/tree.js';
import type { NamedFile } from './named-file.js';
import type { OccurrenceKind } from './occurrence.js';
import { isSameOwner, type Meaning, type World } from './world.js';

/** What a name of each kind names, with its article. */
export const THINGS = {
  step: 'a step',
  tool: 'a tool',
  role: 'a role',
  file: 'a file',
  tag: 'a tag',
  item: 'a loop variable',
  input: 'an input',
  context: 'a name of the context',
  output: 'a field of this output',
  argument: 'an argument',
  playbook: 'a playbook',
} as const satisfies { [K in OccurrenceKind]: string };

/** How names are spelt; the schemas say the same. */
interface Spelling {
  readonly pattern: RegExp;
  readonly most: number;
  readonly rule: string;
}

const SNAKE: Spelling = {
  pattern: /^[a-z][a-z0-9_]*$/,
  most: 64,
  rule: 'lower case letters, digits and "_", a letter first, at most 64 characters',
};
const KEBAB: Spelling = {
  pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
  most: Number.POSITIVE_INFINITY,
  rule: 'lower case words and digits joined by "-", a letter first',
};
const DOTTED: Spelling = {
  pattern: /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/,
  most: 60,
  rule: 'at least two lower case words joined by ".", such as identity.suspend, at most 60 characters',
};
/** Of what the schemas leave open: that it can be written after a dot. */
const IDENTIFIER: Spelling = {
  pattern: /^[A-Za-z_]\w*$/,
  most: Number.POSITIVE_INFINITY,
  rule: 'letters, digits and "_", no digit first',
};

const SPELLINGS = {
  step: SNAKE,
  item: SNAKE,
  input: SNAKE,
  context: SNAKE,
  output: IDENTIFIER,
  tool: DOTTED,
  role: KEBAB,
  tag: KEBAB,
  playbook: KEBAB,
  argument: IDENTIFIER,
  file: IDENTIFIER,
} as const satisfies { [K in OccurrenceKind]: Spelling };

/** Words that YAML reads as something else than text, and the one that an expression does. */
const NOT_NAMES = ['true', 'false', 'null', 'in'];

/** Why a thing cannot have a new name, as a sentence; `undefined` when it can. */
export function objectionTo(meaning: Meaning, newName: string, world: World): string | undefined {
  const { kind } = meaning;
  const { pattern, most, rule } = SPELLINGS[kind];
  if (!pattern.test(newName) || newName.length > most)
    return `"${newName}" cannot be the name of ${THINGS[kind]}: ${rule}.`;
  if (NOT_NAMES.includes(newName)) return `"${newName}" is a word of YAML or of expressions and cannot be a name.`;
  const taken = takenAt(meaning, newName, world);
  if (taken) {
    const line = taken.file.lines.positionAt(taken.range.start).line + 1;
    return `"${newName}" is taken: ${taken.file.uri === meaning.file.uri ? 'line' : `${nameOfFile(taken.file.uri)}, line`} ${line} is ${THINGS[kind]} of this name.`;
  }
  return kind === 'item' ? objectionToItem(meaning, newName) : undefined;
}

interface Taken {
  readonly file: NamedFile;
  readonly range: Range;
}

/** Where something of this name is that a reference could mean as well. */
function takenAt({ kind, of, file }: Meaning, newName: string, world: World): Taken | undefined {
  const files =
    kind === 'playbook'
      ? world.playbooksNamed(newName)
      : kind === 'tool'
        ? [file, ...besides(file, world)]
        : // Loop variables may be alike in loops that are not in each other.
          kind === 'item'
          ? []
          : [file];
  for (const one of files) {
    const found = one.occurrences.find(
      (other) => other.declares && other.kind === kind && other.name === newName && isSameOwner(other.of, of),
    );
    if (found) return { file: one, range: found.range };
  }
  return undefined;
}

/** The catalogs that some playbook reads together with this one. */
function besides(catalog: NamedFile, world: World): NamedFile[] {
  const isIt = (uri: string): boolean => world.key(uri) === world.key(catalog.uri);
  const uris = new Set(world.files.flatMap(({ catalogs }) => (catalogs.some(isIt) ? catalogs : [])));
  return [...uris].flatMap((uri) => (isIt(uri) ? [] : (world.file(uri) ?? [])));
}

function objectionToItem({ name, file }: Meaning, newName: string): string | undefined {
  const own = file.loops.find(({ id }) => id === name);
  if (!own) return undefined;
  const holds = (outer: Range, inner: Range): boolean =>
    outer !== inner && outer.start <= inner.start && inner.end <= outer.end;
  const around = file.loops.filter(({ range }) => holds(range, own.range)).map(({ item }) => item);
  const hidden = whatItHides(newName, around);
  if (hidden) return `"${newName}" ${hidden}.`;
  const inside = file.loops.find(({ item, range }) => item === newName && holds(own.range, range));
  if (inside) return `"${newName}" is the item of the loop "${inside.id}" inside this one, and would be hidden there.`;
  const caught = file.occurrences.find(
    (one) => one.kind === 'item' && one.name === name && one.bound?.includes(newName),
  );
  return caught
    ? `On line ${file.lines.positionAt(caught.range.start).line + 1} "${newName}" is bound by the expression around it and would mean something else.`
    : undefined;
}

/** The last part of a URI, as people know it. */
export function nameOfFile(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
