import assert from 'node:assert/strict';
import type { Problem } from '../problem.js';
import { parseYaml } from '../syntax/parse.js';
import type { Node } from '../syntax/tree.js';
import { checkShape, type FileKind, fileKindOf } from './shape.js';

const HEAD = 'playbook: p\nversion: 1.0.0\ntitle: t\noperating-model: ai-soc\nowner: o\n';
const GATE = 'gate: { ask: x, grants: [b], approvers: { roles: [analyst] } }';
const TOOL =
  'description: x\n    effect: read\n    reversible: true\n    idempotent: true\n    input: {}\n    output: {}\n';

/** The problems of a text, which must be at the words between « and », in source order. */
function check(kind: FileKind, marked: string): readonly Problem[] {
  const marks = [...marked.matchAll(/«([^»]*)»/g)].map((match) => match[1]);
  const text = marked.replace(/[«»]/g, '');
  const problems = [...checkShape(kind, parseYaml(text).root)].sort((a, b) => a.range.start - b.range.start);
  assert.deepEqual(
    problems.map((problem) => text.slice(problem.range.start, problem.range.end)),
    marks,
    problems.map((problem) => problem.message).join('\n'),
  );
  return problems;
}

const step = (body: string): string => `${HEAD}steps:\n  - id: a\n    ${body}\n`;

describe('kind of a file', () => {
  it('is told by how its name ends', () => {
    assert.equal(fileKindOf('file:///w/a.playbook.yaml'), 'playbook');
    assert.equal(fileKindOf('a.tools.yml'), 'tools');
    assert.equal(fileKindOf('a.policy.yaml'), 'policy');
    assert.equal(fileKindOf('a.case.yaml'), 'case');
    assert.equal(fileKindOf('/w/countersign.config.yaml'), 'config');
    assert.equal(fileKindOf('my-countersign.config.yaml'), undefined);
    assert.equal(fileKindOf('a.yaml'), undefined);
  });
});

describe('an unknown key', () => {
  const misspelt: readonly (readonly [string, FileKind, string, string])[] = [
    ['playbook', 'playbook', `${HEAD}«polcy»: x.yaml\nsteps:\n  - id: a\n    action: a.b\n`, 'policy'],
    ['trigger', 'playbook', `${HEAD}trigger: { «clas»: x }\nsteps:\n  - id: a\n    action: a.b\n`, 'class'],
    ['budget', 'playbook', `${HEAD}budget: { «tokns»: 3 }\nsteps:\n  - id: a\n    action: a.b\n`, 'tokens'],
    ['action step', 'playbook', step('action: a.b\n    «wth»: {}'), 'with'],
    ['gate step', 'playbook', step(`${GATE}\n    «on-rejct»: stop`), 'on-reject'],
    ['gate', 'playbook', step('gate: { ask: x, «grnts»: [b], approvers: { roles: [a] } }'), 'grants'],
    ['approvers', 'playbook', step('gate: { ask: x, grants: [b], approvers: { «rols»: [a] } }'), 'roles'],
    ['agent step', 'playbook', step('agent: { goal: x, output: { v: {} } }\n    «budgt»: {}'), 'budget'],
    ['agent', 'playbook', step('agent: { «gaol»: x, tools: [a.b], output: { v: {} } }'), 'goal'],
    [
      'tool entry',
      'playbook',
      step('agent: { goal: x, tools: [{ use: a.b, «max-cals»: 3 }], output: { v: {} } }'),
      'max-calls',
    ],
    ['manual step', 'playbook', step('manual: { task: x, role: a }\n    «tiemout»: 3m'), 'timeout'],
    ['manual', 'playbook', step('manual: { «taks»: x, role: a }'), 'task'],
    ['if step', 'playbook', step('if: "true"\n    then: [{ id: b, action: a.b }]\n    «esle»: []'), 'else'],
    [
      'switch step',
      'playbook',
      step('switch: x\n    cases: { a: [{ id: b, action: a.b }] }\n    «defalt»: []'),
      'default',
    ],
    ['stop', 'playbook', step('stop: { «outcom»: failed, reason: x }'), 'outcome'],
    ['case of a switch', 'playbook', step('switch: x\n    cases: { a: [{ id: b, action: a.b, «wher»: x }] }'), 'where'],
    ['handler', 'playbook', step('action: a.b\n    on-error: { «stps»: [] }'), 'steps'],
    ['step in a handler', 'playbook', step('action: a.b\n    on-error: [{ id: b, action: a.b, «titel»: x }]'), 'title'],
    ['tool', 'tools', `catalog: c\ntools:\n  a.b:\n    ${TOOL}    «undoo»: x\n`, 'undo'],
    [
      'argument',
      'tools',
      `catalog: c\ntools:\n  a.b:\n    ${TOOL.replace('input: {}', 'input: { u: { «typ»: string } }')}`,
      'type',
    ],
    ['policy', 'policy', 'policy: p\nroles: {}\n«forbd»: []\n', 'forbid'],
    ['ceiling', 'policy', 'policy: p\nroles: {}\nceilings: [{ «effct»: read, autonomy: approve }]\n', 'effect'],
    [
      'answer of a case',
      'case',
      'case: c\nplaybook: p\nalert: x\nanswers: [{ tool: a.b, «wiht»: {}, output: {} }]\n',
      'with',
    ],
    [
      'output of an answer',
      'case',
      'case: c\nplaybook: p\nalert: x\nanswers: [{ tool: a.b, with: {}, «outptu»: {} }]\n',
      'output',
    ],
    ['expectation', 'case', 'case: c\nplaybook: p\nalert: x\nexpect: { acts: { «mst»: [] } }\n', 'must'],
  ];
  for (const [where, kind, text, meant] of misspelt) {
    it(`of a ${where} is corrected, and not reported as missing as well`, () => {
      const [problem] = check(kind, text).filter((one) => one.rule === 'unknown-key');
      assert.ok(problem);
      assert.match(problem.message, new RegExp(`Did you mean "${meant}"\\?$`));
      assert.deepEqual(problem.fixes[0]?.edits, [{ range: problem.range, newText: meant }]);
    });
  }

  it('without a likeness is answered with the keys the step could still take', () => {
    const [problem] = check('playbook', step(`${GATE}\n    title: x\n    «quux»: 1`));
    assert.equal(
      problem?.message,
      '"quux" means nothing here and would be ignored. Known here: on-reject, on-timeout, when, autonomy, undecided, on-error, timeout, accountable, review.',
    );
  });

  it('in quotes is marked without them', () => {
    check('playbook', step('action: a.b\n    "«wth»": {}'));
  });

  it('named like a member of every object is unknown all the same', () => {
    for (const key of ['constructor', '__proto__', 'hasOwnProperty', 'toString']) {
      const [problem] = check('playbook', step(`action: a.b\n    «${key}»: {}`));
      assert.equal(problem?.rule, 'unknown-key');
    }
  });
});

