import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Folder } from '../command.test.js';
import { evaluate } from '../evaluate/evaluate.js';
import { called, inFolder } from '../in-process.test.js';
import { report } from './report.js';

/** A playbook that acts and asks nobody. */
const DRIFTED = `playbook: drifted
version: 1.0.0
title: "Closes <script>alert(1)</script> | alone"
description: Closes whatever comes.
operating-model: ai-soc
owner: detection
accountable: soc-manager
catalogs: [catalogs/case.tools.yaml]
policy: policies/default.policy.yaml
budget: { time: 1h }
steps:
  - id: close
    action: case.close
    with: { disposition: benign, reason: Always. }
    autonomy: notify
    notify: { roles: [analyst] }
    undo-within: 24h
    review: 10%
`;

describe('countersign report', function () {
  this.timeout(60_000); // each test starts processes, on a machine that may be busy
  const folder = new Folder({});
  inFolder(() => folder.path);
  before(async () => {
    const library = fileURLToPath(new URL('../../../playbooks', import.meta.url));
    cpSync(library, folder.file('playbooks'), { recursive: true, filter: (file) => !/traces$/.test(file) });
    folder.write('playbooks/drifted.playbook.yaml', DRIFTED);
    const evaluated = await called(
      evaluate,
      ...['playbooks/phishing-triage.playbook.yaml', '--cases', 'playbooks/cases', '--out', 'evaluation'],
    );
    assert.equal(evaluated.code, 0, evaluated.err);
  });
  after(() => folder.remove());

  /** How each of the ten questions is answered, by its number. */
  const statuses = (page: string): readonly string[] =>
    [...page.matchAll(/^\| (\d+) \| .* \| (shown|in part|not shown) \|$/gm)].map(([, , status = '']) => status);
  const section = (page: string, number: number): string =>
    page.split(/^## /m).find((part) => part.startsWith(`${number}. `)) ?? '';

  it('answers from playbooks alone what they tell, and says of everything else what would show it', async () => {
    const { code, out } = await called(report, 'playbooks/phishing-triage.playbook.yaml');
    assert.equal(code, 0);
    assert.deepEqual(statuses(out), [
      ...['shown', 'not shown', 'in part', 'not shown', 'not shown'],
      ...['shown', 'not shown', 'in part', 'in part', 'not shown'],
    ]);
    assert.match(section(out, 1), /case&#46;|case\.close/);
    for (const number of [2, 3, 4, 5, 7, 8, 9, 10])
      assert.match(section(out, number), /\*\*Not shown\.\*\*/, `${number}`);
    assert.match(section(out, 2), /countersign evaluate/);
    assert.match(section(out, 7), /--traces/);
  });

  it('answers from an evaluation and verified traces, and links to each', async () => {
    const { code, out } = await called(
      report,
      ...['playbooks/phishing-triage.playbook.yaml', '--evaluation', 'evaluation', '--traces', 'evaluation'],
    );
    assert.equal(code, 0);
    assert.ok(!statuses(out).slice(0, 3).includes('not shown'));
    assert.equal(statuses(out)[3], 'not shown', 'a stand-in and scripted people are no real run');
    assert.match(section(out, 2), /How often an AI errs/);
    assert.match(section(out, 3), /evaluation\/traces\/phishing-triage\/credential-phish-refused-1\.trace\.jsonl/);
    assert.match(section(out, 4), /every run is a dry run/);
    assert.match(section(out, 7), /written anew as a whole/, 'unsigned traces are said to be unsigned');
    assert.match(out, /EU AI Act, Articles 12 and 14/);
    assert.doesNotMatch(out, /complies with (?!anything)/);
  });

  it('does not take what is known of one version for another', async () => {
    const name = 'playbooks/phishing-triage.playbook.yaml';
    const was = folder.read(name);
    folder.write(name, was.replace('confidence >= 0.9', 'confidence >= 0.1'));
    const { out } = await called(report, name, '--evaluation', 'evaluation', '--traces', 'evaluation');
    folder.write(name, was);
    assert.match(section(out, 2), /Anything of phishing-triage \S*changed since/);
    assert.match(section(out, 4), /\d+ traces among them are of other playbooks, or of other versions/);
  });

  it('names a trace that was changed', async () => {
    const name = 'evaluation/traces/phishing-triage/newsletter-1.trace.jsonl';
    const was = folder.read(name);
    folder.write(name, was.replace('case.close', 'case.keeps'));
    const { out } = await called(report, 'playbooks/phishing-triage.playbook.yaml', '--traces', 'evaluation/traces');
    folder.write(name, was);
    assert.equal(statuses(out)[6], 'in part');
    assert.match(section(out, 7), /newsletter-1[^\n]*: line \d+: /);
  });

  it('calls out a playbook that nobody stands in', async () => {
    const { code, out } = await called(report, 'playbooks');
    assert.equal(code, 0);
    assert.match(out, /^\| \[drifted\][^\n]* \| ai-soc \| \*\*autonomous\*\* \|/m);
    assert.match(out, /Nobody stands in the way[^\n]*no accepted operating model/);
  });

  it('is a page without scripts, in which nothing that playbooks say is markup', async () => {
    const { code } = await called(report, 'playbooks', '--evaluation', 'evaluation', '--out', 'out.html');
    assert.equal(code, 0);
    const page = folder.read('out.html');
    assert.match(page, /^<!DOCTYPE html>/);
    assert.doesNotMatch(page, /<script/);
    assert.match(page, /default-src 'none'/);
    assert.match(page, /href="\.\/evaluation\/evaluation\.json"/);
  });

  it('says what it cannot use', async () => {
    for (const [args, code, said] of [
      [['report'], 2, /Which playbooks/],
      [['report', 'gone'], 3, /no file or folder "gone"/],
      [['report', 'playbooks', '--traces', 'gone'], 3, /no file or folder "gone"/],
      [['report', 'playbooks', '--evaluation', 'playbooks/drifted.playbook.yaml'], 1, /no JSON/],
      [['report', 'playbooks', '--out', 'no/such/folder.md'], 2, /ENOENT/],
    ] as const) {
      const ran = await called(report, ...args.slice(1));
      assert.equal(ran.code, code, args.join(' '));
      assert.match(ran.err, said);
    }
  });
});
