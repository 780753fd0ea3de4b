import type { Catalog } from '../model/catalog.js';
import type { Policy } from '../model/policy.js';
import type { Problem } from '../problem.js';
import { closest } from '../suggest.js';
import type { Located } from '../syntax/tree.js';
import { acknowledgementProblems } from './acknowledgements.js';
import { queryParameterProblems } from './query-parameter.js';
import { unusedQueryInputs } from './unused-query-input.js';
import { waiverProblems } from './waivers.js';

/** What the schema cannot say of a catalog with this text. */
export function catalogProblems(catalog: Catalog, text: string): Problem[] {
  const problems: Problem[] = [];
  for (const tool of catalog.tools.values()) {
    const inputs = Object.keys(tool.input.properties ?? {});
    if (tool.target && !inputs.includes(tool.target.value)) {
      problems.push(
        unknown(
          'unknown-argument',
          tool.target,
          `${tool.name.value} has no input "${tool.target.value}", so what it acts on cannot be shown to an approver.`,
          inputs,
        ),
      );
    }
    if (tool.undo && tool.undo.value === tool.name.value) {
      problems.push({
        rule: 'invalid-value',
        severity: 'error',
        range: tool.undo.range,
        message: `${tool.name.value} cannot undo itself. Name the tool that takes it back.`,
        related: [],
        fixes: [],
      });
    }
    problems.push(...queryParameterProblems(tool, text), ...unusedQueryInputs(tool));
  }
  return problems;
}

/** What the schema cannot say of a policy. `today`: `YYYY-MM-DD`, where it is known. */
export function policyProblems(policy: Policy, today: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const known = [...policy.roles.keys()];
  const tags = [...policy.tags.keys()];
  for (const ceiling of policy.ceilings) {
    const tag = ceiling.targetTag;
    if (tag && !policy.tags.has(tag.value)) {
      problems.push(
        unknown(
          'unknown-tag',
          tag,
          `This policy lists no targets for the tag "${tag.value}", so this ceiling never holds.`,
          tags,
        ),
      );
    }
    for (const role of ceiling.roles) {
      if (policy.roles.has(role.value)) continue;
      problems.push(
        unknown(
          'unknown-role',
          role,
          `This policy has no role "${role.value}", so nobody could approve such an act.`,
          known,
        ),
      );
    }
  }
  problems.push(...waiverProblems(policy, today), ...acknowledgementProblems(policy, today));
  return problems;
}

function unknown(
  rule: 'unknown-argument' | 'unknown-role' | 'unknown-tag',
  at: Located<string>,
  what: string,
  candidates: readonly string[],
): Problem {
  const suggestion = closest(at.value, candidates);
  return {
    rule,
    severity: 'error',
    range: at.range,
    message: `${what}${suggestion ? ` Did you mean "${suggestion}"?` : ` Known: ${candidates.join(', ') || 'none'}.`}`,
    related: [],
    fixes: suggestion
      ? [{ title: `Change to "${suggestion}"`, edits: [{ range: at.range, newText: suggestion }], safe: false }]
      : [],
  };
}
