import assert from 'node:assert/strict';
import fc from 'fast-check';
import { buildCatalog } from '../../language/model/build-catalog.js';
import { buildPolicy } from '../../language/model/build-policy.js';
import type { Tool } from '../../language/model/catalog.js';
import { AUTONOMY_LEVELS, EFFECTS, isConsequential } from '../../language/model/levels.js';
import type { Policy } from '../../language/model/policy.js';
import { parseYaml } from '../../language/syntax/parse.js';
import { sha256 } from '../trace/canonical.js';
import type { HeldApproval } from './approval.js';
import { type Asked, type DecideInput, decide } from './decide.js';
import { DECISION_RULES } from './rules.js';

const THIS = sha256('this call');
const OTHER = sha256('another call');
const NOW = 1_000_000;

function toolOf(effect: string, reversible = true, undo = true): Tool {
  const text = `catalog: c\ntools:\n  t.act: { description: d, ${effect === '' ? '' : `effect: ${effect}, `}reversible: ${reversible}, ${undo ? 'undo: t.undo, ' : ''}idempotent: true, input: { user: { type: string } }, output: {} }\n`;
  const tool = buildCatalog('file:///c.tools.yaml', parseYaml(text).root).tools.get('t.act');
  assert.ok(tool);
  return tool;
}

function policyOf(more = ''): Policy {
  const text = `policy: p\nroles:\n  analyst: [ana, bo, cy]\n  commander: [di, eli]\n${more}`;
  return buildPolicy('file:///p.policy.yaml', parseYaml(text).root);
}

const GIVEN: HeldApproval = {
  gate: 'ask',
  step: 'act',
  call: 'call-1',
  digest: THIS,
  approvers: ['ana', 'bo'],
  roles: ['analyst'],
  excluded: [],
  quorum: 1,
  expires: null,
  usesLeft: 1,
};

function input(part: Partial<DecideInput> = {}, step: Partial<DecideInput['step']> = {}): DecideInput {
  return {
    call: { tool: 't.act', digest: THIS },
    tool: toolOf('contain'),
    target: 'mallory',
    step: {
      id: 'act',
      kind: 'action',
      grants: ['t.act'],
      argumentsProblem: null,
      where: { kind: 'none' },
      calls: 0,
      maxCalls: null,
      told: ['ana'],
      undoProblem: null,
      ...step,
    },
    effective: { level: 'approve', because: 'the step says approve' },
    policy: policyOf(),
    approvals: [],
    asked: { kind: 'cannot' },
    budgetExceeded: null,
    now: NOW,
    ...part,
  };
}

const level = (level: DecideInput['effective']['level']): Pick<DecideInput, 'effective'> => ({
  effective: { level, because: `the step says ${level}` },
});
/** Somebody takes an act back, by default as they may. */
const undo = (part: Partial<NonNullable<DecideInput['undo']>> = {}, more: Partial<DecideInput> = {}): DecideInput =>
  input({
    tool: toolOf('restore'),
    ...level('notify'),
    undo: { by: 'ana', people: ['ana', 'bo'], until: NOW + 1, done: false, ...part },
    ...more,
  });
const unmet = { kind: 'unmet', reason: 'no' } as const;