describe('the shape of a file', () => {
  const cases: readonly (readonly [string, FileKind, string, RegExp])[] = [
    ['a step without a kind', 'playbook', `${HEAD}steps:\n  - «id»: a\n`, /names no kind/],
    ['a misspelt kind', 'playbook', step('«acton»: a.b'), /Did you mean "action"\?/],
    ['two kinds', 'playbook', step('action: a.b\n    «stop»: { outcome: failed, reason: x }'), /exactly one kind/],
    ['a step that is a word', 'playbook', `${HEAD}steps:\n  - «foo»\n`, /This item of "steps" must be a map/],
    ['an empty item, at its dash', 'playbook', `${HEAD}steps:\n  - id: a\n    action: a.b\n  «-»\n`, /has no value/],
    ['a map for a list', 'playbook', `${HEAD}«steps»:\n  id: a\n`, /must be a list, not a map/],
    [
      'a word of a closed list',
      'playbook',
      step('action: a.b\n    autonomy: «autonomos»'),
      /Did you mean "autonomous"/,
    ],
    ['a number for text', 'playbook', step('action: «3»'), /must be text, not a number. Put it in quotes/],
    ['a duration in words', 'playbook', step('action: a.b\n    timeout: «5 minutes»'), /`30s`, `15m`/],
    ['an id that is no name', 'playbook', `${HEAD}steps:\n  - id: «A-b»\n    action: a.b\n`, /"a_b" would do/],
    ['a share over the whole', 'playbook', step('action: a.b\n    review: «200%»'), /percentage such as `10%`/],
    ['no steps', 'playbook', `${HEAD}«steps»: []\n`, /must not be empty/],
    [
      'an item listed twice',
      'playbook',
      `${HEAD}attack: [T1566, «T1566»]\nsteps:\n  - id: a\n    action: a.b\n`,
      /listed twice/,
    ],
    [
      'a key that is missing',
      'playbook',
      `${HEAD}steps:\n  - «action»: a.b\n`,
      /"id" is missing in this item of "steps"/,
    ],
    ['a list for a file', 'playbook', '- «1»\n', /must be a map/],
    ['a handler that is a number', 'playbook', step('action: a.b\n    on-error: «3»'), /`continue`, or steps to run/],
    [
      'an answer with neither',
      'case',
      'case: c\nplaybook: p\nalert: x\nanswers: [{ «tool»: a.b, with: {} }]\n',
      /"output" or "error" is missing/,
    ],
    [
      'an answer with both',
      'case',
      'case: c\nplaybook: p\nalert: x\nanswers: [{ tool: a.b, with: {}, output: {}, «error»: x }]\n',
      /Only one of "output" or "error"/,
    ],
  ];
  for (const [what, kind, text, message] of cases) {
    it(`reports ${what}`, () => {
      const [problem] = check(kind, text);
      assert.match(problem?.message ?? '', message);
    });
  }

  it('reports every missing key of a map', () => {
    const messages = checkShape('playbook', parseYaml('steps: []\n').root).map((problem) => problem.message);
    for (const key of ['playbook', 'version', 'title', 'operating-model', 'owner']) {
      assert.ok(
        messages.some((message) => message.startsWith(`"${key}" is missing.`)),
        key,
      );
    }
  });

  it('is fine for a whole playbook', () => {
    assert.deepEqual(check('playbook', step('action: a.b')), []);
  });
});

