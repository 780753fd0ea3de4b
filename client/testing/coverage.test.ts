import assert from 'node:assert/strict';
import type { TraceLine } from '../../runner/protocol/trace.js';
import type { StepItem } from '../../server/protocol/requests.js';
import { addCounts, coverageOf, createStepCounter } from './coverage.js';

const opened = (file: string): TraceLine => ({ event: 'run.opened', data: { playbook: { file } } }) as TraceLine;
const step = (event: 'step.entered' | 'step.skipped', file: string, line: number): TraceLine =>
  ({ event, data: { place: { file, line, character: 8 } } }) as TraceLine;
const item = (id: string, line: number): StepItem => ({
  ...{ id, kind: 'action', at: { line, character: 8 } },
  range: { start: { line, character: 4 }, end: { line: line + 1, character: 20 } },
});

describe('Which steps ran', () => {
  it('is counted from the trace, in called playbooks too; what is skipped or never reached did not', () => {
    const counter = createStepCounter('/w/deep/p.playbook.yaml');
    assert.equal(counter.files.size, 0);
    const lines = [
      opened('deep/p.playbook.yaml'),
      step('step.entered', 'deep/p.playbook.yaml', 3),
      step('step.entered', 'deep/p.playbook.yaml', 3),
      step('step.skipped', 'deep/p.playbook.yaml', 5),
      step('step.entered', 'called.playbook.yaml', 1),
      step('step.entered', '/else/where.playbook.yaml', 2),
    ];
    for (const line of lines) counter.add(line);
    assert.deepEqual(
      [...counter.files.keys()],
      ['/w/deep/p.playbook.yaml', '/w/called.playbook.yaml', '/else/where.playbook.yaml'],
    );
    const counts = counter.files.get('/w/deep/p.playbook.yaml') ?? new Map();
    const covered = coverageOf([item('twice', 3), item('skipped', 5), item('never', 7)], counts);
    assert.deepEqual(
      covered.map(({ step: { id }, executed }) => [id, executed]),
      [
        ['twice', 2],
        ['skipped', 0],
        ['never', 0],
      ],
    );
  });

  it('adds up over runs, each of which stays as it was', () => {
    const all = new Map<string, number>();
    const first = new Map([['3:8', 2]]);
    addCounts(all, first);
    addCounts(all, new Map([...first, ['5:8', 1]]));
    assert.deepEqual(Object.fromEntries(all), { '3:8': 4, '5:8': 1 });
    assert.deepEqual(Object.fromEntries(first), { '3:8': 2 });
  });

  it('is known of a playbook beside which the trace does not lie, and of one that entered nothing', () => {
    const counter = createStepCounter('/w/p.playbook.yaml');
    counter.add(opened('/w/p.playbook.yaml'));
    assert.deepEqual([...counter.files.keys()], ['/w/p.playbook.yaml']);
  });
});
