import type { Policy } from '../../model/policy.js';

/**
 * Roles of `policy` by the name that `other` has for them: those that only one of the two has, and that the very same people
 * hold. Who is asked does not depend on what a role is called. Of several with the same people none can be told.
 *
 * @returns names in `policy` by names in `other`
 */
export function renamedRoles(policy: Policy | undefined, other: Policy | undefined): ReadonlyMap<string, string> {
  const own = peopleByRole(policy);
  const theirs = peopleByRole(other);
  const names = new Map<string, string>();
  for (const [name, people] of theirs) {
    if (own.has(name)) continue;
    const same = [...own].filter(([mine, holders]) => !theirs.has(mine) && holders === people);
    const [only, ...more] = same;
    if (only && more.length === 0) names.set(name, only[0]);
  }
  return names;
}

function peopleByRole(policy: Policy | undefined): ReadonlyMap<string, string> {
  return new Map(
    [...(policy?.roles ?? [])].map(([name, people]) => [
      name,
      JSON.stringify([...new Set(people.map(({ value }) => value))].sort()),
    ]),
  );
}
