import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { scriptedApprover } from './approvers/scripted.js';
import { scriptedModel } from './models/scripted.js';
import type { RunReply } from './protocol/messages.js';
import type { TraceEventName, TraceEvents, TraceLine } from './protocol/trace.js';
import { runPlaybook } from './run.js';
import { randomIds, systemClock } from './system.js';
import { sha256 } from './trace/canonical.js';
import { verifyTrace } from './trace/verify.js';

const FILES = {
  'test.tools.yaml': `catalog: test
tools:
  case.note:
    { description: Note., effect: record, reversible: true, idempotent: false, input: { text: { type: string } }, output: {} }
  identity.suspend:
    { description: Suspend., effect: contain, reversible: true, undo: identity.restore, idempotent: true, target: user, input: { user: { type: string, x-entity: user } }, output: { state: { enum: [suspended] } } }
  identity.restore:
    { description: Restore., effect: restore, reversible: true, idempotent: true, target: user, input: { user: { type: string, x-entity: user } }, output: {} }
`,
  'test.policy.yaml': 'policy: test\nroles:\n  analyst: [ana@soc.example, bo@soc.example]\n',
  'vips.yaml': 'users: [mallory]\n',
  'contain.playbook.yaml': `playbook: contain-user
version: 2.0.0
title: Suspend one account
operating-model: tool-assisted
owner: tests
accountable: analyst
catalogs: [test.tools.yaml]
policy: test.policy.yaml
inputs: { user: { type: string, x-entity: user } }
steps:
  - id: ask
    gate:
      ask: "Suspend \${{ inputs.user }}?"
      grants: [suspend]
      approvers: { roles: [analyst] }
      timeout: 15m
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ inputs.user }}" }
`,
  'main.playbook.yaml': `playbook: main
version: 1.0.0
title: Loops, branches and calls
operating-model: ai-augmented
owner: tests
accountable: analyst
catalogs: [test.tools.yaml]
policy: test.policy.yaml
inputs: { note: { type: string } }
context: { vips: vips.yaml }
budget: { turns: 5, time: 1h }
steps:
  - id: both
    parallel: all
    branches:
      left:
        - id: first
          action: case.note
          with: { text: "\${{ inputs.note }}" }
        - id: think
          agent: { goal: Think., output: { found: { type: boolean } } }
          budget: { turns: 2 }
      right:
        - id: second
          action: case.note
          with: { text: "\${{ context.vips.users[0] }}" }
        - id: contain
          call: contain.playbook.yaml
          with: { user: "\${{ alert.entities.users[0] }}" }
  - id: each
    for-each: { item: user, in: alert.entities.users, max: 5 }
    steps:
      - id: note
        action: case.note
        with: { text: "\${{ user }}" }
`,
  'test.alert.json': JSON.stringify({
    class_uid: 2004,
    category_uid: 2,
    activity_id: 1,
    type_uid: 200401,
    time: 1,
    severity_id: 4,
    metadata: { version: '1.6.0', product: { name: 'test' } },
    finding_info: { title: 'test', uid: '1' },
    observables: [
      { name: 'user', type_id: 4, value: 'mallory' },
      { name: 'user', type_id: 4, value: 'trent' },
    ],
  }),
} as const;

const CASE = (inputs: string) => `case: test
playbook: main
alert: test.alert.json
${inputs}
turns:
  think: [{ output: { found: true } }]
approvals:
  - { gate: contain/ask, as: ana@soc.example, decision: approve }
`;

