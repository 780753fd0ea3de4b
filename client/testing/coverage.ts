import { isAbsolute, join } from 'node:path';
import type { TraceLine } from '../../runner/protocol/trace.js';
import type { StepItem } from '../../server/protocol/requests.js';

/** How often the steps of a playbook were entered, by where their ids stand: `<line>:<character>`. */
export type StepCounts = ReadonlyMap<string, number>;

/** How often a step ran, and where it stands. */
export interface StepCoverage {
  readonly step: StepItem;
  readonly executed: number;
}

/** Counts the steps of one run as its lines come, those of called playbooks too. */
export interface StepCounter {
  add(line: TraceLine): void;
  /** By the whole path of the playbook; empty before the run opened. */
  readonly files: ReadonlyMap<string, StepCounts>;
}

/** @param playbook whole path of the playbook that is run: where the names of files in the trace count from */
export function createStepCounter(playbook: string): StepCounter {
  const files = new Map<string, Map<string, number>>();
  let base = '';
  return {
    files,
    add(line) {
      if (line.event === 'run.opened') {
        base = baseOf(playbook, line.data.playbook.file);
        // Also when none of its steps is entered.
        files.set(playbook, new Map());
      }
      if (line.event !== 'step.entered') return;
      const { place } = line.data;
      const file = isAbsolute(place.file) ? place.file : join(base, place.file);
      const counts = files.get(file) ?? new Map<string, number>();
      files.set(file, counts);
      const at = keyOf(place);
      counts.set(at, (counts.get(at) ?? 0) + 1);
    },
  };
}

/** Adds the counts of a run to those of the runs before it. */
export function addCounts(to: Map<string, number>, counts: StepCounts): void {
  for (const [at, count] of counts) to.set(at, (to.get(at) ?? 0) + count);
}

/** Every step of a playbook, whether it ran or not. */
export function coverageOf(steps: readonly StepItem[], counts: StepCounts): readonly StepCoverage[] {
  return steps.map((step) => ({ step, executed: counts.get(keyOf(step.at)) ?? 0 }));
}

function keyOf({ line, character }: { readonly line: number; readonly character: number }): string {
  return `${line}:${character}`;
}

/** The folder that a trace names files from, as it names its playbook `name`. */
function baseOf(playbook: string, name: string): string {
  if (isAbsolute(name)) return '';
  const path = playbook.replaceAll('\\', '/');
  return path.endsWith(`/${name}`) ? playbook.slice(0, -name.length - 1) : '';
}
