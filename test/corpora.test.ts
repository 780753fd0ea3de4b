import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkFile } from '../language/check-file.js';
import { checkExpression } from '../language/expressions/check.js';
import { createEvaluator, type Evaluator } from '../language/expressions/evaluate.js';
import { parseExpression } from '../language/expressions/parse.js';
import { parseTemplate } from '../language/expressions/template.js';
import type { FileHost } from '../language/host.js';
import { format } from '../language/service/format.js';
import { parseYaml } from '../language/syntax/parse.js';
import { patchText } from '../language/syntax/patched-text.js';
import { toJson } from '../language/syntax/tree.js';
import { verifyBytes } from '../runner/trace/verify.js';

/**
 * Files that others wrote - alerts, injected texts, playbooks of other products - as hostile text for every parser. They are
 * no part of this repository: they are read from `shared/corpora` beside the checkout, or from COUNTERSIGN_CORPORA.
 */
const FOLDER = process.env.COUNTERSIGN_CORPORA ?? fileURLToPath(new URL('../../../shared/corpora', import.meta.url));
/** Milliseconds for one parser with one file. */
const MOST = 2_000;
/** Expressions are short; a longer line is not tried as one. */
const LONGEST_LINE = 300;
const LINES = 200;

const files = existsSync(FOLDER)
  ? readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(FOLDER, file))
      .filter((file) => statSync(file).isFile())
      .sort()
  : [];

describe('corpora', function () {
  this.timeout(300_000);

  before(function () {
    if (files.length > 0) return;
    console.log(`      There are no corpora at ${FOLDER}; COUNTERSIGN_CORPORA names another folder.`);
    this.skip();
  });

  it('formatting keeps what sound YAML says, and is done after once', () => {
    let sound = 0;
    for (const file of files.filter((name) => /\.ya?ml$/.test(name))) {
      const text = readFileSync(file, 'utf8');
      const { problems, root } = parseYaml(text);
      const edits = format(text, { size: 2 });
      if (problems.length > 0) {
        assert.deepEqual(edits, [], file);
        continue;
      }
      sound++;
      for (const { range, newText } of edits)
        assert.match(text.slice(range.start, range.end) + newText, /^\s+$/, `${file}: white space only`);
      const after = patchText(text, edits).text;
      assert.deepEqual(toJson(parseYaml(after).root), toJson(root), file);
      assert.deepEqual(format(after, { size: 2 }), [], file);
    }
    assert.ok(sound > 0);
  });

  it('every parser takes every file as text, without an exception and in less than two seconds', async () => {
    const evaluator = createEvaluator();
    for (const file of files) {
      const bytes = readFileSync(file);
      const text = bytes.toString('utf8');
      const name = path.relative(FOLDER, file);
      const host: FileHost = { today: '2026-07-01', read: () => text };
      for (const kind of ['playbook', 'tools', 'policy', 'case']) {
        const { problems } = timed(`${name} as ${kind}`, () => checkFile(`file:///w/x.${kind}.yaml`, text, host));
        assert.ok(problems.length > 0, `${name} is said to be a sound ${kind}`);
        for (const { range } of problems) {
          assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length, name);
        }
      }
      timed(`${name} as a template`, () => parseTemplate(parseYaml(text).root));
      timed(`${name} as expressions`, () => {
        for (const line of shortLines(text)) tryExpression(line, evaluator);
      });
      const verified = await verifyBytes([bytes]);
      assert.notEqual(verified.firstBad, null, `${name} is said to be a good trace`);
    }
  });
});

/** In time of the processor: what else runs on the machine must not count. */
function timed<T>(what: string, run: () => T): T {
  const started = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(started);
  const took = (user + system) / 1000;
  assert.ok(took < MOST, `${what} took ${Math.round(took)} ms`);
  return result;
}

function shortLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line.length <= LONGEST_LINE)
    .slice(0, LINES);
}

function tryExpression(line: string, evaluator: Evaluator): void {
  const parsed = parseExpression(line);
  checkExpression(parsed, { variables: new Map([['alert', { kind: 'any' }]]) });
  evaluator.evaluate(parsed, { alert: {} });
}
