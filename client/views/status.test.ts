import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { FILE_PATTERNS } from '../names.js';
import { statusWords } from './status-words.js';

describe('The language status', () => {
  it('knows every kind of file of ours, and a schema that is there', () => {
    for (const pattern of FILE_PATTERNS) {
      const words = statusWords(`/w/${pattern.replace('*', 'a')}`, 0, 0);
      assert.ok(words, pattern);
      assert.ok(existsSync(new URL(`../../../schemas/${words.schema}`, import.meta.url)), words.schema);
    }
    assert.equal(statusWords('/w/a.yaml', 0, 0), undefined);
  });

  it('counts what was found', () => {
    const says = (errors: number, warnings: number) => {
      const words = statusWords('/w/a.playbook.yaml', errors, warnings);
      return [words?.detail, words?.severity];
    };
    assert.deepEqual(says(0, 0), ['checked by Countersign: no problems', 'information']);
    assert.deepEqual(says(0, 1), ['checked by Countersign: 1 warning', 'warning']);
    assert.deepEqual(says(2, 1), ['checked by Countersign: 2 errors, 1 warning', 'error']);
  });
});
