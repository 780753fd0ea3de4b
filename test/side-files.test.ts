import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { sideFiles } from '../runner/trace/side-files.js';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const defaults = manifest.contributes.configurationDefaults;

describe('What lies beside a trace', () => {
  const side = sideFiles('run.trace.jsonl');

  it('stands below it in the explorer of who has files nested, but for the folder, which VS Code does not nest', () => {
    const patterns: string = defaults['explorer.fileNesting.patterns']['*.trace.jsonl'];
    const nested = patterns.split(', ').map((one) => one.replace('${capture}', 'run'));
    const torn = side.torn(1).replace(/1$/, '*');
    assert.deepEqual(
      nested.sort(),
      [side.control, side.lock, side.checkpoints, side.personal, torn, 'run.exchange.jsonl'].sort(),
    );
  });

  it('is not found by a search where it is a part of lines', () => {
    assert.deepEqual(defaults['search.exclude'], { [side.blobs.replace('run', '**/*')]: true });
  });
});
