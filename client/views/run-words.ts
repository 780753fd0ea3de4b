import { shortened, visible } from '../viewer/events/visible.js';
import type { RunSummary } from './run-summary.js';

/** Whether a run goes on: in this window, in another process, or not. */
export type Going =
  | { readonly in: 'here'; readonly waiting: number }
  | { readonly in: 'elsewhere' }
  | { readonly in: 'none' };

/** A run as a tree shows it. */
export interface RunWords {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  /** Name of a codicon, and of a colour of the theme. */
  readonly icon: string;
  readonly colour: string | undefined;
  /** What may be done with it; the menus of package.json ask for this. */
  readonly context: 'run.here' | 'run.elsewhere' | 'run.ended' | 'run.cut' | 'run.unreadable';
  /** For a screen reader. */
  readonly spoken: string;
}

const ICONS: ReadonlyMap<string, readonly [icon: string, colour: string]> = new Map([
  ['completed', ['pass', 'testing.iconPassed']],
  ['escalated', ['arrow-up', 'charts.blue']],
  ['stopped', ['circle-slash', 'charts.yellow']],
  ['denied', ['circle-slash', 'charts.yellow']],
  ['cancelled', ['circle-slash', 'disabledForeground']],
  ['failed', ['error', 'testing.iconFailed']],
]);

/**
 * @param name of the trace file
 * @param when says an RFC 3339 time as people here write it
 */
export function runWords(name: string, summary: RunSummary, going: Going, when: (time: string) => string): RunWords {
  if (summary.kind === 'unreadable') return unreadable(name, going);
  const { playbook, case: sample, started, model, end } = summary;
  const [label, on] = [line(playbook), line(sample)];
  const time = line(when(started));
  const about = [`Trace: ${line(name)}`, `Started: ${time}`, `Agent steps answered by: ${line(model)}`];
  const words = (
    [icon, colour]: readonly [string, string | undefined],
    context: RunWords['context'],
    state: readonly string[],
    more: readonly string[],
  ): RunWords => ({
    label,
    // How it stands comes first: a narrow view shows no more of it.
    description: [...state, on, time].join(' · '),
    tooltip: [`${label} on ${on}`, state.join(', '), ...more, ...about].join('\n'),
    icon,
    colour,
    context,
    spoken: `${label} on ${on}, ${[...state, time].join(', ')}`,
  });
  if (going.in === 'here') {
    const waits =
      going.waiting === 0 ? [] : [going.waiting === 1 ? 'waits for a person' : `waits for ${going.waiting} answers`];
    const icon = going.waiting > 0 ? (['bell-dot', 'charts.yellow'] as const) : (['sync~spin', undefined] as const);
    return words(icon, 'run.here', ['running', ...waits], []);
  }
  if (going.in === 'elsewhere') {
    const how = 'It was started outside of this window: "countersign kill" ends it.';
    return words(['sync~spin', undefined], 'run.elsewhere', ['running elsewhere'], [how]);
  }
  if (end === null) {
    const how = 'The run broke off before its end. "Resume Run…" goes on with it.';
    return words(['debug-disconnect', 'charts.yellow'], 'run.cut', ['cut off'], [how]);
  }
  const { outcome, verdict, reason, usd } = end;
  const found = verdict === null ? [] : [line(verdict)];
  return words(
    ICONS.get(outcome) ?? ['question', undefined],
    'run.ended',
    [line(outcome), ...found, cost(usd)],
    [line(reason, 300)],
  );
}

function unreadable(name: string, going: Going): RunWords {
  const label = line(name);
  const starts = going.in !== 'none';
  const state = starts ? 'starting' : 'cannot be read';
  return {
    label,
    description: state,
    tooltip: starts
      ? label
      : `${label}\nIts first line is not that of a trace that this version reads. Open it for what is wrong.`,
    icon: starts ? 'sync~spin' : 'warning',
    colour: starts ? undefined : 'list.warningForeground',
    context: going.in === 'here' ? 'run.here' : going.in === 'elsewhere' ? 'run.elsewhere' : 'run.unreadable',
    spoken: `${label}, ${state}`,
  };
}

function cost(usd: number): string {
  return usd > 0 ? `$${usd.toFixed(usd < 0.01 ? 4 : 2)}` : 'no cost';
}

function line(text: string, length = 100): string {
  return visible(shortened(text, length));
}
