import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Folder } from './command.test.js';

const SIGNED = fileURLToPath(new URL('../../test/trace-vectors/vectors/signed/', import.meta.url));

describe('countersign export', () => {
  let folder: Folder;
  before(() => {
    folder = new Folder({});
    for (const name of ['run.trace.jsonl', 'run.trace.checkpoints'])
      folder.write(name, readFileSync(`${SIGNED}${name}`));
  });
  after(() => folder.remove());

  it('writes spans and events, to a new file or to standard output', () => {
    const spans = folder.run('export', 'run.trace.jsonl', '--format', 'otel');
    assert.equal(spans.code, 0, spans.err);
    assert.equal(JSON.parse(spans.out).resourceSpans[0].scopeSpans[0].spans.length, 3);
    assert.equal(folder.run('export', 'run.trace.jsonl', '--format', 'ocsf', '--out', 'events.jsonl').code, 0);
    const events = folder.read('events.jsonl').trimEnd().split('\n');
    assert.deepEqual(events.map((event) => JSON.parse(event).class_uid), [6002, 6003, 6003, 6002]); // biome-ignore format: short
    const again = folder.run('export', 'run.trace.jsonl', '--format', 'ocsf', '--out', 'events.jsonl');
    assert.equal(again.code, 2);
    assert.match(again.err, /there is a file already/);
  });

  it('does not pass on what nobody should rely on, but a run that is not over', () => {
    const text = folder.read('run.trace.jsonl');
    folder.write('edited.trace.jsonl', text.replace('Looked', 'Booked'));
    const edited = folder.run('export', 'edited.trace.jsonl', '--format', 'ocsf');
    assert.deepEqual([edited.code, edited.out], [6, '']);
    assert.match(edited.err, /is broken, so it is not exported: line 3/);
    folder.write('lonely.trace.jsonl', text);
    assert.equal(folder.run('export', 'lonely.trace.jsonl', '--format', 'ocsf').code, 6, 'its checkpoints are gone');
    folder.write('going.trace.jsonl', `${text.split('\n').slice(0, 1).join('\n')}\n`);
    folder.write('going.trace.checkpoints', folder.read('run.trace.checkpoints').split('\n').slice(0, 5).join('\n').concat('\n')); // biome-ignore format: short
    const going = folder.run('export', 'going.trace.jsonl', '--format', 'otel');
    assert.equal(going.code, 0, going.err);
    assert.match(going.out, /countersign\.unfinished/);
  });

  it('says what it does not understand', () => {
    const code = (...args: string[]): number | null => folder.run('export', ...args).code;
    assert.equal(code('run.trace.jsonl'), 2);
    assert.equal(code('--format', 'otel'), 2);
    assert.equal(code('run.trace.jsonl', '--format', 'html'), 2);
    assert.equal(code('run.trace.jsonl', '--format', 'ocsf', '--otlp', 'http://localhost:1/'), 2);
    assert.equal(code('run.trace.jsonl', '--format', 'otel', '--otlp', 'file:///etc/passwd'), 2);
    assert.equal(code('run.trace.jsonl', '--format', 'otel', '--otlp', 'http://127.0.0.1:1/v1/traces'), 5);
    assert.equal(code('none.trace.jsonl', '--format', 'otel'), 3);
  });
});
