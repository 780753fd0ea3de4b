import { createHash } from 'node:crypto';
import { countsAsWidened } from '../language/authority/diff/order.js';
import { type BoundaryChange, playbookIdOf } from '../language/authority/diff/review.js';
import { resolveReference } from '../language/host.js';
import { buildPolicy } from '../language/model/build-policy.js';
import type { Acknowledgement } from '../language/model/policy.js';
import { textAt } from '../language/model/read.js';
import { fileKindOf } from '../language/model/shape.js';
import { once } from '../language/once.js';
import { parseYaml } from '../language/syntax/parse.js';
import type { FileReview, TreeReview } from './review-trees.js';
import { hostOfTree, uriIn } from './states.js';

/** Why an acknowledgement in the policy of before does not count. */
export type IdleReason = 'expired' | 'unused';

export interface IdleAcknowledgement {
  /** URI of the policy it is in. */
  readonly uri: string;
  readonly entry: Acknowledgement;
  readonly why: IdleReason;
}

export interface Acknowledged {
  /** What tells each change that counts as widened from every other one: 40 hexadecimal digits. */
  readonly fingerprints: ReadonlyMap<BoundaryChange, string>;
  /** The changes that somebody agreed to, each with the entry that says so. */
  readonly entries: ReadonlyMap<BoundaryChange, Acknowledgement>;
  /** Changes whose acknowledgement would hold, were it not only in the state that is compared. */
  readonly proposed: ReadonlySet<BoundaryChange>;
  /** What the policies of both states say and no change here needs, or no longer holds. */
  readonly idle: readonly IdleAcknowledgement[];
}

/**
 * Which widenings are agreed to. What agrees is the policy of before: the one that the playbook named before, as it was
 * before, so that no change can agree to itself. A change that violates that policy cannot be agreed to: only another
 * policy would allow it. Without a day nothing holds.
 */
export function acknowledgedIn(
  { base, head, playbooks }: TreeReview,
  root: string,
  today: string | undefined,
): Acknowledged {
  const [before, after] = [hostOfTree(base, root, undefined), hostOfTree(head, root, undefined)];
  const policies = new Map<string, readonly Acknowledgement[]>();
  const entriesOf = (which: 'base' | 'head', uri: string): readonly Acknowledgement[] => {
    const key = `${which} ${uri}`;
    const known = policies.get(key);
    if (known) return known;
    const text = (which === 'base' ? before : after).read(uri);
    const found = text === undefined ? [] : buildPolicy(uri, parseYaml(text).root).acknowledgements;
    policies.set(key, found);
    return found;
  };
  /** The policy that a playbook named before, or, of one that is new, names. */
  const policyOf = (file: FileReview): string | undefined => {
    const path = file.base ?? file.head;
    if (path === undefined) return undefined;
    const uri = uriIn(root, path);
    const text = (file.base === undefined ? after : before).read(uri);
    const named = text === undefined ? undefined : textAt(parseYaml(text).root, 'policy');
    return named && resolveReference(uri, named.value);
  };

  const fingerprints = new Map<BoundaryChange, string>();
  const entries = new Map<BoundaryChange, Acknowledgement>();
  const proposed = new Set<BoundaryChange>();
  const used = new Set<Acknowledgement>();
  for (const file of playbooks) {
    const widened = file.review.changes.filter((change) => countsAsWidened(change.class));
    const uri = widened.length === 0 ? undefined : policyOf(file);
    const seen = new Map<string, number>();
    for (const change of widened) {
      const print = fingerprintOf(file, change, seen);
      fingerprints.set(change, print);
      if (uri === undefined) continue;
      const fits = (entry: Acknowledgement): boolean =>
        entry.change.value === print &&
        entry.playbook.value === file.review.playbook &&
        entry.step.value === change.step &&
        entry.tool.value === change.tool &&
        holds(entry, today) &&
        !change.violates;
      const entry = entriesOf('base', uri).find(fits);
      if (entry) {
        entries.set(change, entry);
        used.add(entry);
      } else if (entriesOf('head', uri).some(fits)) proposed.add(change);
    }
  }

  const compared = new Set(playbooks.map(({ review }) => review.playbook));
  const everywhere = once(
    () =>
      new Set(
        head.files.filter((file) => fileKindOf(file) === 'playbook').map((file) => playbookIdOf(head.read(file) ?? '')),
      ),
  );
  const idle = base.files
    .filter((file) => fileKindOf(file) === 'policy')
    .flatMap((file): readonly IdleAcknowledgement[] => {
      const uri = uriIn(root, file);
      return entriesOf('base', uri).flatMap((entry) => {
        // Those that the change deletes are dealt with, and those of playbooks that were not looked at cannot be judged.
        const stays = entriesOf('head', uri).some((other) => isSame(entry, other));
        const id = entry.playbook.value;
        if (used.has(entry) || !stays || (!compared.has(id) && everywhere().has(id))) return [];
        return [{ uri, entry, why: holds(entry, today) ? ('unused' as const) : ('expired' as const) }];
      });
    });
  return { fingerprints, entries, proposed, idle };
}

function holds({ expires }: Acknowledgement, today: string | undefined): boolean {
  return today !== undefined && expires.value >= today;
}

function isSame(one: Acknowledgement, other: Acknowledgement): boolean {
  return (
    one.change.value === other.change.value &&
    one.playbook.value === other.playbook.value &&
    one.step.value === other.step.value &&
    one.tool.value === other.tool.value &&
    one.expires.value === other.expires.value
  );
}

/** SHA-256 over the playbook, its file and all the change is about; of changes alike in all that, each has its own. */
function fingerprintOf(
  { base, head, review }: FileReview,
  { step, tool, violates, subject }: BoundaryChange,
  seen: Map<string, number>,
): string {
  const alike = JSON.stringify([head ?? base, review.playbook, step, tool, violates, subject]);
  const earlier = seen.get(alike) ?? 0;
  seen.set(alike, earlier + 1);
  return createHash('sha256').update(`${alike}${earlier}`).digest('hex').slice(0, 40);
}
