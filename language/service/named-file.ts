import { sitesOfHead, sitesOfStep } from '../authority/sites.js';
import { resolveReference } from '../host.js';
import { buildPlaybook } from '../model/build-playbook.js';
import { allSteps, type Step } from '../model/playbook.js';
import { textAt, textsAt } from '../model/read.js';
import { type FileKind, fileKindOf } from '../model/shape.js';
import { once } from '../once.js';
import type { Problem } from '../problem.js';
import type { LineIndex } from '../syntax/lines.js';
import { parseYaml, type SyntaxTree } from '../syntax/parse.js';
import type { Located, Node, Range } from '../syntax/tree.js';
import type { Occurrence } from './occurrence.js';
import { occurrencesOf } from './occurrences.js';
import type { NamesOfTops, PlaybookTree, TopTree } from './occurrences-playbook.js';
import { type FileSymbol, symbolsOf } from './workspace-symbols.js';

/**
 * The names of one file, by its own text alone: what they mean is told by the `World` they are in. Small enough to keep for
 * every file of a workspace, since the tree it was made of is not kept.
 */
export interface NamedFile {
  readonly uri: string;
  readonly kind: FileKind;
  readonly text: string;
  readonly lines: LineIndex;
  /** What the file calls itself: the id of a playbook, catalog, policy or case. */
  readonly id: Located<string> | undefined;
  readonly title: string | undefined;
  /** URIs of the catalogs of a playbook, or of tests. */
  readonly catalogs: readonly string[];
  /** URI of the policy of a playbook, or of tests. */
  readonly policy: string | undefined;
  /** A playbook's calls, those in branches, loops and handlers included. */
  readonly calls: readonly CallSite[];
  /** A playbook's loops. */
  readonly loops: readonly Loop[];
  /** Id of the playbook a case is for. */
  readonly casePlaybook: string | undefined;
  readonly occurrences: readonly Occurrence[];
  /** Those of each step of a playbook's list, to be taken over when it is read the next time. */
  readonly ofTops: NamesOfTops;
  /** The tools a catalog describes. */
  readonly tools: ReadonlySet<string>;
  readonly symbols: readonly FileSymbol[];
  /** Why some of its names may not be seen: the text is not whole as YAML. */
  readonly fault: Problem | undefined;
}

/** A step that calls another playbook. */
export interface CallSite {
  readonly step: Located<string>;
  /** The whole step. */
  readonly range: Range;
  /** The path as it is written. */
  readonly target: Located<string>;
  /** URI of the other playbook. */
  readonly uri: string;
}

export interface Loop {
  readonly id: string;
  readonly item: string;
  /** The whole step. */
  readonly range: Range;
}

/** Reads the names of a file of ours; `undefined` for any other. Never throws. */
export function readNames(uri: string, text: string): NamedFile | undefined {
  const kind = fileKindOf(uri);
  if (kind === undefined) return undefined;
  const tree = parseYaml(text);
  if (kind !== 'playbook') return { ...namesOf(uri, kind, text, tree, undefined) };
  const playbook = buildPlaybook(tree.root);
  const tops = playbook.steps.map((step): TopTree => {
    const steps = [...allSteps([step])];
    return { steps, sites: steps.flatMap(sitesOfStep) };
  });
  // All of it at once, so that nothing holds the tree.
  return { ...namesOf(uri, kind, text, tree, { playbook, head: sitesOfHead(playbook), tops }) };
}

/** The names of a file that was read already; `read` of a playbook, `made` when it was read before. What few ask for is made when they do. */
export function namesOf(
  uri: string,
  kind: FileKind,
  text: string,
  { root, lines, problems }: SyntaxTree,
  read: PlaybookTree | undefined,
  made?: NamesOfTops,
): NamedFile {
  const playbook = read?.playbook;
  const policy = kind === 'policy_test' ? textAt(root, 'policy') : playbook?.policy;
  const steps = once(() => (read?.tops ?? []).flatMap((top) => top.steps));
  const calls = once(() => callsOf(uri, steps()));
  const loops = once(() => loopsOf(steps()));
  const symbols = once(() => symbolsOf(kind, root, steps()));
  const ofTops = new Map<TopTree, readonly Occurrence[]>();
  const occurrences = occurrencesOf({ kind, text, root, playbook: read }, made, ofTops);
  const tools = kind === 'tools' ? occurrences.filter((one) => one.kind === 'tool' && one.declares) : [];
  return {
    uri,
    kind,
    text,
    lines,
    id: idOf(kind, root),
    title: textAt(root, 'title')?.value,
    catalogs: (playbook?.catalogs ?? (kind === 'policy_test' ? textsAt(root, 'catalogs') : [])).map(({ value }) =>
      resolveReference(uri, value),
    ),
    policy: policy && resolveReference(uri, policy.value),
    get calls() {
      return calls();
    },
    get loops() {
      return loops();
    },
    casePlaybook: kind === 'case' ? textAt(root, 'playbook')?.value : undefined,
    occurrences,
    ofTops,
    tools: new Set(tools.map(({ name }) => name)),
    get symbols() {
      return symbols();
    },
    fault: problems.find(({ severity }) => severity === 'error'),
  };
}

function idOf(kind: FileKind, root: Node | undefined): Located<string> | undefined {
  if (kind === 'config') return undefined;
  return textAt(root, kind === 'tools' ? 'catalog' : kind === 'policy_test' ? 'policy-test' : kind);
}

function callsOf(uri: string, steps: readonly Step[]): CallSite[] {
  return steps.flatMap((step) =>
    step.kind === 'call' && step.target.value !== ''
      ? [
          {
            step: step.id,
            range: step.node.range,
            target: step.target,
            uri: resolveReference(uri, step.target.value),
          },
        ]
      : [],
  );
}

function loopsOf(steps: readonly Step[]): Loop[] {
  return steps.flatMap((step) =>
    step.kind === 'for-each' && step.item ? [{ id: step.id.value, item: step.item.value, range: step.node.range }] : [],
  );
}
