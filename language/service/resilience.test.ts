import assert from 'node:assert/strict';
import type { Range } from '../syntax/tree.js';
import { boundarySummary } from './boundary-summary.js';
import { complete } from './completion.js';
import { definitionOf } from './definition.js';
import { CATALOG, CATALOG_URI, HEADER, HOST, namesIn, PLAYBOOK_URI, POLICY, POLICY_URI } from './fixtures.test.js';
import { foldsOf } from './folding.js';
import { format } from './format.js';
import { highlightsAt } from './highlights.js';
import { hover } from './hover.js';
import { inlayHints } from './inlay-hints.js';
import { linkedRanges } from './linked-editing.js';
import { linksOf } from './links.js';
import { afterEnter } from './new-line.js';
import { proposals } from './proposals.js';
import { referencesTo } from './references.js';
import { rename, renameTarget } from './rename.js';
import { selectionsAt } from './selection.js';
import { semanticTokens } from './semantic-tokens.js';
import { signatureHelp } from './signature-help.js';
import { openSource, type SourceFile } from './source-file.js';
import { outlineOf } from './symbols.js';

const PLAYBOOK = `${HEADER}steps:
  - id: look # at the domain
    action: intel.domain_reputation
    with: { domain: "\${{ alert.entities.domains[0] }}" }
    on-error: continue
  - id: think
    agent:
      goal: >
        Find out about \${{ alert.time }},
        and more.
      tools:
        - intel.domain_reputation
        - { use: identity.suspend, where: args.user in alert.entities.users, max-calls: 2 }
      output:
        verdict: { enum: [good, bad] }
  - id: ask
    gate:
      ask: 'Suspend "\${{ alert.entities.users[0] }}"?'
      evidence: [steps.think.output.verdict, steps.look.output]
      grants: [suspend]
      approvers:
        roles:
          - analyst
    on-reject:
      - id: end
        stop: { outcome: stopped }
  - id: suspend
    action: identity.suspend
    with:
      user: "\${{ alert.entities.users[0] }}"
`;

describe('editor features', () => {
  const files = [
    [PLAYBOOK_URI, PLAYBOOK],
    [CATALOG_URI, CATALOG],
    [POLICY_URI, POLICY],
  ] as const;

  /** Asks for everything; edits must lie on one line around the cursor, and no label may come twice. */
  const askAll = (source: SourceFile, offset: number): void => {
    const items = complete(source, offset);
    assert.equal(new Set(items.map((item) => item.label)).size, items.length, `a label twice at ${offset}`);
    for (const { label, edit } of items) {
      const { start, end } = edit.range;
      assert.ok(start <= offset && offset <= end, `${label} is replaced at ${start}-${end}, typed at ${offset}`);
      assert.ok(!source.text.slice(start, end).includes('\n'), `${label} replaces a line break at ${offset}`);
    }
    hover(source, offset, HOST);
    signatureHelp(source, offset);
    const { file, world } = namesIn(source);
    definitionOf(file, offset, world);
    referencesTo(file, offset, world, true);
    highlightsAt(file, offset);
    linkedRanges(file, offset);
    const target = renameTarget(file, offset, world);
    if (!('refused' in target)) rename(target, 'other', file, world);
    let inner: Range | undefined;
    for (const range of selectionsAt(source, offset)) {
      assert.ok(range.start <= offset && offset <= range.end, `a selection beside ${offset}`);
      assert.ok(
        !inner || (range.start <= inner.start && inner.end <= range.end),
        `a selection in another at ${offset}`,
      );
      inner = range;
    }
    foldsOf(source);
    for (const proposal of proposals(source, { start: offset, end: offset + 40 }, HOST)) proposal.changes();
    afterEnter(source.text, offset);
  };

  const askWhole = (source: SourceFile): void => {
    outlineOf(source);
    semanticTokens(source);
    inlayHints(source, { start: 0, end: source.text.length }, { autonomy: true, approver: true, types: true }, HOST);
    linksOf(source, 'https://docs.example/');
    boundarySummary(source);
    format(source.text, { size: 2 });
  };

  const open = (uri: string, text: string): SourceFile => {
    const source = openSource(uri, text, HOST);
    assert.ok(source);
    return source;
  };

  it('answer at every place of every kind of file', () => {
    for (const [uri, text] of files) {
      const source = open(uri, text);
      for (let offset = 0; offset <= text.length; offset++) askAll(source, offset);
    }
  });

  it('answer at the end of a file that is only half there', () => {
    for (const [uri, text] of files) {
      for (let end = 0; end <= text.length; end += 3) {
        const source = open(uri, text.slice(0, end));
        askAll(source, end);
        askWhole(source);
      }
    }
  });

  it('answer where lines have gone missing', () => {
    for (const [uri, text] of files) {
      const lines = text.split('\n');
      for (let gone = 0; gone < lines.length; gone++) {
        const above = lines.slice(0, gone).join('\n');
        const source = open(uri, [above, ...lines.slice(gone + 2)].join('\n'));
        askAll(source, above.length);
        askWhole(source);
      }
    }
  });

  it('find the same place in a long playbook as in a short one', () => {
    const step = (index: number): string => `  - id: s${index}\n    action: identity.suspend\n    autonomy: approve\n`;
    const long = (cursor: string): { source: SourceFile; offset: number } => {
      const steps = Array.from({ length: 200 }, (_, index) => (index === 150 ? cursor : step(index)));
      const marked = `${HEADER}steps:\n${steps.join('')}`;
      return { source: open(PLAYBOOK_URI, marked.replace('|', '')), offset: marked.indexOf('|') };
    };
    const labels = (cursor: string): string[] => {
      const { source, offset } = long(cursor);
      return complete(source, offset).map((item) => item.label);
    };
    assert.deepEqual(labels('  - id: here\n    action: identity.suspend\n    autonomy: |\n')[0], 'manual');
    assert.ok(labels('  - id: here\n    action: identity.suspend\n    |\n').includes('where'));
    assert.ok(!labels('  - id: here\n    action: identity.suspend\n    |\n').includes('action'));
    assert.ok(labels('  - |\n').includes('gate'));
    assert.ok(labels('  |\n').includes('gate'));
    assert.deepEqual(labels('|\n'), [
      'description',
      'attack',
      'inputs',
      'context',
      'autonomy',
      'defaults',
      'verdict',
      'feedback',
      'examples',
    ]);
  });
});
