import type { Act } from '../authority/acts.js';
import { boundedArguments } from '../authority/bounds.js';
import { nameOf, originOf } from '../authority/trust.js';
import { problemRange } from '../expressions/template.js';
import { enumValues, typeFromSchema } from '../expressions/types.js';
import { ENTITY_MEMBERS } from '../model/entities.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { type PlaybookRule, report } from './rule.js';

const HEAD = `  - id: investigate
    agent:
      goal: Find the account that was taken over
      tools: [intel.domain_reputation]
      output: { account: { type: string, x-entity: user } }
  - id: suspend
    action: identity.suspend
    autonomy: notify
    notify: { roles: [analyst] }
`;

export const untrustedArgument: PlaybookRule = {
  name: 'untrusted-argument',
  group: 'data',
  severity: 'error',
  partial: false,
  what: 'An act that nobody approves gets an argument from untrusted data, without a bound.',
  why: 'Alert fields, tool results, agent output, and what a caller passes on may hold what an attacker wrote. Whoever writes the value then chooses whom the act hits.',
  fix: 'Bound it: `where: args.user in alert.entities.users`. Or have a person approve the exact call: lower the level to `approve`.',
  failing: { kind: 'steps', text: `${HEAD}    with: { user: "\${{ «steps.investigate.output.account» }}" }\n` },
  passing: {
    kind: 'steps',
    text: `${HEAD}    with: { user: "\${{ steps.investigate.output.account }}" }\n    where: args.user in alert.entities.users\n`,
  },
  *check(context): Generator<Problem> {
    for (const act of context.acts) {
      // At the lower levels a person sees the exact call first.
      if (act.autonomy.level !== 'notify' && act.autonomy.level !== 'autonomous') continue;
      if (act.step.kind === 'action') yield* checkAction(context, act);
      else yield* checkGrant(act);
    }
  },
};

function* checkAction({ sitesAt, stepOf, items, text }: PlaybookContext, act: Act): Generator<Problem> {
  if (act.step.kind !== 'action') return;
  const bounded = boundedArguments(act.step.where);
  for (const site of sitesAt.get(act.step) ?? []) {
    if (site.slot !== 'argument' || site.argument === undefined || bounded.has(site.argument)) continue;
    const reference = site.checked.references.find((one) => originOf(one, stepOf, items.get(act.step)) === 'untrusted');
    if (!reference) continue;
    const range = problemRange(site.expression, reference.start, reference.end, text);
    yield report(
      untrustedArgument,
      range,
      `${nameOf(reference)} ${reference.path[0]?.name === 'inputs' ? 'is what a caller passes on, which may hold' : 'may hold'} what an attacker wrote, and ${act.toolName.value} (${act.effect}) would use it with nobody looking (${act.autonomy.because}). Bound it, for example "where: args.${site.argument} in alert.entities.${entitiesFor(act, site.argument)}", or lower the level to "approve".`,
    );
  }
}

/** An agent chooses every argument itself, so each one that is free text needs a bound. */
function* checkGrant(act: Act): Generator<Problem> {
  const bounded = boundedArguments(act.grant?.where);
  for (const [name, schema] of Object.entries(act.tool?.input.properties ?? {})) {
    if (bounded.has(name) || enumValues(typeFromSchema(schema)) !== undefined) continue;
    yield report(
      untrustedArgument,
      act.toolName.range,
      `The agent chooses "${name}" of ${act.toolName.value} (${act.effect}) from what it read, which may hold what an attacker wrote, and nobody looks (${act.autonomy.because}). Bound it in the grant: "{ use: ${act.toolName.value}, where: args.${name} in alert.entities.${entitiesFor(act, name)} }", or lower the level to "approve".`,
    );
  }
}

function entitiesFor(act: Act, argument: string): string {
  const entity = act.tool?.input.properties?.[argument]?.['x-entity'];
  return entity ? ENTITY_MEMBERS[entity] : 'users';
}
