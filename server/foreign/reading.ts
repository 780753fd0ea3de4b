import { type ForeignBoundary, foreignBoundary } from '../../language/foreign/boundary.js';
import { type EffectsFile, effectCatalogs, readEffects } from '../../language/foreign/effects/catalog.js';
import { foreignFolder } from '../../language/foreign/folder.js';
import { foreignGraphOf } from '../../language/foreign/graph/foreign-graph.js';
import { EFFECTS_FILE, looksForeign, mayBeForeign } from '../../language/foreign/may-be.js';
import type { ForeignPlaybook } from '../../language/foreign/model.js';
import { problemsOf } from '../../language/foreign/problems.js';
import { readForeign } from '../../language/foreign/recognise.js';
import type { Problem } from '../../language/problem.js';
import type { StepGraph } from '../../language/service/step-graph.js';
import { parseYaml } from '../../language/syntax/parse.js';
import type { ImportReply } from '../protocol/import-requests.js';
import { uriKey } from '../uri-key.js';
import { imported } from './imported.js';

/** What a reader needs of the files of the workspace: as editors have them, else as they are on disk. */
export interface ForeignFiles {
  read(uri: string): string | undefined;
  /** URIs of the files in a folder itself. */
  filesIn(folder: string): readonly string[];
}

/** What a file of another product says, with those it calls from its folder. */
export interface ForeignReading {
  readonly boundaries: readonly ForeignBoundary[];
  /** Whether parts of the file may be missing. */
  readonly broken: boolean;
  readonly problems: (uri: string) => readonly Problem[];
  /** Drawn when first asked for. */
  readonly graph: () => StepGraph;
  /** The file as one of ours. `besideOf` has the texts of the folder it goes to. */
  readonly imported: (besideOf: (reference: string) => string | undefined) => ImportReply;
}

export interface ForeignReader {
  /**
   * Reads a file; `undefined` where it is no playbook that is known, or a file a playbook consists of. What has not changed since
   * it was last read is not read again.
   * @param pause lets others go on between two files
   * @param goesOn whether the answer is still wanted
   */
  read(
    uri: string,
    pause: () => Promise<void>,
    goesOn: () => boolean,
  ): Promise<ForeignReading | undefined | 'given-up'>;
  /** Forgets what was read. */
  clear(): void;
}

/** A file as it was read, and what it was read with. */
interface ReadFile {
  readonly text: string;
  readonly beside: readonly (readonly [uri: string, text: string | undefined])[];
  readonly playbooks: readonly ForeignPlaybook[];
}

/** A file of a playbook that is a folder: `steps/` beside its definition. */
const PART = /^(.*\/)steps\/[^/]+$/;

