import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cachedProgram } from './code-cache.js';

/** Enough that its code is worth something, with a part that is compiled when it is called. */
const PROGRAM = `// Its first line.
exports.file = __filename;
exports.sum = (n) => { let sum = 0; for (let at = 0; at <= n; at++) sum += at; return sum; };
exports.where = () => require('node:path').basename(__dirname);
exports.fails = () => { throw new Error('on purpose'); };
${Array.from({ length: 200 }, (_, at) => `exports.f${at} = (a) => ({ value: a + ${at}, text: 'x'.repeat(${at}) });`).join('\n')}
`;

interface Exports {
  readonly file: string;
  readonly sum: (n: number) => number;
  readonly where: () => string;
  readonly fails: () => void;
  readonly [name: string]: unknown;
}

describe('the code cache', () => {
  let root: string;
  let file: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'countersign-code-'));
    file = path.join(root, 'program.cjs');
    folder = path.join(root, 'cache', 'code');
    writeFileSync(file, PROGRAM);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Runs the program, and keeps what was compiled. */
  function run(
    variant: readonly string[] = [],
    use: (exports: Exports) => void = () => undefined,
  ): { readonly warm: boolean; readonly exports: Exports } {
    const program = cachedProgram(file, { folder, variant });
    const module = { exports: {} as Exports };
    program.start(module.exports, createRequire(file), module, file, path.dirname(file));
    use(module.exports);
    program.keep();
    return { warm: program.warm, exports: module.exports };
  }

  const files = (): string[] => readdirSync(folder);

  it('runs a program the same with and without what was kept', () => {
    for (const warm of [false, true]) {
      const ran = run();
      assert.equal(ran.warm, warm);
      assert.equal(ran.exports.file, file);
      assert.equal(ran.exports.sum(100), 5050);
      assert.equal(ran.exports.where(), path.basename(root));
    }
    assert.equal(files().length, 1);
  });

  it('runs a program that is not written in ASCII, or is empty', () => {
    writeFileSync(file, `exports.word = 'Lagebild: größer ▲';\n`);
    for (const warm of [false, true]) {
      const ran = run();
      assert.deepEqual([ran.warm, ran.exports.word], [warm, 'Lagebild: größer ▲']);
    }
    writeFileSync(file, '');
    assert.deepEqual(run().exports, {});
  });

  it('tells the place of a mistake as in the file', () => {
    run();
    const { exports, warm } = run();
    assert.equal(warm, true);
    assert.throws(exports.fails, (error: Error) => error.stack?.includes(`${file}:5:`) === true);
  });

  it('has code of its own for another text of the same length, and for other flags', () => {
    run(['one']);
    assert.equal(run(['two']).warm, false);
    writeFileSync(file, PROGRAM.replace('sum += at', 'sum -= at'));
    const other = run(['one']);
    assert.equal(other.warm, false);
    assert.equal(other.exports.sum(100), -5050);
    assert.equal(files().length, 3);
  });

  it('keeps what was compiled later, too, and writes only when there is something to add', () => {
    run();
    const [name = ''] = files();
    const first = readFileSync(path.join(folder, name)).length;
    run([], (exports) => {
      for (let at = 0; at < 200; at++) (exports[`f${at}`] as (a: number) => object)(1);
    });
    const second = readFileSync(path.join(folder, name));
    assert.ok(second.length > first * 1.1, `${second.length} after ${first}`);
    run();
    assert.deepEqual(readFileSync(path.join(folder, name)), second);
  });

  it('takes nothing that is not whole', () => {
    run();
    const [name = ''] = files();
    const kept = path.join(folder, name);
    const whole = readFileSync(kept);
    for (const bytes of [
      Buffer.alloc(0),
      whole.subarray(0, 20),
      whole.subarray(0, whole.length - 1),
      Buffer.concat([whole.subarray(0, 200), Buffer.from([(whole[200] ?? 0) ^ 1]), whole.subarray(201)]),
    ]) {
      writeFileSync(kept, bytes);
      const ran = run();
      assert.equal(ran.warm, false);
      assert.equal(ran.exports.sum(4), 10);
      assert.deepEqual(readFileSync(kept).subarray(32).length > 0, true);
      assert.equal(run().warm, true);
    }
  });

  it('takes nothing from a folder that others can write to, or that is elsewhere', function () {
    if (process.platform === 'win32') return this.skip();
    run();
    chmodSync(folder, 0o777);
    assert.equal(run().warm, false);
    chmodSync(folder, 0o700);
    assert.equal(run().warm, true);
    const other = path.join(root, 'link');
    symlinkSync(folder, other);
    const program = cachedProgram(file, { folder: other, variant: [] });
    assert.equal(program.warm, false);
  });

  it('runs where nothing can be kept', () => {
    mkdirSync(path.dirname(folder), { recursive: true });
    writeFileSync(folder, 'a file where the folder should be');
    const ran = run();
    assert.equal(ran.warm, false);
    assert.equal(ran.exports.sum(4), 10);
    const without = cachedProgram(file, { folder: undefined, variant: [] });
    assert.equal(without.warm, false);
    without.keep();
  });

  it('does not grow without end', () => {
    for (let at = 0; at < 30; at++) run([String(at)]);
    assert.equal(files().length, 24);
  });
});
