import assert from 'node:assert/strict';
import { type FileState, keptTexts } from './kept-texts.js';

/** Files that count how often they are read, on a disk whose times are in whole `tick`s. */
function disk(tick = 1) {
  const files = new Map<string, { text: string; state: FileState }>();
  let now = 1_000_000;
  let reads = 0;
  return {
    write(file: string, text: string) {
      const changed = Math.floor(now / tick) * tick;
      files.set(file, { text, state: { changed, stamp: `${changed} ${text.length}` } });
    },
    remove: (file: string) => files.delete(file),
    wait: (ms: number) => {
      now += ms;
    },
    reads: () => reads,
    text: keptTexts({
      now: () => now,
      state: (file) => files.get(file)?.state,
      read: (file) => {
        reads++;
        return files.get(file)?.text;
      },
    }),
  };
}

describe('texts of files', () => {
  it('are read once as long as they stay the same', () => {
    const one = disk();
    one.write('a', 'old');
    one.wait(10_000);
    for (let key = 0; key < 5; key++) assert.equal(one.text('a'), 'old');
    assert.equal(one.reads(), 1);
    one.write('a', 'new');
    assert.equal(one.text('a'), 'new');
  });

  it('are read each time until they have settled: a second change may leave size and time as they are', () => {
    const one = disk(1_000);
    one.write('a', 'old');
    one.wait(10);
    assert.equal(one.text('a'), 'old');
    one.write('a', 'new');
    assert.equal(one.text('a'), 'new');
    one.wait(5_000);
    assert.equal(one.text('a'), 'new');
    assert.equal(one.text('a'), 'new');
    assert.equal(one.reads(), 3);
  });

  it('are gone with their file, and there again with it', () => {
    const one = disk();
    assert.equal(one.text('a'), undefined);
    one.write('a', 'x');
    one.wait(5_000);
    assert.equal(one.text('a'), 'x');
    one.remove('a');
    assert.equal(one.text('a'), undefined);
    one.write('a', 'y');
    assert.equal(one.text('a'), 'y');
  });

  it('are kept only as far as there is room, the newest of them', () => {
    const one = disk();
    for (const file of ['a', 'b', 'c']) one.write(file, file.repeat(1_500_000));
    one.wait(5_000);
    for (const file of ['a', 'b', 'c', 'c', 'b']) one.text(file);
    assert.equal(one.reads(), 3);
    one.text('a');
    assert.equal(one.reads(), 4);
  });
});
