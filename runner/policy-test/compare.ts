import { ceilingMatter, ceilingsOn } from '../../language/authority/effective-autonomy.js';
import type { Policy } from '../../language/model/policy.js';
import type { ExpectedAct } from '../../language/model/policy-test.js';
import type { Range } from '../../language/syntax/tree.js';
import { type JudgedAct, judge, type TestedPolicy } from './judge.js';

/** A test, what came of it, and where that is not what is expected. */
export interface TestResult {
  readonly test: ExpectedAct;
  readonly acts: readonly JudgedAct[];
  /** At most one for each thing that is expected; none: it passes. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly of: 'outcome' | 'level' | 'quorum' | 'approvers';
  readonly expected: string;
  readonly actual: string;
  /** Of a test with several acts, the one that is not as expected: `on dc-01, approved by ana`. Empty for a single act. */
  readonly where: string;
  /** A sentence or clause for people. */
  readonly because: string;
  /** What is expected, in the file of the tests. */
  readonly range: Range;
  readonly decidedBy: readonly Decider[];
}

/** What decided, and where it is written. */
export interface Decider {
  /** `the ceiling for evict` */
  readonly what: string;
  readonly uri: string;
  readonly range: Range;
}

/** Judges a test. */
export function runTest(test: ExpectedAct, tested: TestedPolicy): TestResult {
  const acts = judge(test, tested);
  const { outcome, level, quorum, approvers } = test.expect;
  const { policy } = tested;
  const compare = (
    of: Failure['of'],
    expected: { readonly value: string; readonly range: Range } | undefined,
    actualOf: (act: JudgedAct) => string,
    because: (act: JudgedAct) => string,
    decidedBy: (act: JudgedAct) => readonly Decider[],
  ): Failure[] => {
    const off = expected && acts.find((act) => actualOf(act) !== expected.value);
    if (!expected || !off) return [];
    const where = acts.length === 1 ? '' : circumstances(off);
    const actual = actualOf(off);
    return [
      {
        of,
        expected: expected.value,
        actual,
        where,
        because: because(off),
        range: expected.range,
        decidedBy: decidedBy(off),
      },
    ];
  };
  const named = approvers && {
    value: listed([...new Set(approvers.value.map(({ value }) => value))].sort()),
    range: approvers.range,
  };
  const number = quorum && { value: String(quorum.value), range: quorum.range };
  return {
    test,
    acts,
    failures: [
      ...compare(
        'outcome',
        outcome,
        (act) => act.outcome,
        (act) => act.decision.reason,
        (act) => onOutcome(act, policy),
      ),
      ...compare(
        'level',
        level,
        (act) => act.effective.level,
        (act) => act.effective.because,
        onLevel,
      ),
      ...compare(
        'quorum',
        number,
        (act) => String(act.quorum),
        (act) =>
          act.quorum > act.requirement.quorum ? 'the playbook of this test asks for it' : act.requirement.because,
        (act) => onQuorum(act, policy),
      ),
      ...compare(
        'approvers',
        named,
        (act) => listed(act.approvers),
        (act) =>
          act.requirement.roleSets.length === 0
            ? 'the policy asks for no role'
            : `the policy asks for ${act.requirement.roleSets.map((set) => set.join(' or ')).join(', and ')}`,
        (act) => onRoles(act, policy),
      ),
    ],
  };
}

function listed(people: readonly string[]): string {
  return people.length === 0 ? 'nobody' : people.join(', ');
}

function circumstances({ target, people }: JudgedAct): string {
  const on = target === null || target === '' ? [] : [`on ${target}`];
  return [...on, ...(people.length > 0 ? [`approved by ${people.join(', ')}`] : [])].join(', ');
}

function onOutcome(act: JudgedAct, policy: Policy): readonly Decider[] {
  switch (act.decision.rule) {
    case 'forbidden-by-policy':
      return policy.forbid
        .filter(({ value }) => value === act.tool.name.value)
        .map(({ range }) => ({ what: 'what the policy forbids', uri: policy.uri, range }));
    case 'always-gate':
      return policy.alwaysGate
        .filter(({ value }) => value === act.tool.name.value)
        .map(({ range }) => ({ what: 'what the policy always gates', uri: policy.uri, range }));
    case 'approved':
    case 'quorum-not-reached':
      return [...onQuorum(act, policy), ...onLevel(act)];
    case 'approver-not-authorized':
      return [...onRoles(act, policy), ...onLevel(act)];
    default:
      return onLevel(act);
  }
}

function onLevel({ effective: { decidedAt, ceiling } }: JudgedAct): readonly Decider[] {
  if (!decidedAt) return [];
  const isCeiling = ceiling?.range === decidedAt.range && ceiling.uri === decidedAt.uri;
  return [{ what: isCeiling ? ceiling.by : 'the level this test asks for', ...decidedAt }];
}

function onQuorum({ tool, target, requirement }: JudgedAct, policy: Policy): readonly Decider[] {
  return ceilingsOn(tool, policy, target)
    .filter(({ quorum }) => quorum === requirement.quorum)
    .map((ceiling) => ({
      what: `the policy’s ceiling for ${ceilingMatter(ceiling)}`,
      uri: policy.uri,
      range: ceiling.range,
    }));
}

function onRoles({ tool, target }: JudgedAct, policy: Policy): readonly Decider[] {
  return ceilingsOn(tool, policy, target)
    .filter(({ roles }) => roles.length > 0)
    .map((ceiling) => ({
      what: `the policy’s ceiling for ${ceilingMatter(ceiling)}`,
      uri: policy.uri,
      range: ceiling.range,
    }));
}
