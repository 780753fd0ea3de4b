import { resolveReference } from '../../language/host.js';
import type { LoadedPlaybook } from '../../language/load.js';
import { calleesOf } from '../callees.js';
import { canonical, sha256 } from '../trace/canonical.js';

/**
 * What a measure of a playbook is bound to: the playbook, the playbooks it calls and its catalogs, by content and wherever they lie. Not
 * the policy, which names the bound, and not the context, which changes from day to day.
 */
export function measuredDigest({
  loaded,
  texts,
}: {
  readonly loaded: LoadedPlaybook;
  readonly texts: ReadonlyMap<string, string>;
}): string {
  const left = new Set(
    [loaded, ...calleesOf(loaded)].flatMap(({ uri, policy, playbook }) => [
      ...(policy ? [policy.uri] : []),
      ...playbook.context.map(({ file }) => resolveReference(uri, file.value)),
    ]),
  );
  return digestOfTexts([...texts].filter(([uri]) => !left.has(uri)).map(([, text]) => text));
}

/** Over texts in whatever order. */
export function digestOfTexts(texts: readonly string[]): string {
  return sha256(canonical(texts.map((text) => sha256(text)).sort()));
}
