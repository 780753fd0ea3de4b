import assert from 'node:assert/strict';
import type { Node } from '../syntax/tree.js';
import { type Cursor, cursorIn, HEADER, HOST, inSteps } from './fixtures.test.js';
import { hover } from './hover.js';

const markdown = ({ source, offset }: Cursor): string => hover(source, offset, HOST)?.markdown ?? '';

const GATED = `  - id: ask
    gate:
      ask: Suspend?
      grants: [suspend, look, gone]
      approvers: { roles: [analyst, nobody], quorum: 2 }
      timeout: 90m
      expires: 1h
  - id: each
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: suspend
        action: identity.suspend
        with: { user: "\${{ user }}", mode: soft }
  - id: look
    action: intel.domain_reputation
    with: { domain: x }
`;

describe('hover on authority', () => {
  it('says who decides the level, with the line: policy, playbook, default, step, tool, or nobody', () => {
    const step = (autonomy: string, tool = 'identity.suspend'): string =>
      `  - id: s|\n    action: ${tool}\n${autonomy === '' ? '' : `    autonomy: ${autonomy}\n`}`;
    const reason = (cursor: Cursor): string => /runs at (.*)/.exec(markdown(cursor))?.[1]?.trimEnd() ?? '';
    assert.equal(
      reason(inSteps(step('autonomous'))),
      '**approve**: the policy’s ceiling for contain is approve ([default.policy.yaml:7](file:///soc/default.policy.yaml#L7))',
    );
    assert.equal(
      reason(inSteps(step('manual'))),
      '**manual**: the step says manual ([demo.playbook.yaml:14](file:///soc/demo.playbook.yaml#L14))',
    );
    assert.equal(reason(inSteps(step(''))), '**approve**: no level is given, so it is approve');
    const head = (line: string, autonomy = 'autonomous'): Cursor =>
      cursorIn(`${HEADER}${line}\nsteps:\n${step(autonomy, 'identity.restore')}`);
    assert.match(
      reason(head('defaults: { autonomy: assist }', '')),
      /^\*\*assist\*\*: the playbook’s default is assist .*:11\]/,
    );
    assert.match(reason(head('autonomy: notify')), /^\*\*notify\*\*: the playbook’s own limit is notify .*:11\]/);
    assert.match(
      reason(cursorIn(`steps:\n${step('autonomous')}`)),
      /^\*\*approve\*\*: the limit for a tool whose effect is unknown/,
    );
  });

  it('says the verdict on each act in a line', () => {
    const agent = `  - id: a|
    agent:
      goal: x
      tools: [{ use: identity.suspend }, { use: intel.domain_reputation }, { use: identity.restore }]
    autonomy: autonomous
`;
    const text = markdown(inSteps(agent));
    assert.match(text, /`identity\.suspend` runs at \*\*approve\*\*.* {2}\n✗ \*\*violated\*\*: No gate grants it\./);
    assert.match(
      text,
      /`identity\.restore` runs at \*\*autonomous\*\*.* {2}\n\? \*\*unknown\*\*: The agent chooses the arguments/,
    );
    assert.doesNotMatch(text, /domain_reputation/);
    assert.match(markdown(inSteps('  - id: s|\n    action: intel.domain_reputation\n')), /Only reads and records/);
  });

  it('says the level at the key and at its word', () => {
    for (const autonomy of ['auto|nomy: manual', 'autonomy: man|ual'])
      assert.match(
        markdown(inSteps(`  - id: s\n    action: identity.suspend\n    ${autonomy}\n`)),
        /✓ \*\*proven\*\*: A person does it/,
      );
  });

  it('says what a gate covers: exact calls, loops, verdicts, people, times', () => {
    const text = markdown(inSteps(GATED.replace('id: ask', 'id: as|k')));
    assert.match(
      text,
      /- `suspend` `identity\.suspend\(user: user, mode: "soft"\)` for each `user` of `each`, at most 3: \*\*checked at run time\*\*/,
    );
    assert.match(text, /- `look`: nothing in it needs an approval/);
    assert.match(text, /- `gone`: there is no such step/);
    assert.match(text, /2 people of `analyst` or `nobody`: 2 people: ana@soc\.example, bo@soc\.example/);
    assert.match(
      text,
      /Silence denies after 90 minutes \(1 hour 30 minutes\); an approval is valid for 1 hour; each call once/,
    );
    assert.match(markdown(inSteps(GATED.replace('gate:', 'ga|te:'))), /identity\.suspend\(user: user/);
  });

  it('says of a gate with nothing in it that it grants nothing', () => {
    const text = markdown(inSteps('  - id: as|k\n    gate: { ask: x }\n'));
    assert.match(
      text,
      /Grants nothing yet\n\n1 person of nobody: nobody holds that\n\nWaits for an answer as long as it takes/,
    );
  });

  it('says where a tool is described', () => {
    const text = markdown(inSteps('  - id: s\n    action: identity.sus|pend\n'));
    assert.match(text, /Described at \[soc\.tools\.yaml:8\]\(file:\/\/\/soc\/catalogs\/soc\.tools\.yaml#L8\)/);
  });

  it('says durations in words', () => {
    const said = (text: string): string =>
      markdown(inSteps(`  - id: s\n    action: identity.suspend\n    timeout: ${text}\n`));
    assert.equal(said('1|5m'), '**15m**: 15 minutes');
    assert.equal(said('1|d'), '**1d**: 1 day');
    assert.equal(said('"9|0s"'), '**90s**: 90 seconds (1 minute 30 seconds)');
    assert.equal(said('so|on'), '');
  });

  it('says name and tactic of a technique, and what took the place of one that was taken back', () => {
    const said = (id: string): string => markdown(cursorIn(HEADER.replace('catalogs:', `attack: [${id}]\ncatalogs:`)));
    assert.match(said('T1566|.002'), /\*\*T1566\.002\*\* Phishing: Spearphishing Link\n\nTactic: Initial Access/);
    assert.match(said('T|A0008'), /\*\*TA0008\*\* Lateral Movement\n\nTactic\n/);
    assert.match(
      said('T1|086'),
      /was taken back; now \*\*T1059\.001\*\* Command and Scripting Interpreter: PowerShell/,
    );
    assert.equal(said('T9|999'), '');
  });

  it('explains variables that macros bind, and members behind brackets and calls', () => {
    const said = (when: string): string =>
      markdown(inSteps(`  - id: s\n    when: ${when}\n    action: identity.suspend\n`));
    assert.match(said('alert.entities.users.exists(u|, u == "a")'), /`u`: text that names a user/);
    assert.match(said('alert.entities.users.exists(u, u| == "a")'), /`u`: text that names a user/);
    assert.match(said('alert.observables[0].na|me == "a"'), /`name`: text/);
    assert.match(said('alert.observables.exists(o, o.na|me ==)'), /`name`: text/);
    assert.equal(said('alert.message == "al|ert"'), '');
  });

  it('explains every key of a playbook', () => {
    const { source } = cursorIn(`${HEADER}inputs: { host: { type: string } }
defaults: { autonomy: approve }
steps:
${GATED}  - id: a
    agent:
      goal: x
      tools: [{ use: identity.suspend, where: args.user == 'x', max-calls: 2 }]
      output: { verdict: { type: string, description: x } }
    budget: { turns: 3, time: 5m }
    retry: { attempts: 2, delay: 1s }
    approval: { roles: [analyst], distinct-from: [ask] }
    on-error: { steps: [], then: continue }
    review: 10%
  - id: p
    parallel: any
    branches: { one: [{ id: q, stop: { outcome: completed, reason: x } }] }|
`);
    const without: string[] = [];
    const visit = (node: Node | undefined): void => {
      if (node?.kind === 'list') node.items.forEach(visit);
      if (node?.kind !== 'map') return;
      for (const { key, value } of node.entries) {
        if (!hover(source, key.range.start + 1, HOST)) without.push(key.text);
        visit(value);
      }
    };
    visit(source.root);
    // Names that the playbook's author chose, which only the author could explain.
    assert.deepEqual(without, []);
  });

  it('says the same with CRLF and emoji before it, and lets no name write Markdown', () => {
    const crlf = cursorIn(
      `# 🔐\r\n${HEADER}steps:\r\n${GATED.replace('id: ask', 'id: as|k').replaceAll('\n', '\r\n')}`,
    );
    assert.match(markdown(crlf), /at most 3: \*\*checked at run time\*\*/);
    const evil = inSteps(
      '  - id: as|k\n    gate: { grants: ["`[x](command:evil)`"], approvers: { roles: ["`[y](z:z)"] } }\n',
    );
    assert.match(markdown(evil), /- `'\[x\]\(command:evil\)'`: there is no such step/);
    assert.match(markdown(evil), /of `'\[y\]\(z:z\)`/);
  });
});
