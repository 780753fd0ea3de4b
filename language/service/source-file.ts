import { boundaryOf } from '../authority/boundary.js';
import type { Boundary } from '../authority/cell.js';
import { checkFile } from '../check-file.js';
import type { FileHost } from '../host.js';
import { type LoadedPlaybook, loadPlaybook } from '../load.js';
import { buildCatalog } from '../model/build-catalog.js';
import { buildPolicy } from '../model/build-policy.js';
import type { Tool } from '../model/catalog.js';
import type { Policy } from '../model/policy.js';
import { type FileKind, fileKindOf } from '../model/shape.js';
import type { Problem } from '../problem.js';
import type { LineIndex } from '../syntax/lines.js';
import { parseYaml } from '../syntax/parse.js';
import type { Node } from '../syntax/tree.js';

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
  /** Set for a playbook. */
  readonly playbook: LoadedPlaybook | undefined;
  /** The tools that can be named here: of a playbook's catalogs, or of the catalog itself. */
  readonly tools: ReadonlyMap<string, Tool>;
  /** Who holds which role: a playbook's policy, or the policy itself. */
  readonly policy: Policy | undefined;
  /** What a playbook may do; worked out when first asked for. */
  readonly boundary: () => Boundary | undefined;
}

/** Reads a file of ours; `undefined` for any other kind of file. Never throws. */
export function openSource(uri: string, text: string, host: FileHost): SourceFile | undefined {
  const kind = fileKindOf(uri);
  if (kind === undefined) return undefined;
  if (kind === 'playbook') {
    const playbook = loadPlaybook(uri, text, host);
    const { tree, lines, problems, dependencies, tools, policy } = playbook;
    let boundary: Boundary | undefined;
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
      policy,
      boundary: () => {
        boundary ??= boundaryOf(playbook);
        return boundary;
      },
    };
  }
  const { problems, dependencies } = checkFile(uri, text, host);
  const { root, lines } = parseYaml(text);
  return {
    uri,
    kind,
    text,
    root,
    lines,
    problems,
    dependencies,
    playbook: undefined,
    tools: kind === 'tools' ? buildCatalog(uri, root).tools : new Map(),
    policy: kind === 'policy' ? buildPolicy(uri, root) : undefined,
    boundary: () => undefined,
  };
}