describe('a run from files', () => {
  let folder: string;
  let runs = 0;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-run-'));
    for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function run(inputs: string, edit: { readonly [name: string]: string } = {}) {
    for (const [name, text] of Object.entries(edit)) writeFileSync(path.join(folder, name), text);
    writeFileSync(path.join(folder, 'test.case.yaml'), CASE(inputs));
    const lines: TraceLine[] = [];
    const reply: RunReply = await runPlaybook({
      playbookPath: path.join(folder, 'main.playbook.yaml'),
      casePath: path.join(folder, 'test.case.yaml'),
      tracePath: path.join(folder, 'traces', `${++runs}.trace.jsonl`),
      model: (sample) => ({ ok: true, model: scriptedModel(sample) }),
      approver: (sample) => scriptedApprover(sample),
      clock: systemClock,
      ids: randomIds,
      user: 'tester',
      signal: new AbortController().signal,
      onEvent: (line) => lines.push(line),
    });
    return { reply, lines };
  }

  const INPUTS = 'inputs: { note: hello }';

  it('with loops, branches and calls leaves a trace that verifies, and goes the same way each time', async () => {
    const first = await run(INPUTS);
    assert.ok(first.reply.ok, first.reply.ok ? '' : first.reply.message);
    assert.equal(first.reply.result.outcome, 'completed', first.reply.result.reason);
    assert.deepEqual(
      first.reply.result.acts.map(({ step, approvedBy }) => [step, ...approvedBy]),
      [['contain/suspend', 'ana@soc.example']],
    );
    const verified = await verifyTrace(first.reply.result.trace);
    assert.deepEqual([verified.firstBad, verified.lines], [null, first.lines.length]);
    const second = await run(INPUTS);
    const order = (lines: readonly TraceLine[]) => lines.map(({ event, step }) => `${event} ${step}`);
    assert.deepEqual(order(second.lines), order(first.lines));
  });

  it('names the playbooks it calls and the context it reads, and binds every call to their digests', async () => {
    const before = await run(INPUTS);
    const [opened] = dataOf(before.lines, 'run.opened');
    assert.deepEqual(opened?.callees, [
      {
        id: 'contain-user',
        version: '2.0.0',
        file: 'contain.playbook.yaml',
        digest: sha256(FILES['contain.playbook.yaml']),
      },
    ]);
    assert.deepEqual(opened?.context, [{ file: 'vips.yaml', digest: sha256(FILES['vips.yaml']) }]);
    assert.equal(opened?.catalogs.length, 1);
    const after = await run(INPUTS, { 'contain.playbook.yaml': `${FILES['contain.playbook.yaml']}# changed\n` });
    const [asked, again] = [before, after].map(({ lines }) => dataOf(lines, 'gate.opened')[0]?.calls[0]);
    assert.deepEqual(asked?.arguments, again?.arguments);
    assert.notEqual(asked?.digest, again?.digest);
  });

  it('is refused, with the place, when the inputs do not fit', async () => {
    const cases: [inputs: string, line: number, what: RegExp][] = [
      ['', 1, /"note" is missing/],
      ['inputs: { note: 7 }', 3, /"note" must be string/],
      ['inputs: { note: a, other: b }', 3, /"other" is not one of its members/],
    ];
    for (const [inputs, line, what] of cases) {
      const { reply, lines } = await run(inputs);
      assert.ok(!reply.ok);
      assert.match(reply.message, what);
      assert.deepEqual([reply.line, reply.file, lines], [line, path.join(folder, 'test.case.yaml'), []]);
    }
    const takesNone = FILES['main.playbook.yaml'].replace(/inputs: \{ note.*\n/, '').replace('${{ inputs.note }}', 'x');
    const { reply } = await run(INPUTS, { 'main.playbook.yaml': takesNone });
    assert.ok(!reply.ok);
    assert.match(reply.message, /takes none, and is given note/);
    const without = await run('', { 'main.playbook.yaml': takesNone });
    assert.ok(without.reply.ok, without.reply.ok ? '' : without.reply.message);
  });

  it('is refused when a playbook it calls has errors', async () => {
    const { reply } = await run(INPUTS, {
      'contain.playbook.yaml': FILES['contain.playbook.yaml'].replace('grants: [suspend]', 'grants: [nothing]'),
    });
    assert.ok(!reply.ok);
    assert.match(reply.message, /contain\.playbook\.yaml/);
    assert.equal(readFileSync(path.join(folder, 'main.playbook.yaml'), 'utf8'), FILES['main.playbook.yaml']);
  });
});

function dataOf<E extends TraceEventName>(lines: readonly TraceLine[], event: E): readonly TraceEvents[E][] {
  return lines.flatMap((line) => (isOf(line, event) ? [line.data] : []));
}

function isOf<E extends TraceEventName>(
  line: TraceLine,
  event: E,
): line is TraceLine & { readonly event: E; readonly data: TraceEvents[E] } {
  return line.event === event;
}
