import { type FileHost, keptFiles, resolveReference } from '../../host.js';
import { type LoadedPlaybook, loadPlaybook } from '../../load.js';
import { buildPolicy } from '../../model/build-policy.js';
import type { Catalog } from '../../model/catalog.js';
import type { Policy } from '../../model/policy.js';
import { fileKindOf } from '../../model/shape.js';
import { parseYaml } from '../../syntax/parse.js';
import { renamedRoles } from './renamed-roles.js';

/** The files of a project at one time. Both states of a comparison give a file the same URI. */
export interface State {
  readonly host: FileHost;
  /** Every catalog there is, whoever names it. */
  readonly catalogs: readonly Catalog[];
}

/** What a change can come from. */
export const CAUSES = ['playbook', 'called playbook', 'policy', 'roles', 'catalog', 'context'] as const;
export type Cause = (typeof CAUSES)[number];

/** From which of the two states each part is taken. */
export type Mix = { readonly [C in Cause]: 'base' | 'head' };

/** A playbook in both states, each with where it is. */
export interface PlaybookPair {
  readonly base: LoadedPlaybook;
  readonly head: LoadedPlaybook;
}

/** The parts of which the two states say different things. */
export function differingCauses({ base, head }: PlaybookPair, before: State, after: State): readonly Cause[] {
  const found = new Set<Cause>();
  if (base.text !== head.text || base.uri !== head.uri) found.add('playbook');
  const policies = policiesOf({ base, head });
  for (const uri of new Set([...base.dependencies, ...head.dependencies])) {
    if (policies.includes(uri) || before.host.read(uri) === after.host.read(uri)) continue;
    found.add(causeOf(uri, { base, head }));
  }
  if (shownWithoutPlaces(base.policy?.roles) !== shownWithoutPlaces(head.policy?.roles)) found.add('roles');
  const rest = (policy: Policy | undefined): string =>
    // What somebody agreed to is no rule.
    shownWithoutPlaces(policy && { ...policy, roles: undefined, uri: '', acknowledgements: undefined });
  if (rest(base.policy) !== rest(head.policy) || base.policyMissing !== head.policyMissing) found.add('policy');
  return CAUSES.filter((cause) => found.has(cause));
}

/** The URIs of the policies that the two name. */
function policiesOf(pair: PlaybookPair): readonly string[] {
  return [pair.base, pair.head].flatMap(({ uri, playbook }) =>
    playbook.policy ? [resolveReference(uri, playbook.policy.value)] : [],
  );
}

function causeOf(uri: string, { base, head }: PlaybookPair): Cause {
  switch (fileKindOf(uri)) {
    case 'playbook':
      return 'called playbook';
    case 'tools':
      return 'catalog';
    case 'policy':
      return 'policy';
    default:
      return [...catalogUris(base), ...catalogUris(head)].includes(uri) ? 'catalog' : 'context';
  }
}

function catalogUris({ uri, playbook }: LoadedPlaybook): readonly string[] {
  return playbook.catalogs.map((reference) => resolveReference(uri, reference.value));
}

/** What a model says, without where it stands and in no order of keys that means nothing. */
function shownWithoutPlaces(value: unknown): string {
  return (
    JSON.stringify(value, (key, one: unknown) => {
      if (key === 'range') return undefined;
      if (!(one instanceof Map)) return one;
      return [...one].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
    }) ?? ''
  );
}

/**
 * The playbook made of parts of both states. A file that its state does not have is taken from the other one. Whichever
 * policy a playbook names, it is judged by the one of the state that policies are taken from: a change cannot choose its
 * own judge.
 */
export function mixed(pair: PlaybookPair, before: State, after: State, mix: Mix): LoadedPlaybook {
  const from = (cause: Cause): State => (mix[cause] === 'base' ? before : after);
  const own = mix.playbook === 'base' ? pair.base : pair.head;
  const policies = policiesOf(pair);
  const policyOf = (
    which: 'base' | 'head',
  ): { readonly uri: string | undefined; readonly text: string | undefined } => {
    const { uri, playbook } = pair[which];
    const target = playbook.policy && resolveReference(uri, playbook.policy.value);
    return { uri: target, text: target && (which === 'base' ? before : after).host.read(target) };
  };
  const policy = policyOf(mix.policy);
  const kept = keptFiles();
  const roles = rolesFrom(mix.roles, pair);
  if (policy.text !== undefined && policy.uri !== undefined) {
    const rest = buildPolicy(policy.uri, parseYaml(policy.text).root);
    const value: Policy = { ...rest, roles };
    for (const uri of policies) kept.policies.set(uri, { text: policy.text, value, wrong: [], line: 0 });
  }
  const { today } = after.host;
  const host: FileHost = {
    ...(today === undefined ? {} : { today }),
    kept,
    read(uri) {
      if (policies.includes(uri)) return policy.text;
      const state = from(causeOf(uri, pair));
      const other = state === before ? after : before;
      return state.host.read(uri) ?? other.host.read(uri);
    },
  };
  return loadPlaybook(own.uri, own.text, host);
}

/** Who holds which role in one of the two states, under the names of both. */
function rolesFrom(which: 'base' | 'head', { base, head }: PlaybookPair): Policy['roles'] {
  const [own, other] = which === 'base' ? [base.policy, head.policy] : [head.policy, base.policy];
  const roles = new Map(own?.roles);
  for (const [name, mine] of renamedRoles(own, other)) roles.set(name, own?.roles.get(mine) ?? []);
  return roles;
}
