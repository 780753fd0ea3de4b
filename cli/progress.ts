import type { TraceLine } from '../runner/index.js';
import { plain, type Terminal } from './terminal.js';

/** Shows on the error stream what a run is doing. */
export interface Progress {
  event(line: TraceLine): void;
  end(): void;
}

/** A line for each thing a person may want to know of while it happens. `quiet` shows nothing. */
export function progressOf(terminal: Terminal, quiet: boolean): Progress {
  const { paint } = terminal;
  return {
    event(line) {
      const said = quiet ? undefined : words(line, terminal);
      if (said !== undefined) terminal.err(`${paint('dim', clock(line.mono))}  ${said}\n`);
    },
    end: () => undefined,
  };
}

function words(line: TraceLine, { paint }: Terminal): string | undefined {
  switch (line.event) {
    case 'step.entered':
      return `${paint('bold', plain(line.data.title || (line.step ?? '')))} ${paint('dim', `(${line.data.kind})`)}`;
    case 'step.skipped':
      return paint('dim', `  skipped: ${plain(line.data.because)}`);
    case 'step.left':
      return line.data.error === null
        ? undefined
        : paint('yellow', `  ${line.data.outcome}: ${plain(line.data.error)}`);
    case 'branch':
      return paint('dim', `  ${plain(JSON.stringify(line.data.value))} → ${plain(line.data.taken)}`);
    case 'iteration':
      return paint(
        'dim',
        `  round ${line.data.index + 1} of ${line.data.of}: ${plain(JSON.stringify(line.data.item))}`,
      );
    case 'called':
      return paint('dim', `  runs ${plain(line.data.playbook)} ${plain(line.data.version)}`);
    case 'retry':
      return paint('yellow', `  attempt ${line.data.attempt} of ${line.data.of}: ${plain(line.data.because)}`);
    case 'joined':
      return line.data.stopped.length === 0
        ? undefined
        : paint('dim', `  stopped: ${line.data.stopped.map(plain).join(', ')}`);
    case 'authorized':
      return line.data.decision === 'deny'
        ? paint('red', `  denied ${plain(line.data.tool)}: ${line.data.rule}: ${plain(line.data.reason)}`)
        : undefined;
    case 'executed':
      return `  ${plain(line.data.tool)}${line.data.simulated ? paint('dim', ' (simulated)') : ''}${line.data.ok ? '' : paint('yellow', ' failed')}`;
    case 'gate.opened':
      return paint('cyan', `  asks ${plain(line.data.roles.join(', '))}`);
    case 'decided':
      return paint(
        line.data.decision === 'approve' ? 'green' : 'yellow',
        `  ${plain(line.actor.id)} ${DECIDES[line.data.decision]}`,
      );
    case 'modified':
      return line.data.refused === null
        ? undefined
        : paint('yellow', `  the change is refused: ${plain(line.data.refused)}`);
    case 'escalated':
      return paint('cyan', `  handed to ${plain(line.data.to)}`);
    case 'undone':
      return paint('yellow', `  ${plain(line.actor.id)} took it back${line.data.ok ? '' : ', which failed'}`);
    case 'review.requested':
      return paint(
        'cyan',
        `  drawn for review${line.data.people.length > 0 ? `: ${plain(line.data.people.join(', '))}` : ''}`,
      );
    case 'killed':
      return paint('red', `  ended by ${plain(line.actor.id)}: ${plain(line.data.reason)}`);
    case 'gate.closed':
      return line.data.outcome === 'timed-out' ? paint('yellow', '  nobody answered: denied') : undefined;
    default:
      return undefined;
  }
}

const DECIDES = {
  approve: 'approves',
  reject: 'rejects',
  modify: 'changes it',
  escalate: 'hands it on',
  end: 'ends the run',
} as const;

function clock(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2).padStart(6)} s`;
}
