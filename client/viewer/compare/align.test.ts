import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { TraceLine } from '../../../runner/protocol/trace.js';
import { smallTrace } from '../testing/sample-trace.test.js';
import { BLOCK, Script, structured } from '../testing/structured-trace.test.js';
import { compare, type Difference } from './align.js';
import { Outline } from './outline.js';

function outline(lines: readonly TraceLine[]) {
  const made = new Outline();
  for (const line of lines) made.add(line);
  return made.items;
}

function differences(a: readonly TraceLine[], b: readonly TraceLine[]): readonly string[] {
  return compare(outline(a), outline(b)).map(({ kind, a: one, b: other }) => {
    const item = one ?? other;
    return `${kind} ${item?.kind} ${item?.step} ${item?.tool}: ${one?.decision}/${other?.decision}`;
  });
}

describe('Two traces', () => {
  const act = (decision: 'permit' | 'deny', ip = '203.0.113.7') => {
    const call = { ...BLOCK, arguments: { ip } };
    const script = new Script().enter('act', 'action').propose('act', call).decide('act', call, decision, 'a-rule');
    return (decision === 'permit' ? script.execute('act', call).leave('act') : script.leave('act', 'denied')).lines;
  };

  it('differ first in what was decided, then in how it ended, then in arguments', () => {
    assert.deepEqual(differences(act('permit'), act('deny')), [
      'decision call act net.block: permit (a-rule)/deny (a-rule)',
      'outcome step act : /',
    ]);
    assert.deepEqual(differences(act('permit'), act('permit', '203.0.113.8')), [
      'arguments call act net.block: permit (a-rule)/permit (a-rule)',
    ]);
  });

  it('are aligned by step, occurrence and tool, whatever lies between', () => {
    const more = new Script().enter('before', 'action').leave('before').enter('act', 'action').propose('act', BLOCK);
    more.decide('act', BLOCK, 'permit', 'a-rule').execute('act', BLOCK).leave('act');
    assert.deepEqual(differences(act('permit'), more.lines), ['only step before : undefined/']);
  });

  it('differ in who answered, and in the branch that was taken', () => {
    const took = (taken: string) =>
      new Script().enter('if', 'if').add('branch', 'if', { expression: 'x', value: true, taken }).leave('if').lines;
    assert.deepEqual(differences(took('then'), took('else')), ['decision step if : took then/took else']);
    const asked = (decision: 'approve' | 'reject') =>
      new Script().enter('g', 'gate').ask('g', [BLOCK]).answer('g', decision).lines;
    assert.deepEqual(differences(asked('approve'), asked('reject')), [
      'decision question g : approved: approve by cy@soc.example/rejected: reject by cy@soc.example',
    ]);
  });

  const lines = [...structured().lines, ...smallTrace()];
  const traces = fc.subarray(lines);

  it('that are the same differ in nothing', () => {
    fc.assert(fc.property(traces, (some) => assert.deepEqual(compare(outline(some), outline(some)), [])));
  });

  it('differ the same, seen from either side', () => {
    fc.assert(
      fc.property(traces, traces, (one, other) => {
        const [a, b] = [outline(one), outline(other)];
        assert.deepEqual(compare(b, a), flipped(compare(a, b)));
      }),
    );
  });

  it('differ in something where an outcome does, wherever it is', () => {
    const left = lines.flatMap((line, index) => (line.event === 'step.left' ? [index] : []));
    fc.assert(
      fc.property(fc.constantFrom(...left), (at) => {
        const changed = lines.map((line, index) =>
          index === at && line.event === 'step.left'
            ? { ...line, data: { ...line.data, outcome: 'refused' as const } }
            : line,
        );
        assert.notDeepEqual(compare(outline(lines), outline(changed)), []);
      }),
    );
  });
});

/** The other way round. */
function flipped(differences: readonly Difference[]): readonly Difference[] {
  return differences.map(({ kind, key, a, b }) => ({ kind, key, a: b, b: a }));
}
