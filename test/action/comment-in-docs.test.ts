import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { diffMarkdown } from '../../cli/diff/markdown.js';
import { reportOf } from '../../cli/diff/report.js';
import { diskTree, reviewTrees, type Tree } from '../../revisions/index.js';
import { isOfFirstSamples } from '../platform/first-samples.js';
import { repository } from '../platform/repository.js';

/** A change as people make them: what the night shift finds in its way, in three files of the samples. */
const CHANGE: readonly (readonly [file: string, was: RegExp, is: string])[] = [
  ['playbooks/contain-host.playbook.yaml', /expires: 30m/, 'expires: 4h'],
  ['playbooks/contain-host.playbook.yaml', /on-timeout:\n(?: {6}.*\n)+/, 'on-timeout: continue\n'],
  ['playbooks/phishing-triage.playbook.yaml', / && steps\.sender_reputation\.output\.score <= 20/, ''],
  ['playbooks/policies/default.policy.yaml', /incident-commander: \[/, 'incident-commander: [bo@soc.example, '],
];
const [HEAD, BASE] = ['c4d9e0b7a1f25863e97d4c0b8a6f1e2d3c5b7a98', '1f0c2b9d4e77a60c3be2f3c8d6a5b49ef2c01d38'];

describe('The docs of the action', () => {
  const { inputs, outputs } = parse(readFileSync(path.join(repository, 'action.yml'), 'utf8'));
  const page = readFileSync(path.join(repository, 'docs/review.md'), 'utf8');

  it('name its inputs with their defaults, and its outputs', () => {
    for (const [name, { default: value }] of Object.entries<{ readonly default: string }>(inputs))
      assert.match(
        page,
        new RegExp(`^\\| \`${name}\` +\\| ${value === '' ? '' : `\`${value.replace(/[.$*{}]/g, '\\$&')}\``} +\\|`, 'm'),
        name,
      );
    const [table = ''] = page.split(/^\| output +\|/m)[1]?.split('\n\n') ?? [];
    assert.deepEqual(
      [...table.matchAll(/^\| (`.*?`) +\|/gm)]
        .flatMap(([, names = '']) => names.replaceAll('`', '').split(', '))
        .sort(),
      Object.keys(outputs).sort(),
    );
  });

  it('have workflows that are YAML', () => {
    const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    assert.ok(blocks.length >= 5);
    for (const text of blocks) assert.doesNotThrow(() => parse(text), text);
  });
});

/** docs/review.md shows the comment of a pull request as it is rendered: the very text, in a quotation. */
describe('The comment that the docs show', () => {
  it('is what the change comes to', () => {
    const files = readdirSync(path.join(repository, 'playbooks'), { recursive: true, encoding: 'utf8' })
      .map((file) => file.split(path.sep).join('/'))
      // A further sample changes nothing in it.
      .filter((file) => isOfFirstSamples(file) && /\.(playbook|policy|tools)\.yaml$/.test(file))
      .map((file) => `playbooks/${file}`)
      .sort();
    const before = diskTree(repository, 'before', files);
    const after: Tree = {
      ...before,
      read: (file) =>
        CHANGE.filter(([changed]) => changed === file).reduce((text, [, was, is]) => {
          assert.match(text ?? '', was);
          return text?.replace(was, is);
        }, before.read(file)),
    };
    const review = reviewTrees({ ...before, commit: BASE }, { ...after, commit: HEAD }, repository, undefined);
    const comment = diffMarkdown(reportOf(review, repository, '2026-11-26'));
    const quoted = comment.trimEnd().replace(/^/gm, '> ').replace(/ +$/gm, '');
    const page = readFileSync(path.join(repository, 'docs/review.md'), 'utf8');
    assert.ok(page.includes(`\n${quoted}\n`), `docs/review.md has another comment than:\n${quoted}`);
  });
});
