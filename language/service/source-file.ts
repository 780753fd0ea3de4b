import { boundaryOf } from '../authority/boundary.js';
import type { Boundary } from '../authority/cell.js';
import { checkFile } from '../check-file.js';
import type { FileHost } from '../host.js';
import { isLarge } from '../large-file.js';
import { type LoadedPlaybook, loadPlaybook } from '../load.js';
import { loadPolicyTest } from '../load-policy-test.js';
import { buildCatalog } from '../model/build-catalog.js';
import { buildPolicy } from '../model/build-policy.js';
import type { Tool } from '../model/catalog.js';
import type { Policy } from '../model/policy.js';
import { type FileKind, fileKindOf } from '../model/shape.js';
import { once } from '../once.js';
import type { Problem } from '../problem.js';
import { indexLines, type LineIndex } from '../syntax/lines.js';
import { parseYaml } from '../syntax/parse.js';
import type { Node } from '../syntax/tree.js';
import { type NamedFile, namesOf } from './named-file.js';
import { treeOf } from './occurrences.js';
import type { NamesOfTops } from './occurrences-playbook.js';

/** One file of ours as the editor features read it: its tree, what it means, and what is wrong with it. */
export interface SourceFile {
  readonly uri: string;
  readonly kind: FileKind;
  readonly text: string;
  readonly root: Node | undefined;
  readonly lines: LineIndex;
  readonly problems: readonly Problem[];
  /** URIs of the files it was checked against, present or not. */
  readonly dependencies: readonly string[];
  /** Set for a playbook that is not too large. */
  readonly playbook: LoadedPlaybook | undefined;
  /** The tools that can be named here: of the catalogs of a playbook or of tests, or of the catalog itself. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** Its names, made out when first asked for. */
  readonly names: () => NamedFile;
  /** What of its names, or of those it had the last time anybody asked, can be taken over. */
  readonly namesMade: () => NamesOfTops | undefined;
  /** Who holds which role: the policy of a playbook or of tests, or the policy itself. */
  readonly policy: Policy | undefined;
  /** What a playbook may do; worked out when first asked for. */
  readonly boundary: () => Boundary | undefined;
}

/**
 * Reads a file of ours; `undefined` for any other kind of file. Never throws. `kind` is what its name says, except for a text
 * without a name. Of a file that is too large there are only the problems. What is the same as in `before`, the same file with
 * an earlier text, is taken over; that one is then no longer to be used.
 */
export function openSource(
  uri: string,
  text: string,
  host: FileHost,
  kind: FileKind | undefined = fileKindOf(uri),
  before?: SourceFile,
): SourceFile | undefined {
  if (kind === undefined) return undefined;
  if (isLarge(text)) {
    const { problems, dependencies } = checkFile(uri, text, host, kind);
    const names = once(() => namesOf(uri, kind, text, parseYaml(''), undefined));
    const boundary = (): undefined => undefined;
    const nothing = {
      root: undefined,
      playbook: undefined,
      tools: new Map<string, Tool>(),
      policy: undefined,
      boundary,
    };
    return {
      uri,
      kind,
      text,
      lines: indexLines(text),
      problems,
      dependencies,
      names,
      namesMade: () => undefined,
      ...nothing,
    };
  }
  if (kind === 'playbook') {
    const playbook = loadPlaybook(uri, text, host, before?.playbook);
    const { tree, lines, problems, dependencies, tools, policy } = playbook;
    let made = before?.namesMade();
    const names = once(() => {
      const found = namesOf(uri, kind, text, tree, treeOf(playbook), made);
      made = found.ofTops;
      return found;
    });
    const namesMade = (): NamesOfTops | undefined => made;
    const boundary = once(() => boundaryOf(playbook));
    return {
      uri,
      kind,
      text,
      root: tree.root,
      lines,
      problems,
      dependencies,
      playbook,
      tools,
      names,
      namesMade,
      policy,
      boundary,
    };
  }
  const tests = kind === 'policy_test' ? loadPolicyTest(uri, text, host) : undefined;
  const { problems, dependencies } = tests ?? checkFile(uri, text, host, kind);
  const tree = parseYaml(text);
  const { root, lines } = tree;
  return {
    uri,
    kind,
    text,
    root,
    lines,
    problems,
    dependencies,
    playbook: undefined,
    tools: tests?.tools ?? (kind === 'tools' ? buildCatalog(uri, root).tools : new Map()),
    names: once(() => namesOf(uri, kind, text, tree, undefined)),
    namesMade: () => undefined,
    policy: tests?.policy ?? (kind === 'policy' ? buildPolicy(uri, root) : undefined),
    boundary: () => undefined,
  };
}
