import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SourcePlace, TraceLine } from '../../runner/protocol/trace.js';
import { TraceMemory } from './held-trace.js';

/** Lines of a run in which steps come again, with and without places of their own. */
const lines = fc
  .array(
    fc.tuple(
      fc.constantFrom('step.entered', 'step.skipped', 'authorized', 'executed', 'budget'),
      fc.constantFrom('a', 'b', null),
      fc.nat(9),
      fc.boolean(),
    ),
  )
  .map((some) => {
    const opened = {
      event: 'run.opened',
      step: null,
      seq: 0,
      run: 'r',
      data: { playbook: { file: 'p.playbook.yaml' } },
    };
    const rest = some.map(([event, step, line, placed], index) => {
      const place = { file: 'p.playbook.yaml', line, character: 2 };
      const always = event.startsWith('step.');
      return {
        event,
        step,
        seq: index + 1,
        data: event === 'authorized' || always ? { place: placed || always ? place : null } : {},
      };
    });
    return [opened, ...rest] as unknown as readonly TraceLine[];
  });

describe('What is remembered of a trace', () => {
  it('leads to the same places as the whole of it', () => {
    fc.assert(
      fc.property(lines, (some) => {
        const memory = new TraceMemory();
        memory.add(some);
        for (const { seq } of some) assert.deepEqual(memory.placeOf(seq), placeOf(some, seq), `line ${seq}`);
        assert.equal(memory.placeOf(some.length), undefined);
      }),
    );
  });

  it('has short traces whole, and reads a line of a long one again', async () => {
    const asked: number[] = [];
    const memory = new TraceMemory(async (seq) => {
      asked.push(seq);
      return undefined;
    });
    const line = (seq: number) => ({ event: 'budget', step: null, seq, data: {} }) as unknown as TraceLine;
    memory.add(Array.from({ length: 20_010 }, (_, seq) => line(seq)));
    assert.equal((await memory.line(19_999))?.seq, 19_999);
    assert.equal(await memory.line(20_005), undefined);
    assert.equal(await memory.line(20_010), undefined, 'there is no such line');
    assert.deepEqual(asked, [20_005]);
  });
});

/**
 * Where an event comes from: its own place, or that of the step it happened in, or the top of the playbook:
 * looked up in the whole trace. `undefined` for a number no line has.
 */
function placeOf(lines: readonly TraceLine[], seq: number): SourcePlace | undefined {
  const at = lines[seq]?.seq === seq ? seq : lines.findIndex((line) => line.seq === seq);
  const line = lines[at];
  if (line === undefined) return undefined;
  if ('place' in line.data && line.data.place !== null) return line.data.place;
  for (let before = at; line.step !== null && before >= 0; before--) {
    const other = lines[before];
    if (other?.step === line.step && (other.event === 'step.entered' || other.event === 'step.skipped')) {
      return other.data.place;
    }
  }
  const opened = lines.find((other) => other.event === 'run.opened');
  return opened?.event === 'run.opened' ? { file: opened.data.playbook.file, line: 0, character: 0 } : undefined;
}
