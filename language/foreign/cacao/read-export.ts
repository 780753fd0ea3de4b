import { parsedJson } from '../../json.js';
import { buildPlaybook } from '../../model/build-playbook.js';
import { parseYaml } from '../../syntax/parse.js';
import type { Json } from '../../syntax/tree.js';
import { claimsIn, extensionId, type IdOf, isList, isMap, playbookIdOf } from './extension.js';
import { cacaoOf } from './write.js';

export type ReadExport =
  | {
      readonly ok: true;
      readonly source: string;
      readonly file: string;
      /** The CACAO id of each playbook that is called, by the reference. */
      readonly calls: { readonly [reference: string]: string };
    }
  /** `foreign`: it is no export of ours. `why` is for a person. */
  | { readonly ok: false; readonly foreign: boolean; readonly why: string };

/**
 * The playbook in a CACAO file that `cacaoOf` wrote. The text in the extension counts only if it is what the rest of the file says:
 * if writing it again gives this very file, whatever the order and layout of its JSON. So a text that was put into a
 * file others reviewed as a graph, or a graph that was changed around its text, is not taken.
 */
export function readExport(text: string, idOf: IdOf): ReadExport {
  // Of a key that is there twice one reader takes the first and another the last.
  const [fault] = parseYaml(text).problems.filter(({ severity }) => severity === 'error');
  const root = parsedJson(text);
  if (root === undefined) return { ok: false, foreign: true, why: 'It is not JSON.' };
  const claims = claimsIn(root, idOf);
  if (!claims) {
    const mentions = isMap(root) && isMap(root.playbook_extensions) && root.playbook_extensions[extensionId(idOf)];
    return mentions
      ? { ok: false, foreign: false, why: 'Its Countersign extension is not as this version writes it.' }
      : { ok: false, foreign: true, why: 'It has no Countersign extension.' };
  }
  if (fault) return { ok: false, foreign: false, why: `Its JSON has a fault: ${fault.message}` };
  const { source, file, ...facts } = claims;
  const written = cacaoOf(source, { file, ...facts }, idOf);
  if (!written.ok)
    return { ok: false, foreign: false, why: `The text in its extension is no playbook: ${written.why}` };
  const place = difference(root, written.cacao, '');
  return place === undefined
    ? { ok: true, source, file, calls: facts.calls }
    : { ok: false, foreign: false, why: `The playbook in its extension is not what the file says at ${place || '/'}.` };
}

/**
 * A reference by which another playbook would be called than the file's graph calls. One that is not there yet is no such.
 * @param textOf the text of a playbook by its reference
 */
export function otherThanMeant(
  calls: { readonly [reference: string]: string },
  textOf: (reference: string) => string | undefined,
  idOf: IdOf,
): string | undefined {
  return Object.entries(calls).find(([reference, id]) => {
    const text = textOf(reference);
    if (text === undefined) return false;
    const { owner, id: name } = buildPlaybook(parseYaml(text).root);
    return playbookIdOf(owner?.value, name?.value ?? '', idOf) !== id;
  })?.[0];
}

/** Where two values first differ, as a JSON pointer; `undefined` where they do not. */
function difference(a: Json | undefined, b: Json | undefined, at: string): string | undefined {
  if (isList(a) && isList(b)) {
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
      const found = difference(a[index], b[index], `${at}/${index}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      const step = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!Object.hasOwn(a, key) || !Object.hasOwn(b, key)) return step;
      const found = difference(a[key], b[key], step);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return a === b ? undefined : at;
}