/** One line per rule: what leads to it, and what it decides. */
const TABLE: readonly [rule: string, decision: string, given: DecideInput][] = [
  ['unknown-tool', 'deny', input({ tool: undefined })],
  ['unknown-tool', 'deny', input({ call: { tool: 'T.ACT', digest: THIS } })],
  ['not-granted', 'deny', input({}, { grants: ['t.ac', 't.act2', 't.*'] })],
  ['forbidden-by-policy', 'deny', input({ policy: policyOf('forbid: [t.act]\n'), approvals: [GIVEN] })],
  ['level-manual', 'deny', input({ ...level('manual'), approvals: [GIVEN] })],
  ['level-manual', 'deny', input({ ...level('manual'), tool: toolOf('read') })],
  ['arguments-invalid', 'deny', input({ approvals: [GIVEN] }, { argumentsProblem: 'bad' })],
  ['where-unmet', 'deny', input({ approvals: [GIVEN] }, { where: unmet })],
  ['where-unmet', 'deny', input({ tool: toolOf('read') }, { where: unmet })],
  ['max-calls-reached', 'deny', input({ tool: toolOf('read') }, { calls: 2, maxCalls: 2 })],
  ['max-calls-reached', 'deny', input({ tool: toolOf('read') }, { calls: Number.NaN, maxCalls: 2 })],
  ['budget-exceeded', 'deny', input({ approvals: [GIVEN], budgetExceeded: 'the turns (1)' })],
  ['no-policy', 'deny', input({ policy: undefined, approvals: [GIVEN] })],
  ['no-policy', 'deny', input({ policy: undefined, ...level('autonomous') })],
  ['level-assist', 'deny', input({ ...level('assist'), approvals: [GIVEN] })],
  ['approval-required', 'deny', input()],
  ['approval-required', 'deny', input({ approvals: [{ ...GIVEN, step: 'other' }] })],
  ['approval-required', 'needs-approval', input({ asked: { kind: 'can' } })],
  ['approval-rejected', 'deny', input({ asked: { kind: 'rejected', because: 'no' } })],
  ['approval-timed-out', 'deny', input({ asked: { kind: 'timed-out', because: 'silence' } })],
  ['approval-expired', 'deny', input({ approvals: [{ ...GIVEN, expires: NOW }] })],
  ['approval-expired', 'deny', input({ approvals: [{ ...GIVEN, expires: Number.NaN }] })],
  ['approval-used', 'deny', input({ approvals: [{ ...GIVEN, usesLeft: 0 }] })],
  ['approval-of-another-call', 'deny', input({ approvals: [{ ...GIVEN, digest: OTHER }] })],
  ['quorum-not-reached', 'deny', input({ approvals: [{ ...GIVEN, quorum: 3 }] })],
  ['quorum-not-reached', 'deny', input({ approvals: [{ ...GIVEN, quorum: Number.NaN }] })],
  ['quorum-not-reached', 'deny', input({ approvals: [{ ...GIVEN, approvers: [], quorum: 0 }] })],
  [
    'quorum-not-reached',
    'deny',
    input({ tool: toolOf('evict', false), approvals: [{ ...GIVEN, approvers: ['ana', 'ana'] }] }),
  ],
  ['quorum-not-reached', 'deny', input({ asked: { kind: 'unsatisfied', because: 'nobody may' } })],
  ['approver-not-authorized', 'deny', input({ approvals: [{ ...GIVEN, approvers: ['di'] }] })],
  ['approver-not-authorized', 'deny', input({ approvals: [{ ...GIVEN, approvers: ['ana'], excluded: ['ana'] }] })],
  [
    'approver-not-authorized',
    'deny',
    input({
      policy: policyOf('ceilings: [{ effect: contain, autonomy: approve, roles: [commander] }]\n'),
      approvals: [GIVEN],
    }),
  ],
  ['always-gate', 'deny', input({ policy: policyOf('always-gate: [t.act]\n'), ...level('autonomous') })],
  [
    'always-gate',
    'needs-approval',
    input({ policy: policyOf('always-gate: [t.act]\n'), ...level('notify'), asked: { kind: 'can' } }),
  ],
  ['irreversible', 'deny', input({ tool: toolOf('evict', false, false), ...level('autonomous') })],
  ['unknown-effect', 'deny', input({ tool: toolOf(''), ...level('autonomous') })],
  ['notify-bounds', 'deny', input({ tool: toolOf('contain', false), ...level('notify') })],
  ['notify-bounds', 'deny', input({ tool: toolOf('contain', true, false), ...level('notify') })],
  ['notify-bounds', 'deny', input(level('notify'), { told: [] })],
  ['notify-bounds', 'deny', input(level('notify'), { undoProblem: 'its undo is not known' })],
  ['undo', 'permit', undo()],
  ['undo', 'permit', undo({ until: null }, { policy: policyOf('always-gate: [t.act]\n'), ...level('approve') })],
  ['undo-closed', 'deny', undo({ until: NOW })],
  ['undo-closed', 'deny', undo({ until: Number.NaN })],
  ['undo-closed', 'deny', undo({ done: true })],
  ['undo-not-authorized', 'deny', undo({ by: 'cy' })],
  ['undo-not-authorized', 'deny', undo({ by: 'cy' }, { tool: toolOf('record') })],
  ['undo-closed', 'deny', undo({ until: NOW }, { tool: toolOf('read') })],
  [
    'undo-not-authorized',
    'deny',
    undo({}, { policy: policyOf('ceilings: [{ effect: restore, autonomy: approve, roles: [commander] }]\n') }),
  ],
  [
    'quorum-not-reached',
    'deny',
    undo({}, { policy: policyOf('ceilings: [{ effect: restore, autonomy: approve, quorum: 2 }]\n') }),
  ],
  ['quorum-not-reached', 'deny', undo({}, { tool: toolOf('restore', false) })],
  ['level-assist', 'deny', undo({}, level('assist'))],
  ['forbidden-by-policy', 'deny', undo({}, { policy: policyOf('forbid: [t.act]\n') })],
  ['no-policy', 'deny', undo({}, { policy: undefined })],
  ['unbounded-arguments', 'deny', input(level('autonomous'), { kind: 'agent' })],
  ['read-only', 'permit', input({ tool: toolOf('read'), policy: undefined })],
  ['record', 'permit', input({ tool: toolOf('record'), policy: undefined })],
  ['approved', 'permit', input({ approvals: [{ ...GIVEN, usesLeft: 0 }, GIVEN] })],
  ['approved', 'permit', input({ tool: toolOf('evict', false), approvals: [GIVEN] })],
  ['notify', 'permit', input(level('notify'))],
  ['autonomous', 'permit', input(level('autonomous'))],
  ['autonomous', 'permit', input(level('autonomous'), { kind: 'agent', where: { kind: 'met' } })],
  [
    'autonomous',
    'permit',
    input({
      tool: toolOf('evict', false, false),
      policy: policyOf('ceilings: [{ effect: evict, autonomy: autonomous }]\n'),
      ...level('autonomous'),
    }),
  ],
];

