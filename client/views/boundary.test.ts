import assert from 'node:assert/strict';
import type { BoundaryItem, BoundaryReply } from '../../server/protocol/requests.js';
import { boundaryGroups, boundaryMessage, cellWords, nextBoundary } from './boundary-tree.js';

const CELL: BoundaryItem = {
  step: 'suspend',
  tool: 'identity.suspend',
  effect: 'contain',
  scope: 'alert.user',
  autonomy: 'approve',
  approval: { gate: 'ask', roles: ['commander'], quorum: 1, expires: '30m' },
  bounds: ['once'],
  untrusted: [],
  undo: 'identity.restore',
  accountable: 'commander',
  verdict: 'proven',
  because: 'Every path to it has the approval of "ask".',
  place: { uri: 'file:///a', range: { start: { line: 3, character: 1 }, end: { line: 3, character: 9 } } },
};
const reply = (cells: readonly BoundaryItem[]): BoundaryReply => ({
  kind: 'boundary',
  playbook: 'a',
  operatingModel: 'ai-augmented',
  cells,
});

describe('The boundary as a tree', () => {
  it('is grouped by who decides, what nobody is asked about first, and loses no act', () => {
    const cells: readonly BoundaryItem[] = [
      { ...CELL, autonomy: 'manual', approval: null },
      { ...CELL, approval: null },
      CELL,
      { ...CELL, step: 'b', approval: { gate: 'other', roles: ['analyst', 'commander'], quorum: 2, expires: null } },
      { ...CELL, step: 'c' },
      { ...CELL, autonomy: 'assist', approval: null },
      { ...CELL, autonomy: 'notify', approval: null },
      { ...CELL, autonomy: 'autonomous', approval: null },
    ];
    assert.deepEqual(
      boundaryGroups({ cells }).map(({ label, cells: own }) => [label, own.length]),
      [
        ['Without a person', 1],
        ['Without a person, who is told', 1],
        ['Approval: 2 of analyst or commander', 1],
        ['Approval: commander', 2],
        ['Approval: nobody can give it', 1],
        ['A person does it, prepared for them', 1],
        ['A person does it', 1],
      ],
    );
  });

  it('says of other products that a person may be asked in vain, and nothing of undoing', () => {
    const cells: readonly BoundaryItem[] = [{ ...CELL, approval: null, undo: null }];
    const [group] = boundaryGroups({ cells, product: 'CACAO 2.0' });
    assert.equal(group?.label, 'A person takes part, and decides nothing');
    assert.doesNotMatch(cellWords(cells[0] ?? CELL, 'CACAO 2.0').tooltip, /Undone/);
  });

  it('is what can be read of a text that was broken from the first, until it is whole', () => {
    const readable = reply([CELL]);
    assert.ok(readable.kind === 'boundary');
    const partial = nextBoundary(undefined, 'a', { kind: 'broken', readable });
    assert.deepEqual(partial, { uri: 'a', boundary: readable, broken: true, partial: true });
    assert.match(boundaryMessage(partial) ?? '', /parts may be missing/);
    const less = reply([]);
    assert.ok(less.kind === 'boundary');
    assert.equal(nextBoundary(partial, 'a', { kind: 'broken', readable: less })?.boundary, less);
    assert.equal(nextBoundary(partial, 'a', reply([]))?.broken, false);
  });

  it('has acts with step and target, and their verdict where it is not the wanted one', () => {
    assert.equal(cellWords(CELL).description, 'suspend · alert.user');
    assert.match(cellWords(CELL).tooltip, /Asked at: ask, valid for 30m\nBounds: once\nUndone by: identity\.restore/);
    const violated = cellWords({ ...CELL, verdict: 'violated', because: 'No gate grants it.' });
    assert.equal(violated.description, 'violated · suspend · alert.user');
    assert.match(violated.tooltip, /No gate grants it\./);
    assert.match(cellWords({ ...CELL, scope: 'a\u202eb' }).description, /U\+202E/);
  });

  it('stays as it was while the text is broken, and never shows one playbook’s acts for another', () => {
    const whole = nextBoundary(undefined, 'a', reply([CELL]));
    const broken = nextBoundary(whole, 'a', { kind: 'broken' });
    assert.deepEqual(broken, { uri: 'a', boundary: reply([CELL]), broken: true, partial: false });
    assert.match(boundaryMessage(broken) ?? '', /said before/);
    assert.deepEqual(nextBoundary(broken, 'a', { kind: 'broken' }), broken);
    assert.deepEqual(nextBoundary(broken, 'b', { kind: 'broken' }), {
      uri: 'b',
      boundary: undefined,
      broken: true,
      partial: true,
    });
    assert.deepEqual(nextBoundary(broken, 'a', reply([])), {
      uri: 'a',
      boundary: reply([]),
      broken: false,
      partial: false,
    });
    assert.match(boundaryMessage(nextBoundary(broken, 'a', reply([]))) ?? '', /only reads/);
    assert.equal(nextBoundary(broken, 'a', null), undefined);
    assert.equal(boundaryMessage(whole), undefined);
  });
});
