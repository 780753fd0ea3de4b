import path from 'node:path';
import { type EffectsFile, effectCatalogs, readEffects } from '../../language/foreign/effects/catalog.js';
import type { EffectCatalogs } from '../../language/foreign/effects/effects-of.js';
import { type ForeignFolder, foreignFolder } from '../../language/foreign/folder.js';
import { EFFECTS_FILE, looksForeign, mayBeForeign } from '../../language/foreign/may-be.js';
import type { ForeignPlaybook } from '../../language/foreign/model.js';
import { readForeign } from '../../language/foreign/recognise.js';
import { fileKindOf, indexLines, type LineIndex, MAX_LENGTH, parseYaml } from '../../language/index.js';
import { pathOf, readText } from '../../runner/node-files.js';
import { below, filesIn, shownPath, statOf, uriOf } from '../files.js';

/** Playbooks of other products, with what they need to be judged and shown. */
export interface FoundForeign {
  /** Those that were asked for. */
  readonly chosen: readonly ForeignPlaybook[];
  /** With what lies beside a file that was named, to find the playbooks it calls. */
  readonly folder: ForeignFolder;
  readonly catalogs: EffectCatalogs;
  /** Files that cannot be read, and what is wrong with catalogs of effects; a line each. */
  readonly complaints: readonly string[];
  readonly textOf: (uri: string) => string;
  readonly linesOf: (uri: string) => LineIndex;
  readonly nameOf: (uri: string) => string;
  /** Paths that were given and are such a playbook. */
  readonly files: ReadonlySet<string>;
}

/**
 * The playbooks of other products that paths name or contain, known by what they hold. Files that are none are left out. Reads
 * files only.
 */
export function findForeign(paths: readonly string[]): FoundForeign {
  const texts = new Map<string, string>();
  const chosen = new Set<string>();
  const beside = new Set<string>();
  const effects = new Set<string>();
  for (const given of paths) {
    const stat = statOf(given);
    if (stat?.isDirectory()) {
      for (const file of below(given, mayBeForeign)) chosen.add(path.resolve(file));
      for (const file of below(given, (name) => name.endsWith(EFFECTS_FILE))) effects.add(path.resolve(file));
    } else if (stat?.isFile() && fileKindOf(given) === undefined) {
      chosen.add(path.resolve(given));
      const folder = path.dirname(path.resolve(given));
      for (const file of filesIn(folder, mayBeForeign)) beside.add(file);
      for (const file of filesIn(folder, (name) => name.endsWith(EFFECTS_FILE))) effects.add(file);
    }
  }
  const unreadable: string[] = [];
  const readFile = (file: string): string | undefined => {
    const text = readText(file, MAX_LENGTH);
    // A mark of the byte order is no part of the text.
    if (text.ok) return text.text.replace(/^\uFEFF/, '');
    unreadable.push(`${shownPath(file)} cannot be read, so whether it is a playbook is not known: ${text.reason}.`);
    return undefined;
  };
  const read = (file: string): readonly ForeignPlaybook[] => {
    const text = readFile(file);
    if (text === undefined || !looksForeign(text)) return [];
    const uri = uriOf(file);
    const tree = parseYaml(text);
    const playbooks = readForeign(uri, tree, (folder) => {
      const within = path.join(path.dirname(file), folder);
      return [...filesIn(within, mayBeForeign)].sort().flatMap((one) => {
        const found = readFile(one);
        if (found === undefined) return [];
        texts.set(uriOf(one), found);
        return [{ uri: uriOf(one), tree: parseYaml(found) }];
      });
    });
    if (playbooks) texts.set(uri, text);
    return playbooks ?? [];
  };
  const own = [...chosen].sort().flatMap(read);
  const others = [...beside].filter((file) => !chosen.has(file)).flatMap(read);
  const files = [...effects].sort().flatMap((file) => {
    const text = readFile(file);
    return text === undefined ? [] : [{ file, ...readEffects(text), lines: indexLines(text) }];
  });
  const lines = new Map<string, LineIndex>();
  return {
    chosen: own,
    folder: foreignFolder([...own, ...others]),
    catalogs: effectCatalogs(files),
    complaints: [...unreadable, ...files.flatMap(complaintsOf)],
    textOf: (uri) => texts.get(uri) ?? '',
    linesOf: (uri) => {
      const known = lines.get(uri) ?? indexLines(texts.get(uri) ?? '');
      lines.set(uri, known);
      return known;
    },
    nameOf: (uri) => shownPath(pathOf(uri) ?? uri),
    files: new Set(own.map(({ uri }) => pathOf(uri) ?? uri)),
  };
}

function complaintsOf({
  file,
  problems,
  lines,
}: EffectsFile & { readonly file: string; readonly lines: LineIndex }): readonly string[] {
  return problems.map(
    ({ range, message }) => `${shownPath(file)}:${lines.positionAt(range.start).line + 1}  ${message}`,
  );
}
