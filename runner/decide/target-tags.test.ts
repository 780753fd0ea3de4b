import assert from 'node:assert/strict';
import fc from 'fast-check';
import { approvalRequirement, eligibleApprovers } from '../../language/authority/approval-requirement.js';
import { effectiveAutonomy } from '../../language/authority/effective-autonomy.js';
import { buildCatalog } from '../../language/model/build-catalog.js';
import { buildPlaybook } from '../../language/model/build-playbook.js';
import { buildPolicy } from '../../language/model/build-policy.js';
import type { Tool } from '../../language/model/catalog.js';
import { AUTONOMY_LEVELS, EFFECTS } from '../../language/model/levels.js';
import type { Policy } from '../../language/model/policy.js';
import { parseYaml } from '../../language/syntax/parse.js';
import { approval, type Played, play } from '../engine/scenario.test.js';
import { sha256 } from '../trace/canonical.js';
import { taggedTarget } from './call.js';
import { type Decision, decide } from './decide.js';

const ROLES = 'policy: p\nroles:\n  analyst: [ana, bo, cy]\n  commander: [di, bo]\n';

function policyOf(...ceilings: readonly string[]): Policy {
  const tags = 'tags:\n  crown: [MALLORY, "Zo\u00EB"]\n  empty: []\n';
  const list = ceilings.length === 0 ? '' : `ceilings:\n${ceilings.map((one) => `  - ${one}\n`).join('')}`;
  return buildPolicy('file:///p.policy.yaml', parseYaml(`${ROLES}${tags}${list}`).root);
}

function toolOf(effect: string, reversible = true): Tool {
  const text = `catalog: c\ntools:\n  t.act: { description: d, effect: ${effect}, reversible: ${reversible}, undo: t.undo, idempotent: true, target: user, input: { user: {} }, output: {} }\n`;
  const tool = buildCatalog('file:///c.tools.yaml', parseYaml(text).root).tools.get('t.act');
  assert.ok(tool);
  return tool;
}

const PLAYBOOK = buildPlaybook(undefined);

function levelAt(policy: Policy, tool: Tool, target?: string | null, declared = 'autonomous') {
  const level = AUTONOMY_LEVELS.find((one) => one === declared);
  const autonomy = level && { value: level, range: { start: 0, end: 0 } };
  return effectiveAutonomy({ autonomy }, tool, { uri: '', playbook: PLAYBOOK, policy }, target);
}

