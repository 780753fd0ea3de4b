import type { FileHost } from '../../host.js';
import { type LoadedPlaybook, loadPlaybook } from '../../load.js';
import { buildCatalog } from '../../model/build-catalog.js';
import type { Catalog } from '../../model/catalog.js';
import { parseYaml } from '../../syntax/parse.js';
import { get, type Range } from '../../syntax/tree.js';
import type { BoundaryCell, WitnessStep } from '../cell.js';
import { type ActChange, compareSides } from './compare.js';
import type { Difference } from './difference.js';
import type { ActFacts } from './facts.js';
import { touchedBetween } from './mentions.js';
import { type ChangeClass, countsAsWidened } from './order.js';
import { renamedRoles } from './renamed-roles.js';
import { type Side, sideOf } from './side.js';
import { type Cause, differingCauses, type Mix, mixed, type PlaybookPair, type State } from './states.js';
import { subjectOf } from './subject.js';
import { type ToolIndex, toolIndexOf } from './tool-index.js';

/** How one act of a playbook changed, and what made it change. */
export interface BoundaryChange {
  /** The act as it is now, or, of one that is gone, as it was. */
  readonly step: string;
  readonly tool: string;
  readonly class: ChangeClass;
  readonly before: BoundaryCell | null;
  readonly after: BoundaryCell | null;
  readonly differences: readonly Difference[];
  /** A path to the act, the act itself at its end: of one that is gone as it was. */
  readonly path: readonly PathPlace[];
  /** The parts of the project that the change comes from, at least one. */
  readonly causes: readonly Cause[];
  /** Whether it can run now without a person who approves or performs it. */
  readonly withoutPerson: boolean;
  /** It is new, and only reads or records as far as a catalog of now says, which none of before contradicts. */
  readonly onCatalogsWord: boolean;
  /** Whether it counts as widened, and violates what the policy asked of it before the change. */
  readonly violates: boolean;
  /** Everything that was compared and what came of it, as one text without places: what who agrees to it agrees to. */
  readonly subject: string;
}

/** A step of a path with where it is written, in the state that the path is of. */
export interface PathPlace extends Partial<WitnessStep> {
  readonly step: string;
  readonly uri: string;
  readonly range: Range;
}

/** How the boundary of one playbook changed. */
export interface PlaybookReview {
  /** Id of the playbook. */
  readonly playbook: string;
  /** Acts that changed: what counts as widened first, in each part by step and tool. */
  readonly changes: readonly BoundaryChange[];
  /** Acts of it that are as they were. Not counted where nothing was touched. */
  readonly unchanged: number;
  /** Whether the playbook, or anything it names, is another one. */
  readonly touched: boolean;
}

/** A state of a project. @param catalogs URIs of every catalog there is */
export function stateOf(host: FileHost, catalogs: readonly string[]): State {
  return {
    host,
    catalogs: catalogs.flatMap((uri) => {
      const text = host.read(uri);
      return text === undefined ? [] : [buildCatalog(uri, parseYaml(text).root)];
    }),
  };
}

/**
 * How the boundary of a playbook changed between two states, with causes. `undefined`: it is not there in that state. What
 * looks no wider as a whole is judged once more by policy and catalogs as they were: a change that needs other rules to be
 * harmless is not told to be harmless.
 *
 * @param touched to be made once where many playbooks are compared
 */
export function reviewPlaybook(
  baseUri: string | undefined,
  headUri: string | undefined,
  before: State,
  after: State,
  touched = touchedBetween(before, after),
): PlaybookReview {
  const load = (uri: string | undefined, { host }: State): LoadedPlaybook | undefined => {
    const text = uri === undefined ? undefined : host.read(uri);
    return uri === undefined || text === undefined ? undefined : loadPlaybook(uri, text, host);
  };
  const same = headUri !== undefined && headUri === baseUri ? touched(headUri) : undefined;
  if (same?.touched === false) return { playbook: same.id ?? '', touched: false, unchanged: 0, changes: [] };
  const [base, head] = [load(baseUri, before), load(headUri, after)];
  const id = (head ?? base)?.playbook.id?.value ?? '';
  const tools = toolIndexOf([...before.catalogs, ...catalogsOf(base)], [...after.catalogs, ...catalogsOf(head)]);
  const [ours, theirs] = [base && sideOf(base), head && sideOf(head)];
  const changes = compareSides(ours, theirs, tools);
  const tell = (change: ActChange, causes: readonly Cause[], under: ActChange): BoundaryChange =>
    told(change, causes, under, change.head ? theirs : ours, tools);
  if (!base || !head || !ours) {
    const all = changes.map((change) => tell(change, ['playbook'], change));
    return { playbook: id, touched: true, unchanged: 0, changes: inOrder(all) };
  }
  const differing = differingCauses({ base, head }, before, after);
  if (differing.length === 0) return { playbook: id, touched: true, unchanged: changes.length, changes: [] };
  const judging = new Judging({ base, head }, ours, before, after, tools, differing);
  const judged = judging.judged(changes);
  const changed = judged.filter(({ change }) => change.class !== 'unchanged');
  return {
    playbook: id,
    touched: true,
    unchanged: judged.length - changed.length,
    changes: inOrder(changed.map(({ change, under }) => tell(change, judging.causesOf(change), under))),
  };
}

