import assert from 'node:assert/strict';
import { cursorIn, HEADER, HOST, PLAYBOOK_URI } from './fixtures.test.js';
import { type HintChoice, inlayHints } from './inlay-hints.js';
import { openSource } from './source-file.js';

const ALL: HintChoice = { autonomy: true, approver: true, types: true };
const ONLY: { readonly [K in keyof HintChoice]: HintChoice } = {
  autonomy: { autonomy: true, approver: false, types: false },
  approver: { autonomy: false, approver: true, types: false },
  types: { autonomy: false, approver: false, types: true },
};

/** The steps with every hint written in as `⟨…⟩`. */
function shown(steps: string, choice = ALL, head = HEADER): string {
  const source = openSource(PLAYBOOK_URI, `${head}steps:\n${steps}`, HOST);
  assert.ok(source);
  let { text } = source;
  for (const { offset, label } of inlayHints(source, { start: 0, end: text.length }, choice, HOST).reverse()) {
    text = `${text.slice(0, offset)}⟨${label}⟩${text.slice(offset)}`;
  }
  return text.slice(text.indexOf('steps:') + 7).trimEnd();
}

const GATED = `  - id: ask
    gate: { ask: Really?, grants: [suspend], approvers: { roles: [analyst, incident-commander] }, timeout: 5m }
  - id: suspend
    action: identity.suspend
    with: { user: x }
`;

describe('inlay hints', () => {
  it('tell the level where nothing is written, and who approves', () => {
    const text = shown(GATED);
    assert.match(text, /- id: suspend⟨runs at approve⟩$/m);
    assert.match(text, /action: identity\.suspend⟨approved at ask by analyst or incident-commander⟩$/m);
    assert.match(text, /- id: ask$/m);
  });

  it('tell the level where it is not what is written, and nothing where it is', () => {
    const step = (level: string): string => `  - id: s\n    action: identity.suspend\n    autonomy: ${level}\n`;
    assert.match(shown(step('autonomous'), ONLY.autonomy), /id: s⟨runs at approve⟩/);
    assert.equal(shown(step('approve'), ONLY.autonomy), step('approve').trimEnd());
    assert.equal(shown(step('manual'), ONLY.autonomy), step('manual').trimEnd());
    assert.match(shown(step('nonsense'), ONLY.autonomy), /id: s⟨runs at approve⟩/);
  });

  it('have nothing to say of what only reads', () => {
    const steps = '  - id: r\n    action: intel.domain_reputation\n    with: { domain: x }';
    assert.equal(shown(steps), steps);
  });

  it('never claim an approval that is not on every path', () => {
    const ungated = shown('  - id: s\n    action: identity.suspend\n', ONLY.approver);
    assert.match(ungated, /identity\.suspend⟨nobody approves⟩/);
    const bypassed = shown(GATED.replace('5m }', '5m }\n    on-reject: continue'), ONLY.approver);
    assert.match(bypassed, /⟨not always approved at ask by analyst or incident-commander⟩/);
    const unknown = shown('  - id: s\n    action: no.such\n', ONLY.approver);
    assert.match(unknown, /no\.such⟨approval unknown⟩/);
  });

  it('say how many people it takes, and name the step with an approval of its own', () => {
    const steps =
      '  - id: s\n    action: identity.suspend\n    approval: { roles: [analyst], quorum: 2, timeout: 5m }\n';
    assert.match(shown(steps, ONLY.approver), /⟨approved at s by 2 of analyst⟩/);
  });

  it('tell each level and approver of an agent’s tools', () => {
    const steps = `  - id: a
    agent:
      goal: x
      tools: [{ use: identity.suspend }, { use: intel.domain_reputation }, { use: identity.restore }]
    autonomy: autonomous
`;
    const text = shown(steps);
    assert.match(text, /id: a⟨runs at approve or autonomous⟩/);
    assert.match(
      text,
      /identity\.suspend⟨nobody approves⟩ }, { use: intel\.domain_reputation }, { use: identity\.restore }/,
    );
  });

  it('tell what the variable of a loop holds, also in branches, handlers and loops', () => {
    const text = shown(
      `  - id: p
    parallel: all
    branches:
      one:
        - id: each
          for-each: { item: user, in: alert.entities.users, max: 3 }
          steps:
            - id: s
              action: identity.suspend
              with: { user: x }
              on-error:
                - id: again
                  for-each: { item: "score", in: "[1, 2]", max: 3 }
                  steps:
                    - id: t
                      for-each: { item: x, in: steps.nothing.output, max: 3 }
                      steps: []
`,
      ONLY.types,
    );
    assert.match(text, /item: user⟨: text that names a user⟩,/);
    assert.match(text, /item: "score"⟨: a whole number⟩,/);
    assert.match(text, /item: x,/);
  });

  it('stand behind quotes, with CRLF and emoji before them', () => {
    const text = shown(
      GATED.replace('id: suspend', 'id: "suspend"').replaceAll('\n', '\r\n'),
      ALL,
      HEADER.replace('Demo', '🔐'),
    );
    assert.match(text, /- id: "suspend"⟨runs at approve⟩\r/);
  });

  it('give the reason, with the line that decides', () => {
    const { source } = cursorIn(`${HEADER}steps:\n${GATED}|`);
    const [level, approver] = inlayHints(source, { start: 0, end: source.text.length }, ALL, HOST);
    assert.match(
      level?.tooltip ?? '',
      /`identity\.suspend` runs at \*\*approve\*\*: no level is given, so it is approve/,
    );
    assert.match(approver?.tooltip ?? '', /✓ \*\*proven\*\*: Every path to it has the approval of "ask"/);
    const limited = cursorIn(`${HEADER}steps:\n${GATED}    autonomy: notify\n|`).source;
    const [hint] = inlayHints(limited, { start: 0, end: limited.text.length }, ALL, HOST);
    assert.match(
      hint?.tooltip ?? '',
      /ceiling for contain is approve \(\[default\.policy\.yaml:7\]\(file:\/\/\/soc\/default\.policy\.yaml#L7\)\)/,
    );
  });

  it('come for the range that is asked for only', () => {
    const { source } = cursorIn(`${HEADER}steps:\n${GATED}|`);
    const at = source.text.indexOf('action: identity.suspend');
    const hints = inlayHints(source, { start: at, end: at + 24 }, ALL, HOST);
    assert.deepEqual(
      hints.map(({ kind }) => kind),
      ['approver'],
    );
  });

  it('are none in other files, and none in what cannot be read', () => {
    for (const text of ['|', ':|', 'steps: [|', 'steps:\n  - id:|', 'steps:\n  - for-each: { item: |']) {
      const { source } = cursorIn(text);
      assert.deepEqual(inlayHints(source, { start: 0, end: source.text.length }, ALL, HOST), []);
    }
    const policy = cursorIn('roles:|', 'file:///soc/default.policy.yaml').source;
    assert.deepEqual(inlayHints(policy, { start: 0, end: 99 }, ALL, HOST), []);
  });
});
