import { edgeWord } from '../authority/paths.js';
import { parseYaml } from '../syntax/parse.js';
import { foreignBoundary } from './boundary.js';
import { foreignFolder } from './folder.js';
import { assertImportsAlike } from './import/compare.test.js';
import { looksForeign } from './may-be.js';
import type { ForeignPlaybook } from './model.js';
import { readForeign } from './recognise.js';

/** Texts by their path below the folder of the playbook. */
export type Texts = { readonly [file: string]: string };

/** What files hold, read as the command line does. */
export function readAll(files: Texts): readonly ForeignPlaybook[] {
  return Object.entries(files).flatMap(([file, text]) => {
    if (!looksForeign(text)) return [];
    const folder = file.slice(0, file.lastIndexOf('/') + 1);
    return (
      readForeign(`file:///w/${file}`, parseYaml(text), (inside) =>
        Object.entries(files)
          .filter(([other]) => other.startsWith(`${folder}${inside}/`))
          .map(([other, content]) => ({ uri: `file:///w/${other}`, tree: parseYaml(content) })),
      ) ?? []
    );
  });
}

/**
 * The boundary of the first playbook as lines: `step: tool (effect) autonomy verdict, path to it`. What a reader of the product would
 * agree to, or not. Whatever is read here is imported as well, and has the same acts then.
 */
export function linesOf(files: Texts | string): readonly string[] {
  const playbooks = readAll(typeof files === 'string' ? { 'a.yml': files } : files);
  const [first] = playbooks;
  if (!first) return ['no playbook'];
  const { find } = foreignFolder(playbooks);
  assertImportsAlike(first, find);
  return foreignBoundary(first, find, { of: () => [] }).boundary.cells.map(
    ({ step, tool, effect, autonomy, verdict, witness }) => {
      const path = witness.map(({ step: at, edge, branch }) => {
        const way = edgeWord({ kind: edge, branch });
        return way === '' ? at : `${at} (${way})`;
      });
      return `${step}: ${tool} (${effect}) ${autonomy} ${verdict}${path.length === 0 ? '' : `, ${path.join(' → ')}`}`;
    },
  );
}

/** The sentences of cells, by step. */
export function reasonsOf(files: Texts | string): ReadonlyMap<string, string> {
  const playbooks = readAll(typeof files === 'string' ? { 'a.yml': files } : files);
  const { find } = foreignFolder(playbooks);
  return new Map(
    playbooks
      .slice(0, 1)
      .flatMap((one) =>
        foreignBoundary(one, find, { of: () => [] }).boundary.cells.map(
          ({ step, because }) => [step, because] as const,
        ),
      ),
  );
}
