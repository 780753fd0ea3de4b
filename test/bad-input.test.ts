import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { repository } from './platform/repository.js';

/** The built program on everything a person may hand it by mistake, or an attacker on purpose. */
const PROGRAM = path.join(repository, 'dist/cli.cjs');
const PLAYBOOK = 'phishing-triage.playbook.yaml';
const CASE = 'cases/credential-phish.case.yaml';
const TESTS = 'policies/default.policy.test.yaml';

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe('Bad input', function () {
  this.timeout(20_000); // each test starts a process, on a machine that may be busy
  let folder: string;

  const write = (name: string, content: string | Uint8Array): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };
  const changed = (name: string, from: string, to: string): string => {
    const text = readFileSync(path.join(folder, name), 'utf8');
    assert.ok(text.includes(from), `"${from}" is in ${name}`);
    return text.replace(from, to);
  };

  before(() => {
    assert.ok(existsSync(PROGRAM), 'dist/cli.cjs is built: npm run build');
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-bad-input-'));
    cpSync(path.join(repository, 'playbooks'), folder, { recursive: true, filter: (file) => !/traces$/.test(file) });
    for (const kind of ['playbook', 'case']) {
      write(`bad/empty.${kind}.yaml`, '');
      write(
        `bad/binary.${kind}.yaml`,
        Uint8Array.from({ length: 4096 }, (_, at) => (at * 151 + 128) % 256),
      );
      write(`bad/large.${kind}.yaml`, '# much ado\n'.repeat(480_000));
      write(`bad/open.${kind}.yaml`, changed(kind === 'case' ? CASE : PLAYBOOK, `${kind}: `, `${kind}: [`));
      write(`bad/twice.${kind}.yaml`, changed(kind === 'case' ? CASE : PLAYBOOK, `${kind}: `, `${kind}: x\n${kind}: `));
      write(`bad/types.${kind}.yaml`, `${kind}: [1]\ntitle: { a: b }\n`);
      write(`bad/bomb.${kind}.yaml`, aliasBomb());
      mkdirSync(path.join(folder, `bad/folder.${kind}.yaml`));
    }
    write('no-catalog.playbook.yaml', changed(PLAYBOOK, 'catalogs/mail.tools.yaml', 'catalogs/gone.tools.yaml'));
    write('cases/no-alert.case.yaml', changed(CASE, 'credential-phish.alert.json', 'gone.alert.json'));
    write('alerts/torn.alert.json', '{"class_uid": 2004,');
    write('cases/torn-alert.case.yaml', changed(CASE, 'credential-phish.alert.json', 'torn.alert.json'));
    write('alerts/list.alert.json', '[]');
    write('cases/list-alert.case.yaml', changed(CASE, 'credential-phish.alert.json', 'list.alert.json'));
    write('answers/typo.yaml', 'approvals:\n  - gate: ask_quarantine\n    decision: maybe\n');
    const tests = readFileSync(path.join(folder, TESTS), 'utf8');
    write('tests/empty.policy.test.yaml', '');
    write(
      'tests/binary.policy.test.yaml',
      Uint8Array.from({ length: 4096 }, (_, at) => (at * 151 + 128) % 256),
    );
    write('tests/large.policy.test.yaml', '# much ado\n'.repeat(480_000));
    write('tests/open.policy.test.yaml', tests.replace('policy-test: ', 'policy-test: ['));
    write('tests/types.policy.test.yaml', 'policy-test: [1]\npolicy: { a: b }\ntests: [1, null, { title: [] }]\n');
    write('tests/bomb.policy.test.yaml', aliasBomb());
    write('tests/no-policy.policy.test.yaml', tests);
    mkdirSync(path.join(folder, 'tests/folder.policy.test.yaml'));
    write('a-file', '');
    symlinkSync('circle.playbook.yaml', path.join(folder, 'bad/circle.playbook.yaml'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs the program as a script does, with nobody at the terminal. Whatever it is given, it ends in its own words. */
  function countersign(...words: readonly string[]): Said {
    const { ANTHROPIC_API_KEY: _, ...env } = process.env;
    const ended = spawnSync(process.execPath, [PROGRAM, ...words], {
      cwd: folder,
      encoding: 'utf8',
      env,
      input: '',
      timeout: 15_000,
    });
    assert.equal(ended.signal, null, `it had to be killed:\n${ended.stderr}`);
    assert.doesNotMatch(
      `${ended.stdout}${ended.stderr}`,
      /^\s+at .+:\d+:\d+|node:internal|fault inside/m,
      'no stack trace',
    );
    return { code: ended.status, out: ended.stdout, err: ended.stderr };
  }

  /** Traces anywhere in the folder. */
  const traces = (): readonly string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.trace.jsonl'));

  describe('to check', () => {
    const rows: readonly (readonly [title: string, file: string, code: number, said: RegExp])[] = [
      [
        'an empty file',
        'bad/empty.playbook.yaml',
        1,
        /^bad\/empty\.playbook\.yaml:1:1 {2}error .*empty.*missing-key$/m,
      ],
      ['a binary file', 'bad/binary.playbook.yaml', 1, /^bad\/binary\.playbook\.yaml:1:1 .*UTF-8.*not-text$/m],
      ['5 MB', 'bad/large.playbook.yaml', 1, /^bad\/large\.playbook\.yaml:1:1 .*5280000 bytes.*file-too-large$/m],
      ['broken YAML', 'bad/open.playbook.yaml', 1, /^bad\/open\.playbook\.yaml:4:11 .*never closed.*yaml-syntax$/m],
      ['aliases of aliases', 'bad/bomb.playbook.yaml', 1, /^bad\/bomb\.playbook\.yaml:1:4 .*yaml-alias$/m],
      ['a key that is there twice', 'bad/twice.playbook.yaml', 1, /^bad\/twice\.playbook\.yaml:5:1 .*duplicate-key$/m],
      ['wrong types', 'bad/types.playbook.yaml', 1, /^bad\/types\.playbook\.yaml:2:1 .*not a map.*wrong-type$/m],
      ['a catalog that is not there', 'no-catalog.playbook.yaml', 1, /:13:5 .*gone\.tools\.yaml.*file-not-found$/m],
      ['an alert that is not there', 'cases/no-alert.case.yaml', 1, /:8:8 .*gone\.alert\.json.*file-not-found$/m],
      ['an alert that is not JSON', 'cases/torn-alert.case.yaml', 1, /:8:8 .*not JSON.*invalid-alert$/m],
      ['an alert of another form', 'cases/list-alert.case.yaml', 1, /:8:8 .*must be an object.*invalid-alert$/m],
      ['a file that is not there', 'gone.playbook.yaml', 3, /no file or folder "gone\.playbook\.yaml"/],
      ['a folder with nothing of ours', 'bad/folder.playbook.yaml', 3, /nothing to check in "bad\/folder/],
      ['links in a circle', 'bad/circle.playbook.yaml', 3, /no file or folder/],
      ['a name too long for any file', `${'a'.repeat(5000)}.playbook.yaml`, 3, /no file or folder/],
      ['a file of another kind', 'a-file', 2, /"a-file" is not a file this command checks/],
    ];
    for (const [title, file, code, said] of rows) {
      it(title, () => {
        const ended = countersign('check', file);
        assert.equal(ended.code, code, ended.err);
        assert.match(code === 1 ? ended.out : ended.err, said);
        if (code === 1) assert.match(ended.out, /^✗ 1 file checked: [1-9]/m);
      });
    }

    it('says one thing of a catalog that is not there, not one for each of its tools', () => {
      const { problems } = JSON.parse(countersign('check', 'no-catalog.playbook.yaml', '--format', 'json').out);
      assert.deepEqual(rulesOf(problems).filter(isAuthority), []);
    });

    it('says one thing of a grant that is misspelt', () => {
      write('typo.playbook.yaml', changed(PLAYBOOK, 'grants: [quarantine, warn]', 'grants: [quarantin, warn]'));
      const { problems } = JSON.parse(countersign('check', 'typo.playbook.yaml', '--format', 'json').out);
      rmSync(path.join(folder, 'typo.playbook.yaml'));
      assert.deepEqual(rulesOf(problems), ['unknown-step']);
    });

    it('ends the same when its reader has seen enough', function () {
      if (process.platform === 'win32') this.skip();
      const program = `"${process.execPath}" "${PROGRAM}" check bad/bomb.playbook.yaml`;
      const script = `{ ${program}; echo "code $?" >&2; } | head -1`;
      const ended = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
      assert.equal(ended.stderr.trim(), 'code 1');
    });
  });

  describe('to run', () => {
    const rows: readonly (readonly [title: string, words: readonly string[], code: number, said: RegExp])[] = [
      ...['empty', 'open', 'bomb', 'twice', 'types'].flatMap((name) => [
        [`a playbook: ${name}`, [`bad/${name}.playbook.yaml`, '--case', CASE], 1, /playbook has errors/] as const,
        [`a case: ${name}`, [PLAYBOOK, '--case', `bad/${name}.case.yaml`], 1, /case has errors/] as const,
      ]),
      ['a binary playbook', ['bad/binary.playbook.yaml', '--case', CASE], 1, /cannot be read: it is not UTF-8 text/],
      ['a binary case', [PLAYBOOK, '--case', 'bad/binary.case.yaml'], 1, /cannot be read: it is not UTF-8 text/],
      ['a playbook of 5 MB', ['bad/large.playbook.yaml', '--case', CASE], 1, /at most 2097152 are read/],
      ['a catalog that is not there', ['no-catalog.playbook.yaml', '--case', CASE], 1, /:13:5 .*file-not-found/],
      ['an alert that is not there', [PLAYBOOK, '--case', 'cases/no-alert.case.yaml'], 1, /:8:8 .*file-not-found/],
      ['an alert that is not JSON', [PLAYBOOK, '--case', 'cases/torn-alert.case.yaml'], 1, /:8:8 .*invalid-alert/],
      [
        'a case for another playbook',
        [PLAYBOOK, '--case', 'cases/loader-on-laptop.case.yaml'],
        1,
        /^cases\/loader-on-laptop\.case\.yaml:\d+ wrong-playbook: .*"endpoint-malware"/m,
      ],
      [
        'no such playbook',
        ['gone.playbook.yaml', '--case', CASE],
        3,
        /"gone\.playbook\.yaml" cannot be read: there is no/,
      ],
      ['no such case', [PLAYBOOK, '--case', 'gone.case.yaml'], 3, /"gone\.case\.yaml" cannot be read: there is no/],
      ['a folder for a playbook', ['bad/folder.playbook.yaml', '--case', CASE], 3, /it is not a file/],
      ['a folder for a case', [PLAYBOOK, '--case', 'bad/folder.case.yaml'], 3, /it is not a file/],
      ['a case and a playbook the wrong way round', [CASE, '--case', PLAYBOOK], 2, /is no playbook/],
      ['no case', [PLAYBOOK], 2, /Which case\?/],
      ['a misspelt option', [PLAYBOOK, '--cas', CASE], 2, /Did you mean "--case"\?/],
      ['no model of that name', [PLAYBOOK, '--case', CASE, '--model', 'claud'], 2, /Did you mean "claude"\?/],
      ['Claude without a key', [PLAYBOOK, '--case', CASE, '--model', 'claude'], 2, /^Claude needs an API key/],
      [
        'a recording that is there',
        [PLAYBOOK, '--case', CASE, '--model', 'record', '--recording', 'a-file'],
        2,
        /never written over/,
      ],
      ['no recording', [PLAYBOOK, '--case', CASE, '--model', 'replay'], 2, /Which recording\?/],
      [
        'a recording that is none',
        [PLAYBOOK, '--case', CASE, '--model', 'replay', '--recording', 'a-file'],
        2,
        /recording cannot be used: .*a-file, line 1/,
      ],
      [
        'no such answers',
        [PLAYBOOK, '--case', CASE, '--approvals', 'gone.yaml'],
        3,
        /approvals "gone\.yaml" cannot be read/,
      ],
      [
        'answers with a slip',
        [PLAYBOOK, '--case', CASE, '--approvals', 'answers/typo.yaml'],
        1,
        /^answers\/typo\.yaml:2 .*not understood/,
      ],
      ['a trace that is there', [PLAYBOOK, '--case', CASE, '--trace', 'a-file'], 2, /never written over/],
      [
        'a trace below a file',
        [PLAYBOOK, '--case', CASE, '--trace', 'a-file/new.trace.jsonl'],
        2,
        /part of its path is a file/,
      ],
    ];
    for (const [title, words, code, said] of rows) {
      it(title, () => {
        const ended = countersign('run', ...words);
        assert.equal(ended.code, code, ended.err);
        assert.match(ended.err, said);
        assert.equal(ended.out, '', 'no result');
        assert.deepEqual(traces(), [], 'no trace of a run that did not start');
        assert.equal(readFileSync(path.join(folder, 'a-file'), 'utf8'), '');
      });
    }

    it('makes the folders of the trace', () => {
      const trace = 'made/for/it/new.trace.jsonl';
      assert.equal(countersign('run', PLAYBOOK, '--case', CASE, '--trace', trace).code, 0);
      assert.equal(countersign('verify', trace).code, 0);
      rmSync(path.join(folder, 'made'), { recursive: true });
    });

    it('denied by everybody: stopped, and nothing consequential executed', () => {
      const words = ['--approvals', 'deny', '--trace', 'denied/x.trace.jsonl', '--format', 'json'];
      const ended = countersign('run', PLAYBOOK, '--case', CASE, ...words);
      assert.equal(ended.code, 4, ended.err);
      const result: { readonly acts: readonly { readonly executed: boolean }[] } = JSON.parse(ended.out);
      assert.deepEqual(
        result.acts.filter(({ executed }) => executed),
        [],
      );
      assert.equal(countersign('verify', 'denied/x.trace.jsonl').code, 0);
      rmSync(path.join(folder, 'denied'), { recursive: true });
    });

    it('a question at a terminal that closed is silence', () => {
      const ended = countersign(
        'run',
        PLAYBOOK,
        '--case',
        CASE,
        '--approvals',
        'ask',
        '--trace',
        'asked/x.trace.jsonl',
      );
      rmSync(path.join(folder, 'asked'), { recursive: true });
      assert.equal(ended.code, 4, ended.err);
      assert.match(ended.err, /exactly these 2 calls run/);
      assert.match(ended.out, /^Acts +none$/m);
    });
  });

  describe('to test a policy', () => {
    const rows: readonly (readonly [title: string, file: string, code: number, said: RegExp])[] = [
      ['an empty file', 'tests/empty.policy.test.yaml', 1, /:1:1 {2}error .*policy-test: <id>.*missing-key$/m],
      ['a binary file', 'tests/binary.policy.test.yaml', 1, /cannot be read: it is not UTF-8 text/],
      ['5 MB', 'tests/large.policy.test.yaml', 1, /at most 2097152 are read/],
      ['broken YAML', 'tests/open.policy.test.yaml', 1, /never closed.*yaml-syntax$/m],
      ['wrong types', 'tests/types.policy.test.yaml', 1, /wrong-type$/m],
      ['aliases of aliases', 'tests/bomb.policy.test.yaml', 1, /yaml-alias$/m],
      ['a policy that is not there', 'tests/no-policy.policy.test.yaml', 1, /default\.policy\.yaml.*file-not-found$/m],
      ['a file that is not there', 'gone.policy.test.yaml', 3, /no file or folder/],
      ['a folder with no tests in it', 'tests/folder.policy.test.yaml', 3, /nothing to test in/],
      ['a policy', 'policies/default.policy.yaml', 2, /must end in \.policy\.test\.yaml/],
      ['a file of another kind', 'a-file', 2, /"a-file"/],
    ];
    for (const [title, file, code, said] of rows) {
      it(title, () => {
        for (const format of ['text', 'json', 'junit']) {
          const ended = countersign('policy', 'test', file, '--format', format);
          assert.equal(ended.code, code, ended.err);
          if (format === 'text') assert.match(`${ended.out}${ended.err}`, said);
        }
      });
    }
  });

  describe('to verify', () => {
    const trace = 'whole.trace.jsonl';
    let bytes: Buffer;
    before(() => {
      assert.equal(countersign('run', PLAYBOOK, '--case', CASE, '--trace', trace).code, 0);
      bytes = readFileSync(path.join(folder, trace));
      const blobs = path.join(folder, 'whole.trace.blobs');
      for (const copy of ['changed', 'other']) cpSync(blobs, path.join(folder, `${copy}.blobs`), { recursive: true });
    });
    after(() => rmSync(path.join(folder, trace)));

    it('names the line in which one byte was changed', () => {
      const lines = bytes.toString('utf8').trimEnd().split('\n');
      for (const line of [1, 40, lines.length]) {
        const start = Buffer.byteLength(lines.slice(0, line - 1).join('\n')) + (line === 1 ? 0 : 1);
        const other = Buffer.from(bytes);
        const at = bytes.indexOf('"time":"2', start) + '"time":"'.length;
        other[at] = '3'.charCodeAt(0);
        write('changed.jsonl', other);
        const ended = countersign('verify', 'changed.jsonl', '--format', 'json');
        assert.equal(ended.code, 6);
        assert.equal(JSON.parse(ended.out).firstBad.line, line);
      }
    });

    const rows: readonly (readonly [title: string, content: () => string | Uint8Array, said: RegExp])[] = [
      ['an empty file', () => '', /line 1: The trace is empty/],
      ['a binary file', () => Uint8Array.of(0xff, 0xfe, 0), /line 1: .*not valid UTF-8/],
      ['a playbook', () => readFileSync(path.join(folder, PLAYBOOK)), /line 1: .*not one JSON object/],
      ['JSON of another kind', () => '{}\n', /line 1: /],
      ['lists in lists without end', () => '['.repeat(200_000), /line 1: .*nests/],
      ['a line without end', () => 'a'.repeat(17 * 1024 * 1024), /line 1: .*longer than 16 MiB/],
      ['a newer version', () => '{"v":2}\n', /line 1: .*version 2, which is newer/],
      ['a trace without its last line', () => bytes.subarray(0, bytes.lastIndexOf('\n', -2) + 1), /cut off/],
      ['a trace without its last byte', () => bytes.subarray(0, -1), /no newline at its end/],
    ];
    for (const [title, content, said] of rows) {
      it(title, () => {
        write('other.jsonl', content());
        const ended = countersign('verify', 'other.jsonl');
        assert.equal(ended.code, 6, ended.err);
        assert.match(ended.out, said);
      });
    }

    it('no such file, a folder, links in a circle: nothing to verify', () => {
      for (const name of ['gone.trace.jsonl', 'cases', 'bad/circle.playbook.yaml']) {
        const ended = countersign('verify', name);
        assert.equal(ended.code, 3, name);
        assert.ok(ended.err.includes(name) && ended.out === '');
      }
    });

    it('two traces, or none: not understood', () => {
      assert.equal(countersign('verify').code, 2);
      assert.equal(countersign('verify', trace, trace).code, 2);
    });
  });

  it('a command that is none', () => {
    const ended = countersign('chekc');
    assert.equal(ended.code, 2);
    assert.match(ended.err, /Did you mean "check"\?/);
    assert.equal(countersign().code, 2);
  });
});

/** Written out it would have 9^9 items. */
function aliasBomb(): string {
  const names = 'abcdefghi'.split('');
  return names
    .map(
      (name, at) =>
        `${name}: &${name} [${Array(9)
          .fill(at === 0 ? 'x' : `*${names[at - 1]}`)
          .join(', ')}]\n`,
    )
    .join('');
}

function rulesOf(problems: readonly { readonly rule: string }[]): readonly string[] {
  return problems.map(({ rule }) => rule);
}

/** Rules about who may do what, which cannot be judged for a tool nobody describes. */
function isAuthority(rule: string): boolean {
  return ['ungated-act', 'autonomy-above-ceiling', 'quorum-too-small', 'unknown-tool'].includes(rule);
}
