import { emptyFile } from './empty-file.js';
import type { FileHost } from './host.js';
import { buildPolicyTest } from './model/build-policy-test.js';
import type { Tool } from './model/catalog.js';
import type { Policy } from './model/policy.js';
import type { ExpectedAct, PolicyTest } from './model/policy-test.js';
import { checkShape } from './model/shape.js';
import type { Problem } from './problem.js';
import { problem, readReferences } from './read-references.js';
import { inOrder } from './rules/order.js';
import { secretsIn } from './rules/secret-in-playbook.js';
import { closest } from './suggest.js';
import type { LineIndex } from './syntax/lines.js';
import { parseYaml } from './syntax/parse.js';
import type { Located } from './syntax/tree.js';

/** Tests of a policy with what they name, and everything wrong with them. */
export interface LoadedPolicyTest {
  readonly uri: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly test: PolicyTest;
  /** `undefined` when it could not be read; a problem says so. */
  readonly policy: Policy | undefined;
  readonly tools: ReadonlyMap<string, Tool>;
  /** In source order. With an error among them nothing is judged. */
  readonly problems: readonly Problem[];
  readonly dependencies: readonly string[];
}

/** Reads and checks tests of a policy. Never throws. `host` answers for the files they refer to. */
export function loadPolicyTest(uri: string, text: string, host: FileHost): LoadedPolicyTest {
  const tree = parseYaml(text);
  const problems: Problem[] = [...tree.problems];
  if (tree.root) problems.push(...checkShape('policy_test', tree.root, tree.problems));
  else if (problems.length === 0) problems.push(emptyFile('policy_test'));
  problems.push(...secretsIn(tree.root, text, 'policy test'));
  const test = buildPolicyTest(uri, tree.root);
  const references = readReferences(uri, test.catalogs, test.policy, host, 'these tests');
  const { policy, tools, catalogsRead } = references;
  problems.push(...references.problems);
  // A name is wrong only by what could be read.
  if (policy) for (const act of test.tests) problems.push(...policyNames(act, policy));
  if (catalogsRead) for (const act of test.tests) problems.push(...toolNames(act, tools));
  for (const act of test.tests) problems.push(...contradictions(act));
  return {
    uri,
    text,
    lines: tree.lines,
    test,
    policy,
    tools,
    problems: inOrder(problems),
    dependencies: references.dependencies,
  };
}

function toolNames(
  { tool, effect, reversible, target, tag }: ExpectedAct,
  tools: ReadonlyMap<string, Tool>,
): Problem[] {
  const described = tool && tools.get(tool.value);
  if (tool && !described && !effect) {
    const what = `No catalog of these tests describes ${tool.value}, so what it does is not known. Name its catalog under "catalogs", or say its "effect".`;
    return [unknown('unknown-tool', tool, what, [...tools.keys()])];
  }
  if (!described) return [];
  const problems: Problem[] = [];
  for (const given of [effect, reversible]) {
    if (!given) continue;
    const key = given === effect ? 'effect' : 'reversible';
    problems.push(
      problem(
        'invalid-value',
        given,
        `The catalog says what ${tool.value} does, and it is judged by that. Delete "${key}" here.`,
      ),
    );
  }
  const on = target ?? tag;
  if (on && described.target === undefined) {
    problems.push(
      problem(
        'invalid-value',
        on,
        `The catalog does not say which input of ${tool.value} names its target, so every call of it counts as bearing every tag. Add "target" to the tool, or delete this.`,
      ),
    );
  }
  return problems;
}

/** What the policy does not have: a slip there would let a test that expects a denial pass for the wrong reason. */
function policyNames(act: ExpectedAct, policy: Policy): Problem[] {
  const problems: Problem[] = [];
  const roles = [...policy.roles.keys()];
  for (const role of [...(act.roles ?? []), ...(act.approvedByAny ? [act.approvedByAny.role] : [])]) {
    if (policy.roles.has(role.value)) continue;
    problems.push(unknown('unknown-role', role, `The policy has no role "${role.value}".`, roles));
  }
  const { tag, approvedByAny: any } = act;
  if (tag && !policy.tags.has(tag.value)) {
    problems.push(unknown('unknown-tag', tag, `The policy has no tag "${tag.value}".`, [...policy.tags.keys()]));
  } else if (tag && policy.tags.get(tag.value)?.length === 0) {
    const why = `The policy lists no targets for the tag "${tag.value}", so there is nothing to judge. List one there.`;
    problems.push(problem('invalid-value', tag, why));
  }
  const people = [...new Set([...policy.roles.values()].flat().map(({ value }) => value))];
  const named = [
    ...act.approvedBy,
    ...act.distinctFrom,
    ...(act.requester ? [act.requester] : []),
    ...(act.expect.approvers?.value ?? []),
  ];
  for (const person of named) {
    if (people.includes(person.value)) continue;
    const what = `"${person.value}" holds no role of the policy.`;
    problems.push(unknown('invalid-value', person, what, people));
  }
  const holders = any && policy.roles.get(any.role.value);
  if (any && holders) {
    const others = holders.filter(({ value }) => !act.approvedBy.some((person) => person.value === value)).length;
    if (others < any.count) {
      const why = `${any.count} holders of "${any.role.value}" are wanted, and the policy has ${others} who are not named in "approved-by".`;
      problems.push(problem('invalid-value', { value: any, range: any.range }, why));
    }
  }
  return problems;
}

function contradictions(act: ExpectedAct): Problem[] {
  const problems: Problem[] = [];
  const { outcome } = act.expect;
  if (outcome?.value === 'needs-approval' && (act.approvedBy.length > 0 || act.approvedByAny)) {
    const why =
      'Somebody approves in this test, so the act is "allowed" or "denied". Say which, or delete who approves to test that people are asked.';
    problems.push(problem('invalid-value', outcome, why));
  }
  if (act.target && act.tag) {
    problems.push(
      problem('invalid-value', act.tag, 'Give "target" for one target or "tag" for all that bear it, not both.'),
    );
  }
  if (act.reversible && !act.effect && !act.tool) {
    problems.push(problem('invalid-value', act.reversible, '"reversible" goes with "effect". Say what the act does.'));
  }
  return problems;
}

function unknown(
  rule: 'unknown-tool' | 'unknown-role' | 'unknown-tag' | 'invalid-value',
  at: Located<string>,
  what: string,
  candidates: readonly string[],
): Problem {
  const suggestion = closest(at.value, candidates);
  const known = candidates.length > 0 && candidates.length <= 12 ? ` Known: ${candidates.join(', ')}.` : '';
  return {
    ...problem(rule, at, `${what}${suggestion ? ` Did you mean "${suggestion}"?` : known}`),
    fixes: suggestion
      ? [{ title: `Change to "${suggestion}"`, edits: [{ range: at.range, newText: suggestion }], safe: false }]
      : [],
  };
}
