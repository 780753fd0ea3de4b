import type { Located, Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { AUTONOMY_LEVELS, EFFECTS } from './levels.js';
import type { Acknowledgement, Breaker, BreakerRule, Ceiling, Policy, Waiver } from './policy.js';
import {
  asText,
  booleanAt,
  durationAt,
  entriesOf,
  listAt,
  mapAt,
  numberAt,
  shareAt,
  textAt,
  textsAt,
  wordAt,
} from './read.js';

/**
 * The policy in a YAML tree. It only ever narrows, so what cannot be read narrows most: a ceiling whose level is unknown
 * holds its acts at `manual`.
 */
export function buildPolicy(uri: string, root: Node | undefined): Policy {
  const require = mapAt(root, 'require');
  return {
    uri,
    id: textAt(root, 'policy'),
    roles: namesBy(root, 'roles'),
    tags: namesBy(root, 'tags'),
    ceilings: buildCeilings(root),
    breaker: buildBreaker(root),
    alwaysGate: textsAt(root, 'always-gate'),
    forbid: textsAt(root, 'forbid'),
    require: {
      accountable: booleanAt(require, 'accountable') ?? false,
      budget: booleanAt(require, 'budget') ?? false,
      undoFor: EFFECTS.filter((effect) => textsAt(require, 'undo-for').some((text) => text.value === effect)),
    },
    waivers: buildWaivers(root),
    acknowledgements: buildAcknowledgements(root),
  };
}

function namesBy(root: Node | undefined, key: string): ReadonlyMap<string, readonly Located<string>[]> {
  const lists = new Map<string, readonly Located<string>[]>();
  for (const entry of entriesOf(get(root, key))) {
    const names = entry.value?.kind === 'list' ? entry.value.items.map(asText) : [];
    lists.set(
      entry.key.text,
      names.filter((name) => name !== undefined),
    );
  }
  return lists;
}

/** A waiver that is not whole waives nothing. */
function buildWaivers(root: Node | undefined): Waiver[] {
  return (listAt(root, 'waivers')?.items ?? []).flatMap((item) => {
    const [rule, playbook, owner, reason, expires] = ['rule', 'playbook', 'owner', 'reason', 'expires'].map((key) =>
      textAt(item, key),
    );
    if (!item || !rule || !playbook || !owner || !reason || !expires || !isDay(expires)) return [];
    const step = textAt(item, 'step');
    if (step === undefined && get(item, 'step') !== undefined) return [];
    return [{ rule, playbook, step, owner: owner.value, reason: reason.value, expires, range: item.range }];
  });
}

/** One that is not whole acknowledges nothing. */
function buildAcknowledgements(root: Node | undefined): Acknowledgement[] {
  return (listAt(root, 'acknowledged')?.items ?? []).flatMap((item) => {
    const [change, playbook, step, tool, owner, reason, expires] = [
      'change',
      'playbook',
      'step',
      'tool',
      'owner',
      'reason',
      'expires',
    ].map((key) => textAt(item, key));
    if (!item || !change || !playbook || !step || !tool || !owner || !reason || !expires || !isDay(expires)) return [];
    return [{ change, playbook, step, tool, owner: owner.value, reason: reason.value, expires, range: item.range }];
  });
}

/** Days are compared as text, and any word comes after them: what is none would never end. */
function isDay({ value }: Located<string>): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value);
}

function buildCeilings(root: Node | undefined): Ceiling[] {
  const ceilings: Ceiling[] = [];
  for (const item of listAt(root, 'ceilings')?.items ?? []) {
    if (item?.kind !== 'map') continue;
    ceilings.push({
      effect: wordAt(item, 'effect', EFFECTS),
      tool: textAt(item, 'tool'),
      targetTag: textAt(item, 'target-tag'),
      autonomy: wordAt(item, 'autonomy', AUTONOMY_LEVELS) ?? { value: 'manual', range: item.range },
      quorum: numberAt(item, 'quorum')?.value,
      roles: textsAt(item, 'roles'),
      review: shareAt(item, 'review')?.value,
      range: item.range,
    });
  }
  return ceilings;
}

/** What cannot be read narrows most: a bound of no error at all, and a measure that is always too old. */
function buildBreaker(root: Node | undefined): Breaker | undefined {
  const node = get(root, 'breaker');
  if (node === undefined) return undefined;
  const acts = (listAt(node, 'acts')?.items ?? []).flatMap((item): BreakerRule[] => {
    if (item?.kind !== 'map') return [];
    return [
      {
        effect: wordAt(item, 'effect', EFFECTS),
        tool: textAt(item, 'tool'),
        maxError: shareAt(item, 'max-error')?.value ?? 0,
        maxAge: durationAt(item, 'max-age')?.value ?? 0,
        range: item.range,
      },
    ];
  });
  return { measure: textAt(node, 'measure'), acts };
}
