import assert from 'node:assert/strict';
import type { FileHost } from '../host.js';
import { loadPlaybook } from '../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { patchText } from '../syntax/patched-text.js';
import type { Proposal } from './proposal.js';
import { proposals } from './proposals.js';
import { openSource } from './source-file.js';

const FOLDER = 'file:///soc/';
const URI = `${FOLDER}demo.playbook.yaml`;
const HEAD = EXAMPLE_HEAD.replace('title: An example', 'title: An example\ndescription: An example.').replace(
  'ai-augmented',
  'tool-assisted',
);
const LOOK = `  - id: look
    action: intel.domain_reputation
    with: { domain: a.example }
`;

describe('proposals', () => {
  const hostWith = (files: { readonly [name: string]: string }): FileHost => ({
    today: '2026-07-01',
    read: (uri) => ({ ...EXAMPLE_FILES, ...files })[uri.slice(FOLDER.length)],
  });
  /** What is offered where `«…»` selects, and a way to do it: the files then, by their names. */
  const offered = (marked: string, files: { readonly [name: string]: string } = {}) => {
    const start = marked.indexOf('«');
    const end = marked.indexOf('»') - 1;
    const text = marked.replace(/[«»]/g, '');
    const host = hostWith(files);
    const source = openSource(URI, text, host);
    assert.ok(source);
    const all = proposals(source, { start, end }, host);
    const one = (title: RegExp): Proposal => {
      const found = all.find((proposal) => title.test(proposal.title));
      assert.ok(found, `${title} is offered: ${all.map((proposal) => proposal.title).join('; ')}`);
      return found;
    };
    const apply = (title: RegExp): { readonly [name: string]: string } => {
      const after: { [name: string]: string } = { ...files };
      for (const { uri, edits, create } of one(title).changes()) {
        const before = uri === URI ? text : host.read(uri);
        assert.equal(before === undefined, create, uri);
        after[uri.slice(FOLDER.length)] = patchText(before ?? '', edits).text;
      }
      return after;
    };
    return { all, one, apply, titles: all.map(({ title }) => title) };
  };
  const load = (files: { readonly [name: string]: string }, name = 'demo.playbook.yaml') =>
    loadPlaybook(FOLDER + name, files[name] ?? '', hostWith(files));
  const problemsOf = (files: { readonly [name: string]: string }, name?: string): string[] =>
    load(files, name).problems.map(({ rule, message }) => `${rule}: ${message}`);
  const verdicts = (files: { readonly [name: string]: string }): string[] => {
    const { verdictOf } = load(files);
    return [...verdictOf].map(([act, verdict]) => `${act.step.id.value} ${verdict.kind}`);
  };

  describe('of a gate', () => {
    const ACT = `  - id: suspend
    title: Suspend the account
    action: «identity.suspend»
    with: { user: "\${{ alert.entities.users[0] }}" }
`;

    it('stands before the act and shows its call; the act is proven then', () => {
      const { apply, one } = offered(`${HEAD}${LOOK}\n  # People lose their mail.\n${ACT}`);
      assert.equal(one(/gate/).preferred, true);
      assert.deepEqual(
        one(/gate/).problems.map(({ rule }) => rule),
        ['ungated-act'],
      );
      const after = apply(/Add a gate/);
      assert.ok(
        after['demo.playbook.yaml']!.endsWith(`
  - id: approve_suspend
    gate:
      ask: >
        Suspend the account: user \${{ alert.entities.users[0] }}?
      grants: [suspend]
      approvers: { roles: [analyst] }
      timeout: 15m # silence denies
      expires: 30m
  # People lose their mail.
${ACT.replace(/[«»]/g, '')}`),
      );
      assert.deepEqual(verdicts(after), ['suspend proven']);
      assert.deepEqual(problemsOf(after), []);
    });

    it('takes the guard of the act around both, with comments and texts of several lines', () => {
      const text = `${HEAD}${LOOK}  # Only then.
  - id: suspend
    when: > # why
      steps.look.output.score >
      90
    # It is theirs.
    action: «identity.suspend»
    with:
      user: >-
        a.example
        and more
  - id: finish
    stop: { outcome: completed }
`;
      const after = offered(text).apply(/Add a gate/);
      assert.ok(
        after['demo.playbook.yaml']!.endsWith(`  - id: check_suspend
    if: > # why
      steps.look.output.score >
      90
    then:
      - id: approve_suspend
        gate:
          ask: >
            Run identity.suspend: user a.example and more?
          evidence: [steps.look.output]
          grants: [suspend]
          approvers: { roles: [analyst] }
          timeout: 15m # silence denies
          expires: 30m
      # Only then.
      - id: suspend
        # It is theirs.
        action: identity.suspend
        with:
          user: >-
            a.example
            and more
  - id: finish
    stop: { outcome: completed }
`),
        after['demo.playbook.yaml'],
      );
      assert.deepEqual(verdicts(after), ['suspend proven']);
    });

    it('asks whom the policy requires, as many as it says, and for each attempt', () => {
      const text = `${HEAD}  - id: each
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: delete
        action: «identity.delete_user»
        with: { user: "\${{ user }}" }
        retry: { attempts: 2 }
`;
      const after = offered(text).apply(/Add a gate/);
      assert.match(after['demo.playbook.yaml']!, / {10}approvers: \{ roles: \[incident-commander\], quorum: 2 \}\n/);
      assert.match(after['demo.playbook.yaml']!, / {10}uses: 2\n/);
      assert.deepEqual(verdicts(after), ['delete proven']);
    });

    it('keeps the line breaks of the file, and an emoji before it changes nothing', () => {
      const after = offered(`# 🔥\n${HEAD}${ACT}`.replace(/\n/g, '\r\n')).apply(/Add a gate/);
      assert.doesNotMatch(after['demo.playbook.yaml']!, /[^\r]\n/);
      assert.deepEqual(verdicts(after), ['suspend proven']);
    });

    it('is offered beside an approval right before the call, which is all that is offered for an agent', () => {
      const after = offered(`${HEAD}${ACT}`.trimEnd()).apply(/right before the call/);
      assert.match(after['demo.playbook.yaml']!, /\n {4}approval: \{ roles: \[analyst\], timeout: 15m \}\n$/);
      assert.deepEqual(problemsOf(after), []);
      const agent = offered(`${HEAD}  - id: go
    agent:
      goal: Do it
      tools: [«identity.suspend»]
      output: { done: { type: boolean } }
`);
      assert.deepEqual(agent.titles, ['Ask right before the call: add an approval to "go"']);
      assert.ok(!problemsOf(agent.apply(/right before/)).some((problem) => problem.startsWith('ungated-act')));
    });

    it('is not offered where an approval is certain, away from the act, or in braces', () => {
      const proven = offered(`${HEAD}${LOOK}${ACT}`).apply(/Add a gate/)['demo.playbook.yaml']!;
      assert.deepEqual(offered(proven.replace('action: identity.suspend', 'action: «identity.suspend»')).titles, []);
      assert.deepEqual(offered(`${HEAD.replace('owner', '«owner»')}${ACT.replace(/[«»]/g, '')}`).titles, []);
      const braces = offered(`${HEAD}  - { id: suspend, action: «identity.suspend», with: { user: a } }\n`);
      assert.match(braces.one(/Add a gate/).disabled ?? '', /line of its own/);
    });
  });

  it('add a default to a switch that leaves something out', () => {
    const text = `${HEAD}${LOOK}  - id: route
    «switch»: steps.look.output.score
    cases:
      1:
        - id: one
          stop: { outcome: completed } # done
    # later
    title: Where to
`;
    const after = offered(text).apply(/default/);
    assert.match(
      after['demo.playbook.yaml']!,
      / # done\n {4}default:\n {6}- id: other_route\n {8}stop: \{ outcome: escalated, .*\n {4}# later\n/,
    );
    assert.deepEqual(problemsOf(after), []);
  });

  it('add the arguments that are missing, whatever is written of them', () => {
    for (const [given, wanted] of [
      ['', '    with: { user: "${{ user }}" }\n'],
      ['        with:\n', '        with:\n          user: "${{ user }}"\n'],
      ['        with: {}\n', '        with: { user: "${{ user }}" }\n'],
    ]) {
      const text = `${HEAD}  - id: each
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: suspend
        action: «identity.suspend»
${given}        approval: { roles: [incident-commander], timeout: 15m }
`;
      const after = offered(text).apply(/Add the missing argument "user"/);
      assert.ok(after['demo.playbook.yaml']!.includes(wanted!), after['demo.playbook.yaml']);
      assert.deepEqual(problemsOf(after), []);
    }
    const partial = `${HEAD.replace('example.tools', 'response.tools')}  - id: run
    action: «edr.run_script»
    with: { host: a }
`;
    assert.match(
      offered(partial).apply(/Add the missing argument "command"/)['demo.playbook.yaml']!,
      /with: \{ host: a, command: "" \}/,
    );
  });

  it('declare an input with the type its place asks for', () => {
    const use = (name: string): string => `  - id: look
    action: intel.domain_reputation
    with: { domain: "\${{ «inputs.${name}» }}" }
`;
    const fresh = offered(HEAD + use('domain')).apply(/Declare the input "domain"/);
    assert.match(fresh['demo.playbook.yaml']!, /\ninputs:\n {2}domain: \{ type: string, x-entity: domain \}\nsteps:\n/);
    assert.deepEqual(problemsOf(fresh), []);
    for (const before of ['inputs: { a: { type: string } }\n', 'inputs:\n  a: { type: string } # one\n']) {
      const head = HEAD.replace('steps:', `${before}steps:`).replace('An example.', 'An example of ${{ inputs.a }}.');
      const more = offered(head + use('domain')).apply(/Declare the input "domain"/);
      assert.deepEqual(
        problemsOf(more).filter((problem) => !problem.startsWith('unused-input')),
        [],
        before,
      );
    }
  });

  it('create a file that is missing, with what is known of it', () => {
    const step = `  - id: find
    action: siem.search
    with: { query: x }
    approval: { roles: [hunter], timeout: 15m }
`;
    const catalog = offered(HEAD.replace('example.tools.yaml', '«siem.tools.yaml»') + step).apply(/Create/);
    assert.deepEqual(
      problemsOf(catalog, 'siem.tools.yaml').filter((one) => one.startsWith('yaml')),
      [],
    );
    assert.match(catalog['siem.tools.yaml']!, /siem\.search:\n.*\n {4}effect: contain/);
    const policy = offered(HEAD.replace('example.policy.yaml', '«own.policy.yaml»') + step).apply(/Create/);
    assert.equal(policy['own.policy.yaml'], 'policy: own\nroles:\n  soc-manager: []\n  hunter: []\n');
    const callee = offered(`${HEAD}  - id: c\n    call: «sub/new one.playbook.yaml»\n    with: { host: a }\n`).apply(
      /Create/,
    );
    const name = Object.keys(callee).find((one) => one.startsWith('sub/'));
    assert.match(callee[name!]!, /^playbook: new-one\n/);
    assert.deepEqual(offered(HEAD.replace('example.policy.yaml', '«../own.policy.yaml»') + step).titles, []);
  });

  describe('of a playbook of its own', () => {
    const STEPS = `  - id: who
    manual: { task: Which account?, role: analyst, output: { account: { type: string, x-entity: user } } }

  # Is it known?
  - id: look # first
    action: intel.domain_reputation
    with: { domain: "\${{ alert.entities.domains[0] }}" }
  - id: ask
    when: steps.look.output.score > 10
    gate:
      ask: >
        Suspend \${{ steps.who.output.account }}?
        It scored \${{ steps.look.output.score }}.
      grants: [suspend]
      approvers: { roles: [incident-commander] }
      timeout: 15m
    on-reject:
      - id: refused
        manual: { task: Watch it, role: analyst }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ steps.who.output.account }}" }
    where: args.user == steps.who.output.account
  - id: finish
    manual: { task: Tell them, role: analyst }
`;
    const select = (from: string, to: string): string => {
      const steps = STEPS.replace('    when: steps.look.output.score > 10\n', '');
      return HEAD + steps.replace(from, `«${from}`).replace(to, `${to}»`);
    };

    it('takes the steps with their comments, and inputs for what they read', () => {
      const after = offered(select('# Is it known', 'args.user == steps.who.output.account')).apply(
        /Extract the steps/,
      );
      assert.ok(
        after['demo.playbook.yaml']!.endsWith(`
  - id: example_look
    call: example-look.playbook.yaml
    with: { account: "\${{ steps.who.output.account }}" }
  - id: finish
    manual: { task: Tell them, role: analyst }
`),
        after['demo.playbook.yaml'],
      );
      const callee = after['example-look.playbook.yaml']!;
      assert.match(callee, /\ninputs:\n {2}account: \{ type: string, x-entity: user \}\n/);
      assert.match(callee, /\nsteps:\n {2}# Is it known\?\n {2}- id: look # first\n/);
      assert.match(callee, / {8}Suspend \$\{\{ inputs\.account \}\}\?\n/);
      assert.match(callee, /where: args\.user == inputs\.account\n/);
      // What the caller no longer uses is for its author to take off the list.
      assert.deepEqual(
        load(after).problems.map(({ rule }) => rule),
        ['unused-catalog'],
      );
      assert.deepEqual(problemsOf(after, 'example-look.playbook.yaml'), []);
    });

    it('is reached from a loop and passes its item', () => {
      const text = `${HEAD}${LOOK}  - id: each
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: first
        manual: { task: "Call \${{ user }}", role: analyst }
      «- id: suspend
        action: identity.suspend
        with: { user: "\${{ user }}" }
        approval: { roles: [incident-commander], timeout: 15m }»
`;
      const after = offered(text).apply(/Extract the step to/);
      assert.match(
        after['demo.playbook.yaml']!,
        /\n {6}- id: example_suspend\n {8}call: .*\n {8}with: \{ user: "\$\{\{ user \}\}" \}\n$/,
      );
      assert.match(after['example-suspend.playbook.yaml']!, /user: "\$\{\{ inputs\.user \}\}"/);
      assert.deepEqual(problemsOf(after), []);
      assert.deepEqual(problemsOf(after, 'example-suspend.playbook.yaml'), []);
    });

    it('does not tear a gate from what it grants, nor what is read later from where it is read', () => {
      const refused = (from: string, to: string): string | undefined =>
        offered(select(from, to)).one(/Extract/).disabled;
      assert.match(refused('- id: ask', 'roles: [incident-commander]') ?? '', /"ask" grants "suspend"/);
      assert.match(refused('- id: suspend', 'identity.suspend') ?? '', /"ask" grants "suspend"/);
      assert.match(refused('- id: look', 'domain_reputation') ?? '', /"look" is read elsewhere/);
      assert.match(refused('- id: who', 'manual') ?? '', /"who" is read elsewhere/);
      assert.equal(refused('- id: finish', 'Tell them'), undefined);
      const alone = `${HEAD}${LOOK}  «- id: suspend\n    action: identity.suspend\n    autonomy: notify\n    with: { user: a }»\n`;
      assert.match(offered(alone).one(/Extract/).disabled ?? '', /without any person/);
      const stops = `${HEAD}${LOOK}  «- id: end\n    stop: { outcome: completed }\n»`;
      assert.match(offered(stops).one(/Extract/).disabled ?? '', /ends the run/);
    });

    it('takes a name that is free, and needs a selection', () => {
      const text = select('- id: finish', 'Tell them');
      const after = offered(text, { 'example-finish.playbook.yaml': 'playbook: x\n' }).apply(/Extract/);
      assert.ok(after['example-finish-2.playbook.yaml']);
      assert.deepEqual(offered(text.replace('«', '').replace('»', '').replace('- id: fin', '- id: fin«»')).titles, []);
    });
  });

  it('are none in a text that is broken', () => {
    for (const text of [
      '«»',
      `${HEAD}  - id: a\n    action: «identity.suspend»\n    with: { user: [\n`,
      '«x»: [',
      '- «-»',
    ])
      assert.deepEqual(offered(text).titles, []);
  });
});