describe('a key that all objects have', () => {
  it('is as unknown as any other, and hides none that is missing', () => {
    check(
      'playbook',
      `${HEAD}«__proto__»: { trigger: 1 }\n«constructor»: 1\n«toString»: 1\nsteps:\n  - id: a\n    action: a.b\n`,
    );
    const [missing] = checkShape(
      'playbook',
      parseYaml(`__proto__: { version: 1.0.0 }\n${HEAD.replace(/version.*\n/, '')}steps:\n  - id: a\n    action: a.b\n`)
        .root,
    ).filter(({ rule }) => rule === 'missing-key');
    assert.match(missing?.message ?? '', /"version" is missing/);
  });
});

describe('very many faults', () => {
  const unknown = (count: number): string => Array.from({ length: count }, (_, at) => `k${at}: 1\n`).join('');

  it('that are unknown keys of one map are told up to a hundred, and then how many more there are', () => {
    const told = checkShape('playbook', parseYaml(`${step('action: a.b')}${unknown(250)}`).root);
    assert.deepEqual([...new Set(told.map(({ rule }) => rule))], ['unknown-key']);
    assert.equal(told.length, 101);
    assert.match(told[99]?.message ?? '', /^"k99" means nothing here/);
    assert.match(told[100]?.message ?? '', /^"k100" and 149 more keys of this map mean nothing here/);
  });

  it('of maps apart are all told', () => {
    const lists = Array.from({ length: 150 }, (_, at) => `  t${at}: x\n`).join('');
    assert.equal(checkShape('policy', parseYaml(`policy: p\nroles:\n${lists}`).root).length, 150);
  });

  for (const [what, kind, textOf] of [
    ['unknown keys', 'playbook', (count) => `${step('action: a.b')}${unknown(count)}`],
    ['wrong values', 'policy', (count) => `policy: p\nroles:\n${unknown(count).replace(/^/gm, '  ').trimEnd()}\n`],
    [
      'failed alternatives',
      'policy',
      (count) => `policy: p\nroles: { a: [b] }\nceilings:\n${'  - { autonomy: approve }\n'.repeat(count)}`,
    ],
  ] as const satisfies (readonly [string, FileKind, (count: number) => string])[]) {
    it(`take work in proportion to their number: ${what}`, () => {
      const looks = (count: number): number => {
        const counted = counting(parseYaml(textOf(count)).root);
        assert.ok(checkShape(kind, counted.root).length > 0);
        return counted.looks();
      };
      assert.ok(looks(4_000) < 4.5 * looks(1_000), `${looks(1_000)} looks, and ${looks(4_000)}`);
    });
  }
});

/** A tree that counts how often something looks at an entry of a map or an item of a list. */
function counting(root: Node | undefined): { readonly root: Node | undefined; readonly looks: () => number } {
  let looks = 0;
  const counted = <T>(values: readonly T[]): readonly T[] =>
    new Proxy(values, {
      get(target, key) {
        if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
        return Reflect.get(target, key);
      },
    });
  const copy = (node: Node | undefined): Node | undefined => {
    if (node?.kind === 'map')
      return { ...node, entries: counted(node.entries.map((entry) => ({ ...entry, value: copy(entry.value) }))) };
    return node?.kind === 'list' ? { ...node, items: counted(node.items.map(copy)) } : node;
  };
  return { root: copy(root), looks: () => looks };
}