export function foreignReader(files: ForeignFiles): ForeignReader {
  const kept = new Map<string, ReadFile>();
  const readings = new Map<string, { readonly of: readonly unknown[]; readonly reading: ForeignReading }>();

  /** A text without the mark of the byte order, which editors do not have in theirs either. */
  const textOf = (uri: string): string | undefined => files.read(uri)?.replace(/^\uFEFF/, '');

  /** The files of a folder, which ends in `/`: as it is spelled, for places are compared with what the client calls its documents. */
  function besideOf(folder: string): readonly string[] {
    return files.filesIn(folder).map((uri) => `${folder}${uri.slice(uri.lastIndexOf('/') + 1)}`);
  }

  function isAsRead({ text, beside }: ReadFile, now: string): boolean {
    return text === now && beside.every(([uri, was]) => textOf(uri) === was);
  }

  function readFile(uri: string, text: string): ReadFile {
    const known = kept.get(uri);
    if (known && isAsRead(known, text)) return known;
    const beside: [string, string | undefined][] = [];
    const playbooks = looksForeign(text)
      ? readForeign(uri, parseYaml(text), (folder) =>
          besideOf(`${folderOf(uri)}${folder}/`)
            .filter(mayBeForeign)
            .flatMap((other) => {
              const found = textOf(other);
              beside.push([other, found]);
              return found === undefined ? [] : [{ uri: other, tree: parseYaml(found) }];
            }),
        )
      : undefined;
    const made = { text, beside, playbooks: playbooks ?? [] };
    kept.set(uri, made);
    return made;
  }

  /** The file with the playbook: itself, or the definition it is a part of. */
  function ownOf(uri: string): { readonly uri: string; readonly file: ReadFile } | undefined {
    const text = textOf(uri);
    if (text === undefined) return undefined;
    const file = readFile(uri, text);
    if (file.playbooks.length > 0) return { uri, file };
    const [, folder] = PART.exec(uri) ?? [];
    for (const name of folder === undefined ? [] : ['definition.yaml', 'definition.yml']) {
      const definition = textOf(`${folder}${name}`);
      if (definition === undefined) continue;
      const whole = readFile(`${folder}${name}`, definition);
      if (whole.beside.some(([part]) => uriKey(part) === uriKey(uri))) return { uri: `${folder}${name}`, file: whole };
    }
    return undefined;
  }

  return {
    async read(given, pause, goesOn) {
      const own = ownOf(given);
      if (own === undefined) return undefined;
      const { uri, file } = own;
      const found = new Map<string, ReadFile>([[uri, file]]);
      const beside = besideOf(folderOf(uri));
      const others = beside.filter((one) => uriKey(one) !== uriKey(uri) && mayBeForeign(one));
      let wanted = targetsOf(file.playbooks);
      while (wanted.length > 0) {
        const isWanted = namesIn(wanted);
        const called: string[] = [];
        for (const other of others) {
          if (found.has(other)) continue;
          const text = textOf(other);
          if (text === undefined || !isWanted(text, other)) continue;
          const known = kept.get(other);
          if (!known || !isAsRead(known, text)) await pause();
          if (!goesOn()) return 'given-up';
          const read = readFile(other, textOf(other) ?? '');
          found.set(other, read);
          called.push(...targetsOf(read.playbooks));
        }
        wanted = called;
      }
      const effects = beside.filter((one) => one.endsWith(EFFECTS_FILE)).map((one) => textOf(one) ?? '');
      // Others may have changed while one of them was read.
      const now = ownOf(given);
      if (now === undefined || now.file !== file) return 'given-up';
      const of = [...found.values(), ...effects];
      const last = readings.get(uri);
      if (last && last.of.length === of.length && last.of.every((one, index) => one === of[index])) return last.reading;
      const reading = readingOf(
        file,
        [...found.values()].flatMap(({ playbooks }) => playbooks),
        effects.map(readEffects),
        (one) => textOf(one) ?? '',
      );
      readings.set(uri, { of, reading });
      return reading;
    },
    clear() {
      kept.clear();
      readings.clear();
    },
  };
}

function readingOf(
  { playbooks }: ReadFile,
  all: readonly ForeignPlaybook[],
  effects: readonly EffectsFile[],
  textOf: (uri: string) => string,
): ForeignReading {
  const { find } = foreignFolder(all);
  const catalogs = effectCatalogs(effects);
  const boundaries = playbooks.map((one) => foreignBoundary(one, find, catalogs));
  const problems = problemsOf(boundaries);
  let graph: StepGraph | undefined;
  return {
    boundaries,
    broken: playbooks.some(({ notUnderstood }) => notUnderstood.some(({ breaks }) => breaks)),
    problems: (uri) => [...problems].flatMap(([one, found]) => (uriKey(one) === uriKey(uri) ? found : [])),
    graph: () => {
      graph ??= foreignGraphOf(boundaries, { find, catalogs, lengthOf: (uri) => textOf(uri).length });
      return graph;
    },
    imported: (besideOf) => imported(playbooks, { find, catalogs }, textOf, besideOf),
  };
}

/** The names by which playbooks call others. */
function targetsOf(playbooks: readonly ForeignPlaybook[]): readonly string[] {
  return playbooks.flatMap(({ steps }) =>
    steps.flatMap(({ does }) => (does.kind === 'call' ? [does.target.value] : [])),
  );
}

/**
 * Whether a file may be the playbook of one of these names: it, or its own name, has all words of that name. A folder may have hundreds
 * of files, and looking for words in one takes a hundredth of what reading it does.
 */
function namesIn(names: readonly string[]): (text: string, uri: string) => boolean {
  const wanted = names.map((name) => name.match(/[A-Za-z0-9]+/g) ?? []);
  return (text, uri) => wanted.some((words) => words.every((word) => text.includes(word) || uri.includes(word)));
}

function folderOf(uri: string): string {
  return uri.slice(0, uri.lastIndexOf('/') + 1);
}
