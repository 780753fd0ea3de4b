import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type AssistantReply, type AssistantSurroundings, MAX_REPLY } from '../protocol/assistant.js';
import type { Json } from '../protocol/trace.js';
import { randomIds, systemClock, systemRandom } from '../system.js';
import { createAssistant } from './assistant.js';

const SAMPLES = fileURLToPath(new URL('../../../playbooks', import.meta.url));
const PLAYBOOK = 'identity-takeover.playbook.yaml';
const CASE = 'cases/password-spray.case.yaml';

describe('What a language model may ask', () => {
  let scratch: string;
  let home: string;
  beforeEach(() => {
    scratch = realpathSync(mkdtempSync(path.join(tmpdir(), 'countersign-assistant-')));
    home = path.join(scratch, 'samples');
    cpSync(SAMPLES, home, { recursive: true });
  });
  afterEach(() => rmSync(scratch, { recursive: true, force: true }));

  const assistant = createAssistant({ clock: systemClock, ids: randomIds, random: systemRandom });
  const ask = (
    tool: string,
    input: Json,
    changed: Partial<AssistantSurroundings> = {},
    signal = new AbortController().signal,
  ): Promise<AssistantReply> =>
    assistant.answer(
      tool,
      input,
      {
        folders: [home],
        traces: [path.join(home, 'traces')],
        trusted: true,
        user: 'model@soc.example',
        personal: 'keep',
        unsaved: [],
        ...changed,
      },
      signal,
    );
  const answered = async (...given: Parameters<typeof ask>) => {
    const reply = await ask(...given);
    assert.ok(reply.ok, reply.ok ? '' : reply.message);
    assert.ok(reply.text.length <= MAX_REPLY);
    return JSON.parse(reply.text);
  };
  const refused = async (...given: Parameters<typeof ask>): Promise<string> => {
    const reply = await ask(...given);
    assert.ok(!reply.ok, reply.ok ? reply.text : '');
    return reply.message;
  };
  const traces = (): readonly string[] =>
    existsSync(path.join(home, 'traces'))
      ? readdirSync(path.join(home, 'traces')).filter((name) => name.endsWith('.trace.jsonl'))
      : [];
  const change = (file: string, from: string, to: string): void => {
    const text = readFileSync(path.join(home, file), 'utf8');
    assert.ok(text.includes(from), from);
    writeFileSync(path.join(home, file), text.replace(from, to));
  };

  describe('countersign_validate', () => {
    it('says what is wrong and where, from 1, and that these are words of the file', async () => {
      const sound = await answered('countersign_validate', { file: PLAYBOOK });
      assert.deepEqual([sound.file, sound.kind, sound.errors, sound.problems], [PLAYBOOK, 'playbook', 0, []]);
      const { problems, untrusted } = await answered('countersign_validate', {
        file: PLAYBOOK,
        text: 'playbook: x\nautonomus: approve\n',
      });
      const [unknown] = problems.filter((one: { readonly rule: string }) => one.rule === 'unknown-key');
      assert.deepEqual([unknown.line, unknown.column, unknown.severity], [2, 1, 'error']);
      assert.equal(unknown.line_text, 'autonomus: approve');
      assert.ok(untrusted.members.includes('problems[].message'));
    });

    it('takes the text an editor has open, and a text of a kind without a file', async () => {
      const unsaved = [{ path: path.join(home, PLAYBOOK), text: 'nonsense' }];
      assert.ok((await answered('countersign_validate', { file: PLAYBOOK }, { unsaved })).errors > 0);
      const alone = await answered('countersign_validate', { text: 'version: 1\n', kind: 'policy' });
      assert.equal(alone.file, null);
      assert.ok(alone.errors > 0);
    });

    it('reports what the configuration of the folder makes of it', async () => {
      const text = readFileSync(path.join(home, PLAYBOOK), 'utf8').replace(/^description: >-\n(?: .*\n)+/m, '');
      writeFileSync(path.join(home, PLAYBOOK), text);
      const before = await answered('countersign_validate', { file: PLAYBOOK });
      assert.ok(before.problems.length > 0, 'the sample has a problem without its description');
      const rules = before.problems.map((one: { readonly rule: string }) => `  ${one.rule}: off`);
      writeFileSync(path.join(home, 'countersign.config.yaml'), `rules:\n${[...new Set(rules)].join('\n')}\n`);
      const after = await answered('countersign_validate', { file: PLAYBOOK });
      assert.ok(after.problems.length < before.problems.length, JSON.stringify([before, after]));
    });

    it('answers in a bounded size, whatever the file holds', async () => {
      const text = `playbook: x\n${Array.from({ length: 3_000 }, (_, index) => `k${index}: "${'x'.repeat(300)}"`).join('\n')}`;
      const { problems, problemsLeftOut, errors } = await answered('countersign_validate', { file: PLAYBOOK, text });
      assert.ok(problems.length > 0);
      assert.equal(errors, problems.length + problemsLeftOut);
    });

    it('shows hidden characters as what they are', async () => {
      const { problems } = await answered('countersign_validate', { file: PLAYBOOK, text: 'a\u202eb\u{e0041}: 1\n' });
      const all = JSON.stringify(problems);
      assert.match(all, /⟨U\+202E⟩/);
      assert.doesNotMatch(all, /[\u202e\u{e0041}]/u);
    });
  });

  describe('countersign_explain', () => {
    it('explains a rule', async () => {
      const rule = await answered('countersign_explain', { rule: 'ungated-act' });
      assert.ok(rule.why.length > 20 && rule.fix.length > 20);
      assert.match(await refused('countersign_explain', { rule: 'ungated-acts' }), /Did you mean "ungated-act"/);
    });

    it('explains an act with its verdict and a path that shows it', async () => {
      const { afterApproval } = await answered('countersign_boundary', { file: PLAYBOOK });
      const [cell] = afterApproval;
      const { acts } = await answered('countersign_explain', { file: PLAYBOOK, step: cell.step, tool: cell.tool });
      assert.equal(acts[0].verdict, 'proven');
      assert.equal(acts[0].path.at(-1), cell.step);
      assert.ok(acts[0].path.length > 1, JSON.stringify(acts));
      assert.match(await refused('countersign_explain', { file: PLAYBOOK, step: 'nowhere' }), /no step "nowhere"/);
      assert.match(await refused('countersign_explain', { file: PLAYBOOK }), /either "rule", or/);
    });
  });

  it('countersign_boundary tells every act by who decides', async () => {
    const found = await answered('countersign_boundary', { file: PLAYBOOK });
    const groups = ['withoutAPerson', 'toldAfterwards', 'afterApproval', 'byAPerson'];
    const count = groups.reduce((sum, who) => sum + found[who].length, 0);
    const verdicts: readonly number[] = Object.values(found.verdicts);
    assert.equal(
      count,
      verdicts.reduce((sum, one) => sum + one, 0),
    );
    assert.ok(
      found.afterApproval.every((cell: { readonly approval: unknown; readonly line: number }) => cell.line > 1),
    );
    assert.ok(found.afterApproval[0].approval.roles.length > 0);
  });

  describe('countersign_dry_run', () => {
    const input = { playbook: PLAYBOOK, case: CASE };

    it('rehearses a case offline and leaves its trace where dry runs do', async () => {
      const run = await answered('countersign_dry_run', input);
      assert.equal(run.outcome, 'completed');
      assert.deepEqual(run.unmet, []);
      assert.match(run.model, /rehearsal.*no AI/);
      assert.ok(run.acts.length > 0 && run.steps.length > 0);
      assert.ok(
        run.acts.every(
          (act: { readonly simulated: boolean; readonly executed: boolean }) => act.simulated || !act.executed,
        ),
      );
      assert.deepEqual(traces(), [path.basename(run.trace)]);
      assert.ok(run.untrusted.members.includes('acts[].target'));
    });

    it('approves nothing that the author of the case did not: without its script every such act is denied', async () => {
      const scripted = await answered('countersign_dry_run', input);
      const approved = scripted.acts.filter(
        (act: { readonly approvedBy: readonly string[] }) => act.approvedBy.length > 0,
      );
      assert.ok(approved.length > 0, 'the script of this case approves something');
      const denied = await answered('countersign_dry_run', { ...input, approvals: 'deny' });
      for (const act of denied.acts) assert.deepEqual(act.approvedBy, []);
      const steps = approved.map((act: { readonly step: string }) => act.step);
      assert.ok(
        !denied.acts.some(
          (act: { readonly step: string; readonly executed: boolean }) => steps.includes(act.step) && act.executed,
        ),
      );
    });

    it('takes nothing that could be an approval', async () => {
      for (const more of [
        { approvals: 'approve-all' },
        { approvals: 'ask' },
        { approvals: ['approve'] },
        { approvals: 'answers.yaml' },
        { answers: [{ gate: 'g', decision: 'approve', as: 'ana@soc.example' }] },
        { as: 'ana@soc.example' },
        { user: 'ana@soc.example' },
        { decision: 'approve' },
        { model: 'claude' },
        { live: 'servers.yaml' },
        { trace: '/tmp/x' },
        { trusted: true },
        { __proto__: null, constructor: { approvals: 'approve' } },
      ])
        assert.match(await refused('countersign_dry_run', { ...input, ...more } as Json), /does not fit/);
      assert.deepEqual(traces(), []);
    });

    it('runs nothing in a workspace that is not trusted', async () => {
      assert.match(await refused('countersign_dry_run', input, { trusted: false }), /not trusted/);
      assert.deepEqual(traces(), []);
      assert.equal((await answered('countersign_validate', { file: PLAYBOOK }, { trusted: false })).errors, 0);
    });

    it('runs what is saved, and says so where that is not what the editor shows', async () => {
      const text = readFileSync(path.join(home, 'policies/default.policy.yaml'), 'utf8');
      const unsaved = [{ path: path.join(home, 'policies/default.policy.yaml'), text: `${text}\n# more\n` }];
      assert.match(await refused('countersign_dry_run', input, { unsaved }), /not saved/);
      assert.deepEqual(traces(), []);
    });

    it('ends when it is cancelled, and makes one run at a time', async () => {
      const cancelled = new AbortController();
      cancelled.abort('no longer wanted');
      assert.match(await refused('countersign_dry_run', input, {}, cancelled.signal), /cancelled/);
      const later = new AbortController();
      const first = ask('countersign_dry_run', input, {}, later.signal);
      later.abort('no longer wanted');
      assert.match(await refused('countersign_dry_run', input), /going on already/);
      const reply = await first;
      assert.ok(reply.ok ? JSON.parse(reply.text).outcome === 'cancelled' : true);
      assert.equal((await answered('countersign_dry_run', input)).outcome, 'completed');
    });
  });

  describe('keeps to the workspace', () => {
    const everywhere = (file: string): readonly (readonly [string, Json])[] => [
      ['countersign_validate', { file }],
      ['countersign_explain', { file, step: 'x' }],
      ['countersign_boundary', { file }],
      ['countersign_dry_run', { playbook: file, case: CASE }],
    ];

    it('whatever way a path is written', async () => {
      writeFileSync(path.join(scratch, 'secret.playbook.yaml'), 'playbook: secret\n');
      symlinkSync(path.join(scratch, 'secret.playbook.yaml'), path.join(home, 'linked.playbook.yaml'));
      symlinkSync(scratch, path.join(home, 'up'));
      symlinkSync(path.join(scratch, 'gone.playbook.yaml'), path.join(home, 'gone.playbook.yaml'));
      for (const file of [
        '../secret.playbook.yaml',
        `${path.join(scratch, 'secret.playbook.yaml')}`,
        `file://${path.join(scratch, 'secret.playbook.yaml')}`,
        'cases/../../secret.playbook.yaml',
        'linked.playbook.yaml',
        'up/secret.playbook.yaml',
        'gone.playbook.yaml',
        '../nothing-there.playbook.yaml',
        'a\0.playbook.yaml',
        'file:///%00.playbook.yaml',
        'file://host/x.playbook.yaml',
      ])
        for (const [tool, input] of everywhere(file)) {
          const message = await refused(tool, input);
          assert.match(message, /is outside of the workspace/, `${tool} ${file}: ${message}`);
          assert.doesNotMatch(message, /\0/);
        }
    });

    it('whatever a file of it names', async () => {
      mkdirSync(path.join(scratch, 'context'));
      writeFileSync(path.join(scratch, 'context/vips.yaml'), 'vips: [ceo@secret.example]\n');
      change(PLAYBOOK, 'context/vips.yaml', '../context/vips.yaml');
      const checked = await answered('countersign_validate', { file: PLAYBOOK });
      assert.ok(checked.problems.some((one: { readonly rule: string }) => one.rule === 'file-not-found'));
      assert.doesNotMatch(JSON.stringify(checked), /ceo@secret/);
      assert.match(
        await refused('countersign_dry_run', { playbook: PLAYBOOK, case: CASE }),
        /outside of the workspace/,
      );
      assert.deepEqual(traces(), []);
    });

    it('and event data and traces with it', async () => {
      cpSync(path.join(home, 'events'), path.join(scratch, 'events'), { recursive: true });
      change('cases/quiet-beacon.case.yaml', '../events/', '../../events/');
      const beacon = { playbook: 'quiet-beacon.playbook.yaml', case: 'cases/quiet-beacon.case.yaml' };
      assert.match(await refused('countersign_dry_run', beacon), /outside of the workspace/);
      mkdirSync(path.join(scratch, 'elsewhere'));
      symlinkSync(path.join(scratch, 'elsewhere'), path.join(home, 'traces'));
      assert.match(
        await refused('countersign_dry_run', { playbook: PLAYBOOK, case: CASE }),
        /leads out of the workspace/,
      );
      assert.deepEqual(readdirSync(path.join(scratch, 'elsewhere')), []);
    });
  });

  it('answers anything with a value of bounded size, and does nothing about what it does not understand', async () => {
    const inputs = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          file: fc.oneof(fc.string(), fc.constant(PLAYBOOK), fc.integer()),
          text: fc.oneof(fc.string(), fc.constant('\u202e'.repeat(20_000))),
          kind: fc.constantFrom('playbook', 'tools', 'policy', 'case', 'config', 'other'),
          rule: fc.string(),
          step: fc.string(),
        },
        { requiredKeys: [] },
      ),
    );
    const tools = fc.constantFrom('countersign_validate', 'countersign_explain', 'countersign_boundary', 'other');
    await fc.assert(
      fc.asyncProperty(tools, inputs, async (tool, input) => {
        const reply = await ask(tool, input as Json);
        if (reply.ok) assert.ok(reply.text.length <= MAX_REPLY && typeof JSON.parse(reply.text) === 'object');
        else {
          assert.ok(reply.message.length < 10_000 && reply.message.length > 10);
          assert.doesNotMatch(reply.message, /A fault inside/);
        }
      }),
      { numRuns: 150 },
    );
    assert.deepEqual(traces(), []);
  });
});
