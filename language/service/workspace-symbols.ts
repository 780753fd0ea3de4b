import type { Step, StepKind } from '../model/playbook.js';
import { entriesOf, textAt, wordRange } from '../model/read.js';
import type { FileKind } from '../model/shape.js';
import type { Located, Node, Range } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';

/** Something of a file that can be gone to by its name, from anywhere in the workspace. */
export interface FileSymbol {
  readonly name: string;
  readonly kind: StepKind | 'tool' | 'role' | 'playbook' | 'case';
  /** The id of the file it is in; empty for the file's own, and where the file has none. */
  readonly container: string;
  /** The word that names it. */
  readonly range: Range;
}

/** Steps of a playbook (`steps`, nested ones too), tools of a catalog, roles of a policy; a playbook and a case by their own ids. */
export function symbolsOf(kind: FileKind, root: Node | undefined, steps: readonly Step[]): FileSymbol[] {
  const keys = (under: string, symbol: FileSymbol['kind'], container: string): FileSymbol[] =>
    entriesOf(get(root, under)).map(({ key }) => ({ name: key.text, kind: symbol, container, range: wordRange(key) }));
  switch (kind) {
    case 'playbook': {
      const id = textAt(root, 'playbook');
      const container = id?.value ?? '';
      const named = steps.filter((step) => step.id.range !== step.keyRange);
      return [
        ...own('playbook', id),
        ...named.map((step) => ({ name: step.id.value, kind: step.kind, container, range: step.id.range })),
      ];
    }
    case 'tools':
      return keys('tools', 'tool', textAt(root, 'catalog')?.value ?? '');
    case 'policy':
      return keys('roles', 'role', textAt(root, 'policy')?.value ?? '');
    case 'case':
      return own('case', textAt(root, 'case'));
    case 'policy_test':
    case 'mapping':
    case 'config':
      return [];
  }
}

function own(kind: 'playbook' | 'case', id: Located<string> | undefined): FileSymbol[] {
  return id ? [{ name: id.value, kind, container: '', range: id.range }] : [];
}

/**
 * How well a name answers a query, lower is better; `undefined` when it does not. As editors expect it: the characters of the
 * query are in the name in this order, whatever stands between, upper or lower case.
 */
export function matchQuality(name: string, query: string): number | undefined {
  const [text, wanted] = [name.toLowerCase(), query.toLowerCase().replace(/\s/g, '')];
  if (text.startsWith(wanted)) return text.length === wanted.length ? 0 : 1;
  if (text.includes(wanted)) return 2;
  let at = 0;
  for (const char of wanted) {
    at = text.indexOf(char, at) + 1;
    if (at === 0) return undefined;
  }
  return 3;
}
