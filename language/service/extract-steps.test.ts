import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileHost } from '../host.js';
import { loadPlaybook } from '../load.js';
import { allSteps, childLists } from '../model/playbook.js';
import { patchText } from '../syntax/patched-text.js';
import { extractProposals } from './extract-steps.js';
import { openSource } from './source-file.js';

const SAMPLES = fileURLToPath(new URL('../../../playbooks/', import.meta.url));
const FOLDER = 'file:///samples/';

describe('extracting steps', () => {
  const made = new Map<string, string>();
  const host: FileHost = {
    today: '2026-07-01',
    read: (uri) => {
      const known = made.get(uri);
      if (known !== undefined) return known;
      try {
        return readFileSync(path.join(SAMPLES, uri.slice(FOLDER.length)), 'utf8');
      } catch {
        return undefined;
      }
    },
  };

  it('leaves two sound playbooks wherever it is offered in the samples', () => {
    let count = 0;
    for (const name of readdirSync(SAMPLES).filter((file) => file.endsWith('.playbook.yaml'))) {
      const uri = FOLDER + name;
      made.clear();
      const text = host.read(uri) ?? '';
      const source = openSource(uri, text, host);
      assert.ok(source?.playbook);
      const top = source.playbook.playbook.steps;
      const lists = [top, ...[...allSteps(top)].flatMap((step) => childLists(step).map(({ steps }) => steps))];
      for (const list of lists) {
        for (const [index, from] of list.entries()) {
          for (const to of list.slice(index, index + 3)) {
            made.clear();
            const range = { start: from.node.range.start, end: to.node.range.end };
            const [proposal] = extractProposals(source, range, host);
            assert.ok(proposal, `${name}: ${from.id.value}`);
            if (proposal.disabled !== undefined) continue;
            count++;
            for (const { uri: file, create, edits } of proposal.changes())
              made.set(file, patchText(create ? '' : text, edits).text);
            assert.equal(made.size, 2);
            for (const [file, after] of made) {
              const wrong = loadPlaybook(file, after, host).problems.filter(
                // What the old playbook no longer uses is for its author to take off its lists.
                ({ rule }) => rule !== 'unused-catalog' && rule !== 'unused-context',
              );
              assert.deepEqual(wrong, [], `${name}: ${from.id.value} to ${to.id.value}\n${after}`);
            }
          }
        }
      }
    }
    assert.ok(count > 10);
  });
});