describe('ceilings for tags of targets', () => {
  const policy = policyOf(
    '{ effect: contain, autonomy: autonomous }',
    '{ effect: contain, target-tag: crown, autonomy: manual, quorum: 3, roles: [commander] }',
  );
  const tool = toolOf('contain');

  it('hold for the targets that bear the tag, whatever the case and however Unicode writes them', () => {
    for (const target of ['mallory', 'Mallory', 'zo\u00EB', 'Zoe\u0308', 'ZOE\u0308']) {
      assert.equal(levelAt(policy, tool, target).level, 'manual', target);
    }
    for (const target of ['mallory2', 'zoe', ''])
      assert.equal(levelAt(policy, tool, target).level, 'autonomous', target);
  });

  it('hold for a target that is missing or no text, and for a tag nobody explains', () => {
    assert.equal(levelAt(policy, tool, null).level, 'manual');
    assert.deepEqual(
      [{}, { user: null }, { user: ['trent'] }, { user: 7 }].map((args) => taggedTarget(tool, args)),
      [null, null, null, null],
    );
    assert.equal(taggedTarget(tool, { user: 'trent' }), 'trent');
    const unknown = policyOf('{ effect: contain, target-tag: ghost, autonomy: assist }');
    assert.equal(levelAt(unknown, tool, 'trent').level, 'assist');
  });

  it('count neither for level nor for approvals while no target is known', () => {
    assert.equal(levelAt(policy, tool).level, 'autonomous');
    assert.deepEqual(approvalRequirement(tool, policy).roleSets, []);
    assert.equal(approvalRequirement(tool, policy, 'mallory').quorum, 3);
    assert.deepEqual(approvalRequirement(tool, policy, 'trent').roleSets, []);
  });

  it('never lower the number of people an act takes', () => {
    const lax = policyOf('{ effect: evict, target-tag: crown, autonomy: approve, quorum: 1 }');
    assert.equal(approvalRequirement(toolOf('evict', false), lax, 'mallory').quorum, 2);
  });

  it('never permit more than without them', () => {
    const ceiling = fc
      .record({
        effect: fc.constantFrom(...EFFECTS, ''),
        tool: fc.constantFrom('t.act', 't.other', ''),
        autonomy: fc.constantFrom(...AUTONOMY_LEVELS),
        quorum: fc.constantFrom(0, 1, 2, 3),
        roles: fc.subarray(['analyst', 'commander']),
      })
      .map(({ effect, tool: name, autonomy, quorum, roles }) =>
        [
          effect && `effect: ${effect}`,
          name && `tool: ${name}`,
          `autonomy: ${autonomy}`,
          quorum > 0 && `quorum: ${quorum}`,
          roles.length > 0 && `roles: [${roles.join(', ')}]`,
        ]
          .filter(Boolean)
          .join(', '),
      );
    const given = fc.record({
      effect: fc.constantFrom(...EFFECTS),
      reversible: fc.boolean(),
      before: fc.array(ceiling, { maxLength: 2 }),
      tagged: ceiling,
      tag: fc.constantFrom('crown', 'empty', 'ghost'),
      target: fc.constantFrom('mallory', 'trent', null),
      declared: fc.constantFrom(...AUTONOMY_LEVELS),
      kind: fc.constantFrom('action' as const, 'agent' as const),
      told: fc.subarray(['ana']),
      approvers: fc.subarray(['ana', 'bo', 'cy', 'di']),
    });
    const rank = { deny: 0, 'needs-approval': 1, permit: 2 } as const;
    fc.assert(
      fc.property(given, (one) => {
        const tool = toolOf(one.effect, one.reversible);
        const ceilings = one.before.map((text) => `{ ${text} }`);
        const judged = (policy: Policy): Decision =>
          decide({
            call: { tool: 't.act', digest: sha256('this') },
            tool,
            target: one.target,
            step: {
              id: 'act',
              kind: one.kind,
              grants: ['t.act'],
              argumentsProblem: null,
              where: { kind: 'none' },
              calls: 0,
              maxCalls: null,
              told: one.told,
              undoProblem: null,
            },
            effective: levelAt(policy, tool, one.target, one.declared),
            policy,
            approvals: [
              {
                gate: 'ask',
                step: 'act',
                call: 'call-1',
                digest: sha256('this'),
                approvers: one.approvers,
                roles: ['analyst', 'commander'],
                excluded: [],
                quorum: 1,
                expires: null,
                usesLeft: 1,
              },
            ],
            asked: { kind: 'can' },
            budgetExceeded: null,
            now: 0,
          });
        const without = policyOf(...ceilings);
        const with_ = policyOf(...ceilings, `{ ${one.tagged}, target-tag: ${one.tag} }`);
        const [a, b] = [judged(without), judged(with_)];
        assert.ok(rank[b.decision] <= rank[a.decision], `${a.rule} became ${b.rule}`);
        if (a.decision === 'permit' && b.decision === 'permit' && a.approval !== null) assert.ok(b.approval !== null);
        const [needs, needsMore] = [without, with_].map((policy) => approvalRequirement(tool, policy, one.target));
        assert.ok(needs && needsMore && needsMore.quorum >= needs.quorum);
        const roles = ['analyst', 'commander'].map((value) => ({ value, range: { start: 0, end: 0 } }));
        const may = new Set(eligibleApprovers({ roles }, needs, without));
        assert.ok(eligibleApprovers({ roles }, needsMore, with_).every((person) => may.has(person)));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a run under ceilings for tags', () => {
  const POLICY = `policy: test
roles:
  analyst: [ana@soc.example, bo@soc.example]
  commander: [cy@soc.example, di@soc.example]
tags:
  vip: [mallory]
ceilings:
  - { effect: contain, autonomy: autonomous }
  - { effect: contain, target-tag: vip, autonomy: approve, quorum: 2, roles: [commander] }
`;
  const LOOP = `  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: suspend
        autonomy: autonomous
        action: identity.suspend
        with: { user: "\${{ user }}" }
        on-error: continue
`;
  const GATE = `  - id: ask
    gate:
      ask: Suspend?
      grants: [suspend]
      approvers: { roles: [analyst, commander] }
`;
  const rules = (played: Played) => played.acts.map(({ target, rule }) => [target, rule]);

  it('asks for the tagged targets and acts on the others', async () => {
    const played = await play({ steps: LOOP, policy: POLICY });
    assert.deepEqual(rules(played), [
      ['mallory', 'approval-required'],
      ['trent', 'autonomous'],
    ]);
  });

  it('takes the people of the tag at a gate that shows such a target', async () => {
    const few = await play({ steps: GATE + LOOP, policy: POLICY, approve: [approval('ana'), approval('cy')] });
    assert.deepEqual([few.asked[0]?.quorum, few.asked[0]?.approvers], [2, ['cy@soc.example', 'di@soc.example']]);
    assert.deepEqual(few.acts, []);
    const enough = await play({ steps: GATE + LOOP, policy: POLICY, approve: [approval('cy'), approval('di')] });
    assert.deepEqual(rules(enough), [
      ['mallory', 'approved'],
      ['trent', 'autonomous'],
    ]);
  });
});
