import assert from 'node:assert/strict';
import path from 'node:path';
import { indexLines, type Problem, RULES } from '../../language/index.js';
import type { CheckRun } from '../check-files.js';
import { Folder, NOISY, TOO_FEW } from '../command.test.js';
import { githubOf } from './github.js';
import { markdownOf } from './markdown.js';
import { sarifOf } from './sarif.js';

const TEXT = 'first\nsecond line\nthird\n';

/** A run over one file with one problem at `line` of the second line. */
function runOf(file: string, message: string, more: Partial<Problem> = {}): CheckRun {
  const problem: Problem = {
    rule: 'unknown-key',
    severity: 'error',
    range: { start: 13, end: 17 },
    message,
    related: [],
    fixes: [],
    ...more,
  };
  return {
    files: [{ file: path.resolve(file), text: TEXT, lines: indexLines(TEXT), problems: [problem], suppressed: [] }],
    summary: { files: 1, errors: 1, warnings: 0, suppressed: 0 },
    host: { read: () => 'a\nbc\n' },
  };
}

describe('problems as GitHub annotations', () => {
  const lines = (run: CheckRun): string[] => githubOf(run).split('\n');

  it('name file, line, columns and rule', () => {
    assert.equal(
      lines(runOf('a/b.playbook.yaml', 'Wrong.'))[0],
      '::error file=a/b.playbook.yaml,line=2,endLine=2,col=8,endColumn=12,title=unknown-key::Wrong.',
    );
    assert.match(lines(runOf('a', 'x', { severity: 'warning' }))[0]!, /^::warning /);
    assert.match(lines(runOf('a', 'x', { severity: 'information' }))[0]!, /^::notice /);
  });

  it('leave columns out where more than one line is meant', () => {
    const [line] = lines(runOf('a', 'x', { range: { start: 0, end: 8 } }));
    assert.equal(line, '::error file=a,line=1,endLine=2,title=unknown-key::x');
  });

  it('stay one command each, whatever a name or a message holds', () => {
    const hostile = 'x,line=9::boo%0A\n::stop-commands::y\r\n::error ::z\u2028\u202e.yaml';
    const said = lines(runOf(hostile, hostile));
    assert.equal(said.length, 3, said.join('\n'));
    assert.match(said[0]!, /^::error file=x%2Cline=9%3A%3Aboo%250A%0A%3A%3Astop-commands/);
    assert.match(
      said[0]!,
      /title=unknown-key::x,line=9::boo%250A%0A::stop-commands::y⟨U\+000D⟩%0A::error ::z⟨U\+2028⟩/,
    );
    assert.equal(said.filter((line) => line.startsWith('::')).length, 1);
  });
});

describe('problems as a Markdown comment', () => {
  it('are a table for each file', () => {
    assert.equal(
      markdownOf(runOf('a/b.playbook.yaml', 'Wrong.')),
      `**Countersign:** 1 file checked: 1 error, 0 warnings.

#### a/b.playbook.yaml

| line | severity | problem | rule |
| ---: | --- | --- | --- |
| 2 | error | Wrong. | unknown-key |
`,
    );
  });

  it('show what a name or a message holds, and are nothing else', () => {
    const hostile =
      'a|b `c` <img src=x>\n| 1 | @team #1 ![x](https://evil.example) **x** &lt; www.evil.example \\| \u202e';
    const page = markdownOf(runOf(hostile, hostile));
    assert.equal(page.split('\n').length, 8, page);
    const row = page.split('\n')[6]!;
    assert.equal(row.match(/\|/g)?.length, 5, row);
    for (const live of ['`', '<img', '![', '](', 'https:', 'www.', '**', '&lt;', '@team', ' #1 ', '\\', '\u202e'])
      assert.ok(!row.includes(live), `${live} in ${row}`);
    assert.ok(row.includes('&#60;img') && row.includes('@<!-- -->team') && row.includes('&#38;lt;'));
  });
});

