import assert from 'node:assert/strict';
import { importedWords } from './imported-words.js';

describe('What is told of a playbook that was imported', () => {
  const reply = { kind: 'files', product: 'CACAO 2.0', files: [], undecided: 0, notes: [] } as const;

  it('is what is left to decide', () => {
    assert.equal(importedWords('a.json', reply), 'a.json is imported. Every act has the level it has in CACAO 2.0.');
    assert.match(
      importedWords('a.json', { ...reply, undecided: 1 }),
      /1 step is as CACAO 2\.0 has it, and nobody here has decided so/,
    );
    assert.match(importedWords('a.json', { ...reply, undecided: 2 }), /2 steps are as CACAO 2\.0 has them/);
  });

  it('is the first note, and how many there are', () => {
    assert.match(importedWords('a.json', { ...reply, notes: ['One.', 'Two.', 'Three.'] }), / One\. \(and 2 more\)$/);
  });
});
