import assert from 'node:assert/strict';
import { libraryOf } from './library-tree.js';

describe('The library of a workspace', () => {
  it('has its files by kind and folder, in order, and no others', () => {
    const sections = libraryOf([
      'b.playbook.yaml',
      'cases/two.case.yaml',
      'net/cases/one.case.yaml',
      'cases/one.case.yaml',
      'a.playbook.yaml',
      'catalogs/mail.tools.yaml',
      'policies/soc.policy.yaml',
      'policies/soc.policy.test.yaml',
      'notes.yaml',
      'countersign.config.yaml',
    ]);
    assert.deepEqual(
      sections.map(({ label, folders }) => [
        label,
        folders.map(({ path, files }) => [path, files.map(({ name }) => name)]),
      ]),
      [
        ['Playbooks', [['', ['a', 'b']]]],
        ['Catalogs', [['catalogs', ['mail']]]],
        ['Policies', [['policies', ['soc']]]],
        ['Policy tests', [['policies', ['soc']]]],
        [
          'Cases',
          [
            ['cases', ['one', 'two']],
            ['net/cases', ['one']],
          ],
        ],
      ],
    );
  });

  it('is empty where there is nothing of ours', () => {
    assert.deepEqual(libraryOf(['a.yaml']), []);
  });
});