describe('the decision point', () => {
  for (const [rule, decision, given] of TABLE) {
    it(`${decision}: ${rule} (${given.effective.level}, ${given.tool?.effect ?? 'no effect'})`, () => {
      const decided = decide(given);
      assert.deepEqual([decided.rule, decided.decision], [rule, decision], decided.reason);
    });
  }

  it('has a line above for every rule but the one for what cannot happen', () => {
    const tried = new Set(TABLE.map(([rule]) => rule));
    assert.deepEqual(
      DECISION_RULES.filter((rule) => !tried.has(rule)),
      ['undecidable'],
    );
  });

  it('denies a level nobody knows', () => {
    const given: DecideInput = JSON.parse(JSON.stringify({ ...input(), policy: null }));
    const odd = { ...input(), effective: { ...given.effective, level: JSON.parse('"supervised"') } };
    assert.deepEqual([decide(odd).decision, decide(odd).rule], ['deny', 'undecidable']);
  });

  it('permits a consequential call only under a policy, and by level or by a valid approval of that very call', () => {
    const approval: fc.Arbitrary<HeldApproval> = fc.record({
      gate: fc.constant('ask'),
      step: fc.constantFrom('act', 'other'),
      call: fc.constant('call-1'),
      digest: fc.constantFrom(THIS, OTHER),
      approvers: fc.array(fc.constantFrom('ana', 'bo', 'cy', 'di', 'eli', 'nobody'), { maxLength: 4 }),
      roles: fc.subarray(['analyst', 'commander', 'ghost']),
      excluded: fc.subarray(['ana', 'di']),
      quorum: fc.constantFrom(0, 1, 2, 3, Number.NaN),
      expires: fc.constantFrom(null, NOW - 1, NOW, NOW + 1, Number.NaN),
      usesLeft: fc.constantFrom(-1, 0, 1, 2, Number.NaN),
    });
    const asked: fc.Arbitrary<Asked> = fc.constantFrom<Asked[]>(
      { kind: 'cannot' },
      { kind: 'can' },
      { kind: 'rejected', because: 'ana refused' },
      { kind: 'timed-out', because: 'nobody answered' },
    );
    const given = fc.record({
      effect: fc.constantFrom(...EFFECTS, ''),
      reversible: fc.boolean(),
      undo: fc.boolean(),
      policy: fc.constantFrom(
        undefined,
        '',
        'forbid: [t.act]\n',
        'always-gate: [t.act]\n',
        'ceilings: [{ tool: t.act, autonomy: approve, quorum: 2 }]\n',
      ),
      level: fc.constantFrom(...AUTONOMY_LEVELS),
      kind: fc.constantFrom('action' as const, 'agent' as const),
      where: fc.constantFrom<DecideInput['step']['where'][]>({ kind: 'none' }, { kind: 'met' }, unmet),
      approvals: fc.array(approval, { maxLength: 3 }),
      told: fc.subarray(['ana']),
      asked,
    });
    fc.assert(
      fc.property(given, (one) => {
        const policy = one.policy === undefined ? undefined : policyOf(one.policy);
        const tool = toolOf(one.effect, one.reversible, one.undo);
        const all = input(
          { tool, policy, approvals: one.approvals, asked: one.asked, ...level(one.level) },
          { kind: one.kind, where: one.where, told: one.told },
        );
        const decided = decide(all);
        assert.deepEqual(decide(all), decided, 'the same input gives the same decision');
        assert.ok(DECISION_RULES.includes(decided.rule) && decided.reason.length > 0);
        if (decided.decision !== 'permit') return;
        assert.notEqual(one.level, 'manual');
        assert.notEqual(one.where.kind, 'unmet');
        if (!isConsequential(tool.effect)) return;
        assert.ok(policy !== undefined && one.policy !== 'forbid: [t.act]\n');
        assert.notEqual(one.level, 'assist');
        if (decided.approval === null) {
          assert.ok(one.level === 'notify' || one.level === 'autonomous');
          assert.ok(!one.policy?.startsWith('always-gate') && one.effect !== '');
          return;
        }
        const { approval: used, approvedBy } = decided;
        assert.ok(one.approvals.includes(used));
        assert.deepEqual([used.step, used.digest], ['act', THIS]);
        assert.ok(used.usesLeft >= 1 && (used.expires === null || NOW < used.expires));
        const needed = Math.max(
          1,
          used.quorum,
          one.policy?.includes('quorum: 2') || (!one.reversible && !one.policy?.includes('quorum')) ? 2 : 1,
        );
        const may = used.roles.flatMap((role) => policy.roles.get(role) ?? []).map((person) => person.value);
        assert.ok(new Set(approvedBy).size === approvedBy.length && approvedBy.length >= needed);
        for (const person of approvedBy)
          assert.ok(used.approvers.includes(person) && may.includes(person) && !used.excluded.includes(person));
      }),
      { numRuns: 3000 },
    );
  });
});