describe('problems as SARIF', () => {
  const results = (run: CheckRun) => JSON.parse(sarifOf(run)).runs[0].results;

  it('have places from 1, in UTF-16, the end excluded, and the places that explain them', () => {
    const related = { uri: new URL('file:///elsewhere/x.yaml').href, range: { start: 2, end: 4 }, message: 'Here.' };
    const [result] = results(runOf('a b/c,%.playbook.yaml', 'Wrong.', { related: [related] }));
    assert.deepEqual(result.locations[0].physicalLocation, {
      artifactLocation: { uri: 'a%20b/c,%25.playbook.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 2, startColumn: 8, endLine: 2, endColumn: 12 },
    });
    assert.deepEqual(result.relatedLocations, [
      {
        id: 1,
        physicalLocation: {
          artifactLocation: { uri: 'file:///elsewhere/x.yaml' },
          region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 3 },
        },
        message: { text: 'Here.' },
      },
    ]);
  });

  it('keep their fingerprint when lines above come, and differ from one alike', () => {
    const run = runOf('a', 'Wrong.');
    const [file] = run.files;
    assert.ok(file);
    const [problem] = file.problems;
    assert.ok(problem);
    const prints = (given: CheckRun): string[] =>
      results(given).map((one: { partialFingerprints: object }) => Object.values(one.partialFingerprints)[0]);
    const moved = `new\n${TEXT}`;
    const later = { ...problem, range: { start: 17, end: 21 } };
    const after = { ...run, files: [{ ...file, text: moved, lines: indexLines(moved), problems: [later] }] };
    assert.deepEqual(prints(after), prints(run));
    const twice = prints({ ...run, files: [{ ...file, problems: [problem, problem] }] });
    assert.equal(new Set(twice).size, 2);
  });

  it('hold no links that a message brings along', () => {
    const [result] = results(runOf('a', 'See [this](https://evil.example) \u202e'));
    assert.equal(result.message.text, 'See \\[this\\](https://evil.example) ⟨U+202E⟩');
  });
});

describe('countersign check --format', () => {
  const FORMATS = ['text', 'json', 'sarif', 'github', 'markdown'];
  let folder: Folder;

  beforeEach(() => {
    folder = new Folder({ 'noisy.playbook.yaml': NOISY });
  });

  afterEach(() => folder.remove());

  it('exits alike in every form', () => {
    for (const [more, code] of [
      [[], 0],
      [['--fail-on', 'warning'], 1],
    ] as const)
      for (const format of FORMATS) assert.equal(folder.run('check', '--format', format, ...more).code, code, format);
  });

  it('sarif: a log of one run that knows every rule, with what is suppressed and why', () => {
    folder.write('few.playbook.yaml', TOO_FEW);
    folder.write(
      'countersign.config.yaml',
      'suppressions: [{ rule: missing-budget, file: noisy.playbook.yaml, reason: The gateway limits it. }]\n',
    );
    const { code, out } = folder.run('check', '--format', 'sarif');
    assert.equal(code, 1);
    const { version, runs } = JSON.parse(out);
    assert.equal(version, '2.1.0');
    assert.equal(runs.length, 1);
    const [{ tool, columnKind, results }] = runs;
    assert.equal(columnKind, 'utf16CodeUnits');
    const { rules } = tool.driver;
    assert.deepEqual(
      rules.map(({ id }: { id: string }) => id),
      RULES.map(({ name }) => name),
    );
    for (const rule of rules) {
      assert.ok(rule.shortDescription.text && rule.help.text && rule.help.markdown.startsWith(`# ${rule.id}\n`));
      assert.equal(rule.properties.docs, `docs/rules/${rule.id}.md`);
      assert.ok(['error', 'warning', 'note'].includes(rule.defaultConfiguration.level));
    }
    for (const result of results) assert.equal(rules[result.ruleIndex].id, result.ruleId);
    const told = results.map((one: { ruleId: string; level: string; suppressions: { justification: string }[] }) => [
      one.ruleId,
      one.level,
      one.suppressions.map(({ justification }) => justification),
    ]);
    assert.deepEqual(told, [
      ['quorum-too-small', 'error', []],
      ['missing-budget', 'warning', ['The gateway limits it.']],
    ]);
    const review = JSON.parse(folder.run('check', '--format', 'sarif', '--no-suppressions').out);
    assert.ok(review.runs[0].results.every((one: { suppressions: unknown[] }) => one.suppressions.length === 0));
  });

  it('json: as before, with what is suppressed counted', () => {
    const { problems, summary, version } = JSON.parse(folder.run('check', '--format', 'json').out);
    assert.equal(version, 1);
    assert.deepEqual(summary, { files: 3, errors: 0, warnings: 1, suppressed: 0 });
    assert.deepEqual(Object.keys(problems[0]), ['file', 'range', 'rule', 'severity', 'message', 'docs']);
  });

  it('github and markdown: what they found', () => {
    assert.match(folder.run('check', '--format', 'github').out, /^::warning file=noisy\.playbook\.yaml,line=11,/);
    assert.match(folder.run('check', '--format', 'markdown').out, /^#### noisy\.playbook\.yaml$/m);
  });

  it('says which there are', () => {
    const { code, err } = folder.run('check', '--format', 'sarf');
    assert.equal(code, 2);
    assert.match(err, /one of text, json, sarif, github, markdown\. Did you mean "sarif"\?/);
    assert.match(folder.run('check', '--fix=yes').err, /"--fix" takes no value/);
    assert.match(folder.run('check', '--fix', '--fix').err, /"--fix" is given twice/);
    assert.match(folder.run('check', '--no-supressions').err, /Did you mean "--no-suppressions"\?/);
  });
});