/** The catalogs of a playbook and of those it calls. */
function catalogsOf(loaded: LoadedPlaybook | undefined, seen = new Set<LoadedPlaybook>()): readonly Catalog[] {
  if (!loaded || seen.has(loaded)) return [];
  seen.add(loaded);
  return [...loaded.catalogs, ...[...loaded.calls.values()].flatMap((callee) => catalogsOf(callee.loaded, seen))];
}

/** The id a playbook's text gives it. */
export function playbookIdOf(text: string): string | undefined {
  const id = get(parseYaml(text).root, 'playbook');
  return id?.kind === 'scalar' ? id.text : undefined;
}

function told(
  change: ActChange,
  causes: readonly Cause[],
  under: ActChange,
  side: Side | undefined,
  tools: ToolIndex,
): BoundaryChange {
  const { base, head, class: is, differences } = change;
  const facts = head ?? base;
  const alone = head !== undefined && (head.reach === 'free' || head.reach === 'autonomous' || head.reach === 'notify');
  return {
    step: facts?.path ?? '',
    tool: facts?.tool ?? '',
    class: is,
    before: base?.cell ?? null,
    after: head?.cell ?? null,
    differences,
    path: facts && side ? pathTo(facts, side) : [],
    causes,
    onCatalogsWord: head?.reach === 'free' && base === undefined && !tools.neededAuthority(head.tool),
    withoutPerson: alone || (head?.unapproved ?? false),
    violates: countsAsWidened(is) && under.head?.cell.verdict === 'violated' && base?.cell.verdict !== 'violated',
    subject: subjectOf(change),
  };
}

function pathTo({ cell }: ActFacts, { stepAt }: Side): readonly PathPlace[] {
  const way = cell.witness.flatMap((one): readonly PathPlace[] => {
    const placed = stepAt.get(one.step);
    return placed ? [{ ...one, uri: placed.frame.loaded.uri, range: placed.step.id.range }] : [];
  });
  return [...way, { step: cell.step, ...cell.place }];
}

/** What a reviewer has to look at first: what runs without a person, with one, on a catalog's word; then what may do less. */
export const REVIEW_GROUPS = ['alone', 'with a person', 'on a catalog’s word', 'less'] as const;
export type ReviewGroup = (typeof REVIEW_GROUPS)[number];

export function reviewGroupOf(change: BoundaryChange): ReviewGroup {
  if (!countsAsWidened(change.class)) return 'less';
  if (change.onCatalogsWord) return 'on a catalog’s word';
  return change.withoutPerson ? 'alone' : 'with a person';
}

