import assert from 'node:assert/strict';
import { type Completion, complete } from './completion.js';
import {
  CATALOG_URI,
  type Cursor,
  cursorIn,
  HEADER,
  HOST,
  inSteps,
  PLAYBOOK_URI,
  POLICY_URI,
} from './fixtures.test.js';
import { openSource } from './source-file.js';

describe('completion', () => {
  const labels = ({ source, offset }: Cursor): string[] => complete(source, offset).map((item) => item.label);
  const item = ({ source, offset }: Cursor, label: string): Completion => {
    const found = complete(source, offset).find((candidate) => candidate.label === label);
    assert.ok(found, `${label} is offered`);
    return found;
  };
  /** The text after accepting a completion. */
  const accept = (cursor: Cursor, label: string): string => {
    const { range, newText } = item(cursor, label).edit;
    const { text } = cursor.source;
    return text.slice(0, range.start) + newText + text.slice(range.end);
  };
  const lineOf = (text: string, word: string): string => text.split('\n').find((line) => line.includes(word)) ?? '';

  describe('of words', () => {
    it('offers the autonomy levels after the colon, each with its meaning', () => {
      const cursor = inSteps('  - id: look\n    action: identity.suspend\n    autonomy: |\n');
      assert.deepEqual(labels(cursor), ['manual', 'assist', 'approve', 'notify', 'autonomous']);
      assert.match(item(cursor, 'approve').documentation, /after the required people approve/);
      assert.equal(lineOf(accept(cursor, 'approve'), 'autonomy'), '    autonomy: approve');
    });

    it('replaces the whole word around the cursor', () => {
      const cursor = inSteps('  - id: look\n    action: identity.suspend\n    autonomy: ap|rove # why\n');
      assert.equal(lineOf(accept(cursor, 'approve'), 'autonomy'), '    autonomy: approve # why');
    });

    it('adds the space that is missing after a colon', () => {
      const cursor = inSteps('  - id: look\n    action: identity.suspend\n    autonomy:|\n');
      assert.equal(lineOf(accept(cursor, 'notify'), 'autonomy'), '    autonomy: notify');
    });

    it('offers them inside quotes and leaves the quotes', () => {
      const cursor = inSteps('  - id: look\n    action: identity.suspend\n    autonomy: "|"\n');
      assert.equal(lineOf(accept(cursor, 'notify'), 'autonomy'), '    autonomy: "notify"');
    });

    it('survives a quote that is still open', () => {
      const cursor = inSteps('  - id: look\n    autonomy: "app|\n    action: identity.suspend\n');
      assert.ok(labels(cursor).includes('approve'));
    });

    it('offers the words of a handler', () => {
      const cursor = inSteps('  - id: look\n    action: identity.suspend\n    on-error: |\n');
      assert.deepEqual(labels(cursor), ['stop', 'continue']);
    });

    it('offers operating models at the top of a playbook that is nothing but that line', () => {
      assert.deepEqual(labels(cursorIn('operating-model: |')), [
        'traditional',
        'tool-assisted',
        'ai-augmented',
        'ai-soc',
      ]);
    });

    it('offers effects in a catalog', () => {
      const cursor = cursorIn('tools:\n  a.b:\n    effect: |\n', CATALOG_URI);
      assert.ok(labels(cursor).includes('contain'));
      assert.match(item(cursor, 'suppress').documentation, /hides a real attack/);
    });
  });

  describe('of keys', () => {
    it('offers those that are missing at the top, required ones first', () => {
      const cursor = cursorIn('playbook: demo\n|\n');
      const offered = complete(cursor.source, cursor.offset).sort((a, b) => (a.sortText < b.sortText ? -1 : 1));
      assert.deepEqual(
        offered.slice(0, 5).map((one) => one.label),
        ['version', 'title', 'operating-model', 'owner', 'steps'],
      );
      assert.ok(!offered.some((one) => one.label === 'playbook'));
      assert.equal(offered[0]?.detail, 'required');
    });

    it('offers the keys of the step kind on an empty line inside a step', () => {
      const cursor = inSteps(
        '  - id: look\n    action: identity.suspend\n    |\n  - id: next\n    stop: { outcome: completed }\n',
      );
      const offered = labels(cursor);
      for (const key of ['with', 'where', 'autonomy', 'when', 'on-error']) assert.ok(offered.includes(key), key);
      for (const key of ['id', 'action', 'gate', 'cases', 'steps']) assert.ok(!offered.includes(key), key);
    });

    it('offers them in the middle of a word', () => {
      const cursor = inSteps('  - id: look\n    action: identity.suspend\n    auto|\n');
      assert.match(accept(cursor, 'autonomy'), / {4}autonomy: \$\{1\|manual,assist,approve,notify,autonomous\|\}\n/);
    });

    it('replaces only the word of a key that has its colon', () => {
      const cursor = inSteps('  - id: look\n    action: identity.suspend\n    aut|: approve\n');
      assert.equal(lineOf(accept(cursor, 'autonomy'), 'auton'), '    autonomy: approve');
    });

    it('fills in the required parts of a block', () => {
      const cursor = inSteps('  - id: ask\n    ga|\n');
      assert.match(
        accept(cursor, 'gate'),
        / {4}gate:\n {2}ask: >\n {4}\$1\n {2}grants: \[\$2\]\n {2}approvers:\n {4}roles: \[\$3\]\n/,
      );
    });

    it('indents a block below a dash by what the line itself does not', () => {
      const cursor = inSteps('  - ga|\n');
      assert.match(accept(cursor, 'gate'), / {2}- id: \$\{1:ask\}\n {2}gate:\n {4}ask: >\n/);
    });

    it('offers whole steps after a dash', () => {
      const cursor = inSteps('  - id: first\n    stop: { outcome: completed }\n  - |\n');
      assert.ok(labels(cursor).includes('id'));
      assert.equal(item(cursor, 'action').detail, 'a new action step');
      assert.match(accept(cursor, 'stop'), /- id: \$\{1:finish\}\n {2}stop: \{ outcome: \$\{2\|completed,/);
    });

    it('offers whole steps where only the dash is missing', () => {
      const cursor = inSteps('  - id: first\n    stop: { outcome: completed }\n  |\n');
      assert.match(accept(cursor, 'manual'), /\n {2}- id: \$\{1:do\}\n {2}manual:/);
    });

    it('offers a first step below an empty `steps:`', () => {
      assert.match(accept(inSteps('  |\n'), 'agent'), /steps:\n {2}- id: \$\{1:investigate\}\n {2}agent:/);
    });

    it('offers the keys inside braces', () => {
      const cursor = cursorIn(`${HEADER.replace('{ turns: 10 }', '{ turns: 10, | }')}`);
      assert.deepEqual(labels(cursor), ['tokens', 'usd', 'time', 'tool-calls']);
      assert.equal(lineOf(accept(cursor, 'usd'), 'budget'), 'budget: { turns: 10, usd: $1 }');
    });

    it('knows the branches of a gate from the keys of its inside', () => {
      const cursor = inSteps('  - id: ask\n    gate:\n      ask: Really?\n      |\n    on-reject: stop\n');
      const offered = labels(cursor);
      for (const key of ['grants', 'approvers', 'timeout', 'uses']) assert.ok(offered.includes(key), key);
      assert.ok(!offered.includes('on-timeout'));
    });
  });

  describe('of whole values', () => {
    const step = (lines: string): Cursor =>
      inSteps(`  - id: ask\n    gate:\n      ask: Really?\n${lines}  - id: s\n    action: identity.suspend\n`);

    it('puts a map in braces behind a colon, with what it cannot do without', () => {
      assert.equal(
        lineOf(accept(step('      approvers: |\n'), 'roles'), 'approvers'),
        '      approvers: { roles: [$1] \\}',
      );
      assert.equal(
        lineOf(accept(cursorIn('trigger:|\n'), 'when'), 'trigger'),
        'trigger: { class: ${1|detection_finding|}, when: $2 \\}',
      );
      const loop = inSteps('  - id: a\n    for-each: |\n');
      assert.equal(
        lineOf(accept(loop, '{ item, in, max }'), 'for-each'),
        '    for-each: { item: $1, in: $2, max: $3 \\}',
      );
    });

    it('puts a word in brackets where a list has to follow', () => {
      assert.equal(lineOf(accept(step('      grants: |\n'), 's'), 'grants'), '      grants: [s$0]');
    });

    it('gives a call all its arguments', () => {
      const cursor = inSteps('  - id: a\n    action: identity.suspend\n    with: |\n');
      assert.match(lineOf(accept(cursor, 'user'), 'with'), /with: \{ user: ".*alert\.entities\.users\[0\].*" \\\}$/);
      assert.match(lineOf(accept(cursor, 'mode'), 'with'), /user: .*, mode: \$\{2\|soft,hard\|\} \\\}$/);
    });

    it('fills what follows a key in braces', () => {
      const cursor = inSteps('  - id: a\n    stop: { | }\n');
      assert.match(lineOf(accept(cursor, 'outcome'), 'stop'), /outcome: \$\{1\|completed,escalated,stopped,failed\|\}/);
    });

    it('offers one more entry where people give the names', () => {
      const output = inSteps('  - id: a\n    agent:\n      goal: x\n      output:\n        |\n');
      assert.match(accept(output, 'new field'), / {8}\$\{1:field\}: \{ type: \$\{2\|string,/);
      assert.match(
        accept(inSteps('  - id: a\n    parallel: all\n    branches:\n      |\n'), 'new branch'),
        /\$\{1:branch\}:\n {2}- \$2/,
      );
      assert.deepEqual(labels(cursorIn('policy: x\nroles:\n  |\n', POLICY_URI)), ['new role']);
      assert.deepEqual(labels(cursorIn('catalog: x\ntools:\n  |\n', CATALOG_URI)), ['new tool']);
    });
  });

  describe('of whole steps', () => {
    it('takes an id nobody has', () => {
      const cursor = inSteps('  - id: ask\n    stop: { outcome: completed }\n  - |\n');
      assert.match(accept(cursor, 'gate'), /- id: \$\{1:ask_2\}\n/);
      assert.match(accept(cursor, 'agent'), /- id: \$\{1:investigate\}\n/);
    });

    it('are complete but for words: no step has a key too many or too few', () => {
      const cursor = inSteps('  - |\n');
      const kinds = complete(cursor.source, cursor.offset).filter(({ kind }) => kind === 'step-kind');
      assert.equal(kinds.length, 11);
      for (const { label } of kinds) {
        const written = accept(cursor, label);
        // As an editor puts it in: further lines are indented as the first one is.
        const text = written
          .slice(written.indexOf('  - id'))
          .replace(/\n(?=.)/g, '\n  ')
          .replace(/tools: \[\$\d\]/, 'tools: [x.y]')
          .replace(/\[\$\d\]/g, '[x]')
          .replace(/- \$\d/g, '- { id: x, stop: { outcome: completed } }')
          .replace(/cases:\n\s+\$3/, 'cases: { a: [{ id: x, stop: { outcome: completed } }] }')
          .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
          .replace(/\$\{\d+:([^}]*)\}/g, '$1')
          .replace(/\\\}/g, '}')
          .replace(/\$\d/g, 'x');
        const wrong = inSteps(`|${text.replace('action: x', 'action: x.y')}`).source.problems.filter(({ rule }) =>
          /^(yaml-syntax|unknown-key|missing-key|invalid-value|step-kind)$/.test(rule),
        );
        assert.deepEqual(
          wrong.map(({ message }) => message),
          [],
          `${label}: ${text}`,
        );
      }
    });

    it('writes a gate and the act it grants at once', () => {
      assert.match(
        accept(inSteps('  - |\n'), 'gate and action'),
        / {2}- id: \$\{1:ask\}\n {2}gate:\n {4}ask: >\n {6}\$3\n {4}grants: \[\$\{2:act\}\]\n.*\n.*\n- id: \$\{2:act\}\n {2}action: \$6\n/,
      );
    });
  });

  describe('of names', () => {
    it('offers the tools of the catalogs with effect and description', () => {
      const cursor = inSteps('  - id: look\n    action: |\n');
      assert.deepEqual(labels(cursor), ['intel.domain_reputation', 'identity.suspend', 'identity.restore']);
      assert.equal(item(cursor, 'identity.suspend').detail, 'contain');
      assert.match(item(cursor, 'identity.suspend').documentation, /Disables sign-in/);
    });

    it('adds the required arguments of a tool', () => {
      const cursor = inSteps('  - id: look\n    action: identity.su|\n');
      assert.match(
        accept(cursor, 'identity.suspend'),
        / {4}action: identity\.suspend\nwith:\n {2}user: "\\\$\{\{ \$\{1:alert\.entities\.users\[0\]\} \\\}\\\}"\n/,
      );
    });

    it('adds none where arguments are written already', () => {
      const cursor = inSteps('  - id: look\n    action: |\n    with: { user: x }\n');
      assert.equal(lineOf(accept(cursor, 'identity.suspend'), 'action'), '    action: identity.suspend');
    });

    it('offers the tools an agent has not been granted yet', () => {
      const cursor = inSteps('  - id: look\n    agent:\n      tools: [identity.suspend, |]\n');
      assert.deepEqual(labels(cursor), ['intel.domain_reputation', 'identity.restore', 'use']);
    });

    it('offers them after a dash, and the form with bounds', () => {
      const cursor = inSteps('  - id: look\n    agent:\n      tools:\n        - identity.suspend\n        - |\n');
      assert.deepEqual(labels(cursor), ['intel.domain_reputation', 'identity.restore', 'use']);
    });

    const gated = (grants: string): string => `  - id: early
    action: identity.suspend
  - id: ask
    gate:
      ask: Really?
      grants: ${grants}
      approvers: { roles: [analyst] }
    on-reject:
      - id: undo
        action: identity.restore
  - id: look
    action: intel.domain_reputation
  - id: suspend
    title: Suspend the account
    action: identity.suspend
`;

    it('lets a gate grant the consequential steps that follow, and no others', () => {
      const cursor = inSteps(gated('[|]'));
      assert.deepEqual(labels(cursor), ['suspend']);
      assert.equal(item(cursor, 'suspend').detail, 'Suspend the account');
    });

    it('does not grant a step twice', () => {
      assert.deepEqual(labels(inSteps(gated('[suspend, |]'))), []);
    });

    it('replaces the word inside a list', () => {
      assert.equal(lineOf(accept(inSteps(gated('[sus|]')), 'suspend'), 'grants'), '      grants: [suspend]');
    });

    it('survives a list that is still open', () => {
      assert.deepEqual(labels(inSteps(gated('[|'))), ['suspend']);
    });

    it('offers earlier gates to be distinct from', () => {
      const cursor = inSteps(`${gated('[suspend]')}  - id: again
    gate:
      ask: And this?
      grants: [suspend]
      approvers: { roles: [analyst], distinct-from: [|] }
`);
      assert.deepEqual(labels(cursor), ['ask']);
    });

    it('offers roles with who holds them', () => {
      const cursor = inSteps('  - id: do\n    manual: { task: Look, role: | }\n');
      assert.deepEqual(labels(cursor), ['analyst', 'incident-commander', 'nobody']);
      assert.equal(item(cursor, 'analyst').detail, 'ana@soc.example, bo@soc.example');
    });

    it('offers the roles first that the policy requires of what is asked about', () => {
      const policy =
        'policy: p\nroles: { a: [a@x], b: [b@x] }\nceilings: [{ effect: contain, autonomy: approve, roles: [b] }]\n';
      const text = `${HEADER}steps:\n${gated('[suspend]').replace('[analyst]', '[]')}`;
      const host = { read: (uri: string) => (uri === POLICY_URI ? policy : HOST.read(uri)) };
      const source = openSource(PLAYBOOK_URI, text, host);
      assert.ok(source);
      const offset = text.indexOf('roles: []') + 'roles: ['.length;
      assert.deepEqual(
        complete(source, offset).map((one) => one.label),
        ['b', 'a'],
      );
    });

    it('offers the techniques of ATT&CK, those that begin so', () => {
      const all = labels(cursorIn('attack: [|]\n'));
      assert.ok(all.length > 900 && all[0] === 'T1001' && all.at(-1)?.startsWith('TA'));
      const cursor = cursorIn('attack: [T1566.001, T15|]\n');
      const offered = labels(cursor);
      assert.ok(offered.includes('T1566.002') && !offered.includes('T1566.001') && !offered.includes('T1001'));
      assert.equal(item(cursor, 'T1566.002').detail, 'Phishing: Spearphishing Link');
    });

    it('finds them by their names', () => {
      const cursor = cursorIn('attack: [phish|]\n');
      assert.equal(item(cursor, 'T1566').filterText, 'T1566 Phishing');
      assert.equal(lineOf(accept(cursor, 'T1566'), 'attack'), 'attack: [T1566]');
    });

    it('offers the inputs of a tool as its target', () => {
      const text = 'tools:\n  a.b:\n    input: { user: { type: string } }\n    target: |\n';
      assert.deepEqual(labels(cursorIn(text, CATALOG_URI)), ['user']);
    });

    it('offers the arguments a tool takes and a call has not', () => {
      const cursor = inSteps('  - id: s\n    action: identity.suspend\n    with:\n      user: x\n      |\n');
      assert.deepEqual(labels(cursor), ['mode']);
      assert.equal(item(cursor, 'mode').kind, 'argument');
    });

    it('offers the values an argument can take', () => {
      const cursor = inSteps('  - id: s\n    action: identity.suspend\n    with: { user: x, mode: | }\n');
      assert.deepEqual(labels(cursor), ['soft', 'hard']);
    });

    it('fills an argument that names an entity from the alert and from steps before', () => {
      const cursor = inSteps(`  - id: who
    manual: { task: Who is it?, role: analyst, output: { account: { type: string, x-entity: user } } }
  - id: s
    action: identity.suspend
    with: { user: | }
`);
      assert.deepEqual(labels(cursor), ['${{ alert.entities.users[0] }}', '${{ steps.who.output.account }}']);
      assert.equal(
        lineOf(accept(cursor, '${{ steps.who.output.account }}'), 'with'),
        '    with: { user: "\\${{ steps.who.output.account \\}\\}" }',
      );
    });

    it('offers the files the host lists, relative to the playbook', () => {
      const { source, offset } = cursorIn('policy: |\n');
      const listFiles = (suffix: string): string[] => (suffix === '.policy.yaml' ? [POLICY_URI] : []);
      assert.deepEqual(
        complete(source, offset, { listFiles }).map((one) => one.label),
        ['default.policy.yaml'],
      );
    });
  });

  describe('of expressions', () => {
    const asked = `  - id: who
    title: Ask for the account
    manual: { task: Who?, role: analyst, output: { kind: { enum: [staff, guest] } } }
`;

    it('offers variables in an empty condition', () => {
      const offered = labels(inSteps(`${asked}  - id: s\n    when: |\n    action: identity.suspend\n`));
      assert.deepEqual(offered.slice(0, 2), ['alert', 'steps']);
    });

    it('offers the members of a path that is not finished', () => {
      const cursor = inSteps(`${asked}  - id: s\n    when: alert.sev|\n    action: identity.suspend\n`);
      assert.equal(lineOf(accept(cursor, 'severity_id'), 'when'), '    when: alert.severity_id');
    });

    it('offers the steps that came before, by their titles', () => {
      const cursor = inSteps(
        `${asked}  - id: s\n    when: steps.|\n    action: identity.suspend\n  - id: z\n    stop: {}\n`,
      );
      assert.deepEqual(labels(cursor), ['who']);
      assert.equal(item(cursor, 'who').detail, 'Ask for the account');
    });

    it('offers the values a field can have inside its quotes', () => {
      const cursor = inSteps(
        `${asked}  - id: s\n    when: steps.who.output.kind == '|'\n    action: identity.suspend\n`,
      );
      assert.deepEqual(labels(cursor), ['staff', 'guest']);
      assert.equal(lineOf(accept(cursor, 'guest'), 'when'), "    when: steps.who.output.kind == 'guest'");
    });

    it('offers members inside a template, closed or not', () => {
      for (const value of [
        '"${{ steps.who.output.| }}"',
        '"Hello ${{ steps.who.output.|',
        '"${{ 1 }} ${{ steps.who.output.|',
      ]) {
        assert.deepEqual(
          labels(inSteps(`${asked}  - id: s\n    action: identity.suspend\n    with:\n      user: ${value}\n`)),
          ['kind'],
          value,
        );
      }
    });

    it('offers them in a text of several lines', () => {
      const cursor = inSteps(
        `${asked}  - id: s\n    manual:\n      role: analyst\n      task: >\n        Look at\n        \${{ steps.who.output.| }} now\n`,
      );
      assert.match(accept(cursor, 'kind'), / {8}\$\{\{ steps\.who\.output\.kind \}\} now\n/);
    });

    it('offers none outside the braces', () => {
      assert.deepEqual(
        labels(inSteps(`${asked}  - id: s\n    manual: { role: analyst, task: "\${{ alert.time }} and |" }\n`)),
        [],
      );
    });

    it('offers the arguments of the call a `where` bounds', () => {
      assert.deepEqual(labels(inSteps('  - id: s\n    action: identity.suspend\n    where: args.|\n')), [
        'user',
        'mode',
      ]);
      assert.deepEqual(
        labels(inSteps('  - id: s\n    agent:\n      tools: [{ use: intel.domain_reputation, where: args.| }]\n')),
        ['domain'],
      );
    });

    it('offers the cases a switch lacks', () => {
      const cursor = inSteps(
        `${asked}  - id: route\n    switch: steps.who.output.kind\n    cases:\n      staff:\n        - id: e\n          stop: {}\n      |\n`,
      );
      assert.deepEqual(labels(cursor), ['guest']);
    });
  });

  describe('of cases', () => {
    const playbook = inSteps(`  - id: ask
    title: Suspend?
    gate: { ask: Really?, grants: [suspend], approvers: { roles: [analyst] } }
  - id: suspend
    action: identity.suspend
|`).source.playbook;
    const inCase = (text: string): string[] => {
      const { source, offset } = cursorIn(text, 'file:///soc/demo.case.yaml');
      const playbooks = [{ id: 'demo', title: 'Demo' }];
      return complete(source, offset, { playbooks, ...(playbook ? { casePlaybook: playbook } : {}) }).map(
        (one) => one.label,
      );
    };

    it('offers the playbooks there are', () => {
      assert.deepEqual(inCase('case: a\nplaybook: |\n'), ['demo']);
    });

    it('offers the gates of the playbook, and decisions', () => {
      assert.deepEqual(inCase('case: a\nplaybook: demo\napprovals:\n  - { gate: | }\n'), ['ask']);
      assert.deepEqual(inCase('case: a\nplaybook: demo\napprovals:\n  - { gate: ask, decision: escalate, to: | }\n'), [
        'analyst',
        'incident-commander',
        'nobody',
      ]);
      assert.deepEqual(inCase('approvals:\n  - gate: ask\n    decision: |\n'), [
        'approve',
        'reject',
        'modify',
        'escalate',
        'end',
        'silence',
      ]);
    });

    it('offers its tools and their arguments as they are recorded', () => {
      assert.ok(inCase('answers:\n  - { tool: | }\n').includes('identity.suspend'));
      assert.deepEqual(inCase('answers:\n  - { tool: identity.suspend, with: { user: x, | } }\n'), ['mode']);
    });
  });

  describe('keeps quiet', () => {
    it('in comments', () => {
      assert.deepEqual(labels(inSteps('  - id: a # |\n    action: identity.suspend\n')), []);
    });

    it('in free text', () => {
      assert.deepEqual(labels(cursorIn('title: Hello |\n')), []);
      assert.deepEqual(labels(inSteps('  - id: a\n    agent:\n      goal: >\n        Find out|\n        more\n')), []);
    });

    it('in any garbage, without failing', () => {
      for (const text of ['|', '\0|', '{|', '[[[[|', '- - - |', ': : |', '"|', '%|', '&a *a |', '\t|', 'a:\n\t- |']) {
        assert.ok(Array.isArray(labels(cursorIn(text))), JSON.stringify(text));
      }
    });
  });
});
