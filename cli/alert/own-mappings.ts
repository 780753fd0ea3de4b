import path from 'node:path';
import {
  type AlertFormat,
  buildMapping,
  checkFile,
  fileKindOf,
  indexLines,
  MAPPING_FILE,
  parseYaml,
} from '../../language/index.js';
import { nodeFiles, readText } from '../../runner/node-files.js';
import { filesIn, shownPath, uriOf } from '../files.js';

/** A format that somebody wrote, and where. */
export interface OwnMapping {
  readonly file: string;
  readonly format: AlertFormat;
}

export type OwnMappings =
  | { readonly ok: true; readonly mappings: readonly OwnMapping[] }
  /** The first that cannot be used, and why: passed over, the alert would be mapped by another. */
  | { readonly ok: false; readonly message: string };

/** Files of mappings beside the alert and in the current folder. */
export function mappingFilesBeside(alert: string): readonly string[] {
  const folders = new Set([path.dirname(path.resolve(alert)), process.cwd()]);
  return [...folders].flatMap((folder) => [...filesIn(folder, (name) => fileKindOf(name) === 'mapping')].sort());
}

/** Reads files of mappings; one with a problem, and two of one name, are refused. */
export function readMappings(files: readonly string[]): OwnMappings {
  const mappings = new Map<string, OwnMapping>();
  for (const file of files) {
    const read = readMapping(file);
    if (!read.ok) return read;
    const { name } = read.format;
    const twin = mappings.get(name);
    if (twin) {
      return {
        ok: false,
        message: `${shownPath(twin.file)} and ${shownPath(file)} are both called "${name}". Name one with --mapping.`,
      };
    }
    mappings.set(name, { file, format: read.format });
  }
  return { ok: true, mappings: [...mappings.values()] };
}

function readMapping(file: string) {
  const no = (message: string) => ({ ok: false, message }) as const;
  if (fileKindOf(file) !== 'mapping')
    return no(`"${shownPath(file)}" is no mapping: its name must end in ${MAPPING_FILE}.`);
  const text = readText(file);
  if (!text.ok) return no(`The mapping ${shownPath(file)} cannot be read: ${text.reason}.`);
  const [first, ...more] = checkFile(uriOf(file), text.text, nodeFiles()).problems;
  if (first) {
    const { line } = indexLines(text.text).positionAt(first.range.start);
    const others = more.length === 0 ? '' : ` There are ${more.length} more: "countersign check".`;
    return no(`${shownPath(file)}:${line + 1} ${first.rule}: ${first.message}${others}`);
  }
  return { ok: true, format: buildMapping(parseYaml(text.text).root) } as const;
}
