import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCase } from '../../language/load-case.js';
import { nodeFiles } from '../node-files.js';
import { rawEvents } from './sources.js';

describe('event data of a feedback case', () => {
  it('is copied to the byte, but for secrets', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-feedback-'));
    try {
      const plain = '{"b": 1.50, "a":"x\\u0041" }\n{"note":["y"]}\n';
      const [lines, csv] = [
        `${plain}{"password": "hunter2hunter2", "n": 9007199254740993}\n`,
        'time,cmd\n1,login password=hunter2hunter2\n',
      ];
      writeFileSync(join(folder, 'a.jsonl'), lines);
      writeFileSync(join(folder, 'b.csv'), csv);
      const sample = loadCase(
        pathToFileURL(join(folder, 'one.case.yaml')).href,
        'case: one\nplaybook: p\nalert: a.json\nevents: { a: a.jsonl, b: b.csv }\n',
        nodeFiles(),
      );
      const read = rawEvents(sample);
      assert.ok(read.ok);
      const [a, b] = read.files.map(({ text }) => text);
      assert.ok(a?.startsWith(plain), a);
      assert.match(a ?? '', /^\{"password": "\[redacted:[a-z-]+\]", "n": 9007199254740993\}$/m);
      assert.match(b ?? '', /^time,cmd\n1,login password=\[redacted:[a-z-]+\]\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