function inOrder(changes: readonly BoundaryChange[]): readonly BoundaryChange[] {
  const rank = (change: BoundaryChange): number => REVIEW_GROUPS.indexOf(reviewGroupOf(change));
  const name = ({ step, tool }: BoundaryChange): string => `${step} ${tool}`;
  return [...changes].sort((a, b) => rank(a) - rank(b) || (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

/** Compares mixtures of two states with the first of them, each at most once. */
class Judging {
  readonly #made = new Map<string, readonly ActChange[]>();

  constructor(
    private readonly pair: PlaybookPair,
    private readonly base: Side,
    private readonly before: State,
    private readonly after: State,
    private readonly tools: ToolIndex,
    private readonly differing: readonly Cause[],
  ) {}

  /** The changes with what the rules as they were say of them. */
  judged(changes: readonly ActChange[]): readonly { readonly change: ActChange; readonly under: ActChange }[] {
    const rules: readonly Cause[] = ['policy', 'roles', 'catalog'];
    const own = this.differing.filter((cause) => !rules.includes(cause));
    // Where the rules did not change, or nothing else did, there is nothing more to ask.
    if (own.length === 0 || own.length === this.differing.length)
      return changes.map((change) => ({ change, under: change }));
    const under = this.#changesWith(own);
    const out = changes.map((change) => {
      const same = counterpart(change, under);
      if (!same || !countsAsWidened(same.class) || countsAsWidened(change.class))
        return { change, under: same ?? change };
      const words = `by the policy and the catalogs as they were, it is wider: ${same.differences.map((one) => one.words).join('; ')}`;
      const differences: readonly Difference[] = [
        ...change.differences,
        { dimension: 'level', direction: 'other', words },
      ];
      return { change: { ...change, class: 'incomparable' as const, differences }, under: same };
    });
    // Acts that the rules of now let nobody do.
    for (const one of under) {
      if (!countsAsWidened(one.class) || changes.some((change) => counterpart(change, [one]))) continue;
      const words = 'it does not run by the policy and the catalogs as they are now; by those before it would be wider';
      const differences: readonly Difference[] = [
        ...one.differences,
        { dimension: 'level', direction: 'other', words },
      ];
      out.push({ change: { ...one, class: 'incomparable', differences }, under: one });
    }
    return out;
  }

  /** Which parts make the change: each that does alone; failing that, each without which it would not be. */
  causesOf(change: ActChange): readonly Cause[] {
    const [only, ...more] = this.differing;
    if (only === undefined || more.length === 0) return this.differing;
    const widened = countsAsWidened(change.class);
    const isThere = (parts: readonly Cause[]): boolean => {
      const same = counterpart(change, this.#changesWith(parts));
      return same !== undefined && same.class !== 'unchanged' && countsAsWidened(same.class) === widened;
    };
    const alone = this.differing.filter((cause) => isThere([cause]));
    if (alone.length > 0) return alone;
    const needed = this.differing.filter((cause) => !isThere(this.differing.filter((one) => one !== cause)));
    return needed.length > 0 ? needed : this.differing;
  }

  /** What changes when only these parts are as they are now. */
  #changesWith(parts: readonly Cause[]): readonly ActChange[] {
    const key = parts.join();
    const known = this.#made.get(key);
    if (known) return known;
    const at = (cause: Cause): 'base' | 'head' => (parts.includes(cause) ? 'head' : 'base');
    const mix: Mix = {
      playbook: at('playbook'),
      'called playbook': at('called playbook'),
      policy: at('policy'),
      roles: at('roles'),
      catalog: at('catalog'),
      context: at('context'),
    };
    const roles = renamedRoles(this.pair.base.policy, this.pair.head.policy);
    const side = sideOf(mixed(this.pair, this.before, this.after, mix));
    const changes = compareSides(this.base, side, this.tools, roles);
    this.#made.set(key, changes);
    return changes;
  }
}

/** The change of the same act. */
function counterpart({ base, head }: ActChange, others: readonly ActChange[]): ActChange | undefined {
  const isSame = (one: ActFacts | undefined, other: ActFacts | undefined): boolean =>
    one !== undefined && other !== undefined && one.path === other.path && one.tool === other.tool;
  return others.find((other) => isSame(other.head, head)) ?? others.find((other) => isSame(other.base, base));
}

/** The playbooks of two states, each with itself: by where they are; what is left, by its id where only one has that. */
export function pairPlaybooks(
  base: readonly string[],
  head: readonly string[],
  idOf: (which: 'base' | 'head', uri: string) => string | undefined,
): readonly { readonly base: string | undefined; readonly head: string | undefined }[] {
  const [ours, theirs] = [new Set(base), new Set(head)];
  const gone = base.filter((uri) => !theirs.has(uri));
  const fresh = head.filter((uri) => !ours.has(uri));
  const byId = (which: 'base' | 'head', uris: readonly string[]): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const uri of uris) {
      const id = idOf(which, uri);
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), uri]);
    }
    return found;
  };
  const moved = new Map<string, string>();
  const before = byId('base', gone);
  for (const [id, [uri, ...more]] of byId('head', fresh)) {
    const [was, ...others] = before.get(id) ?? [];
    if (uri !== undefined && was !== undefined && more.length === 0 && others.length === 0) moved.set(uri, was);
  }
  const came = new Set(moved.values());
  return [
    ...head.map((uri) => ({ base: ours.has(uri) ? uri : moved.get(uri), head: uri })),
    ...gone.filter((uri) => !came.has(uri)).map((uri) => ({ base: uri, head: undefined })),
  ];
}
