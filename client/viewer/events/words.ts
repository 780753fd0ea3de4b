import type { Actor, Call, Json, StepOutcome, TraceEvents, TraceLine } from '../../../runner/protocol/trace.js';
import { span } from './span.js';
import type { Story } from './story.js';
import { shortened, visible } from './visible.js';

export type Tone = 'plain' | 'quiet' | 'good' | 'bad' | 'warning' | 'heading';

/** How one event reads: a codicon, a tone and plain words. `note` is said more quietly after the words. */
export interface Words {
  readonly icon: string;
  readonly tone: Tone;
  readonly text: string;
  readonly note: string;
}

/** Longest piece of a value in a row; the details show all of it. */
const PIECE = 160;

/** One line of plain words for an event, safe to show: hidden characters are made visible. */
export function wordsFor(line: TraceLine, story: Story): Words {
  const { icon, tone, text, note } = say(line, story);
  return { icon, tone, text: visible(shortened(text, 400)), note: visible(shortened(note, 400)) };
}

function say(line: TraceLine, story: Story): Words {
  switch (line.event) {
    case 'run.opened': {
      const { playbook, case: sample, startedBy } = line.data;
      return words(
        'play',
        'plain',
        `Dry run of ${playbook.id} ${playbook.version}`,
        `case ${sample.id}, by ${startedBy}`,
      );
    }
    case 'step.entered':
      return words(kindIcon(line.data.kind), 'heading', line.data.title || line.step || '', because(line.data));
    case 'step.skipped':
      return words('debug-step-over', 'quiet', `Skipped ${line.step ?? 'a step'}`, line.data.because);
    case 'step.left': {
      const { outcome, error, handler } = line.data;
      const handled = handler === null ? '' : `, then ${handler}`;
      const { icon, tone, text } = LEFT[outcome];
      return words(icon, tone, `${text}${handled}`, error ?? '');
    }
    case 'branch':
      return words(
        'git-branch',
        'plain',
        `Took ${line.data.taken}`,
        `${line.data.expression} is ${brief(line.data.value)}`,
      );
    case 'iteration': {
      const { index, of, item } = line.data;
      return words('sync', 'plain', `Round ${index + 1} of ${of}`, brief(item));
    }
    case 'joined': {
      const { join, through, stopped } = line.data;
      const done = through.length === 0 ? 'No branch came to its end' : `Came to the end: ${through.join(', ')}`;
      const cut = stopped.length === 0 ? '' : `stopped before: ${stopped.join(', ')}`;
      return words('git-merge', cut !== '' && join === 'all' ? 'warning' : 'plain', done, cut);
    }
    case 'called': {
      const { playbook, version, inputs } = line.data;
      const given = Object.keys(inputs).length === 0 ? 'without inputs' : `with ${brief(inputs)}`;
      return words('references', 'plain', `Went into ${playbook} ${version}`, given);
    }
    case 'retry': {
      const { attempt, of, delayMs, because: why } = line.data;
      const wait = delayMs === 0 ? '' : ` after ${span(delayMs)}`;
      return words('refresh', 'warning', `Tried again${wait}, attempt ${attempt} of ${of}`, why);
    }
    case 'model.request': {
      const { turn, messages, tools } = line.data;
      const offered = tools.length === 0 ? 'no tools' : `${tools.length} ${plural('tool', tools.length)} offered`;
      return words(
        'comment',
        'quiet',
        `Asked the ${agentName(story)}, turn ${turn}`,
        `${messages} ${plural('message', messages)}, ${offered}`,
      );
    }
    case 'model.response': {
      const { calls, text, stopReason } = line.data;
      const who = capital(agentName(story));
      if (calls.length > 0)
        return words('sparkle', 'plain', `${who} wants ${calls.map((call) => call.tool).join(', ')}`, text);
      if (stopReason === 'end') return words('sparkle', 'plain', `${who} answered`, text);
      return words('sparkle', 'warning', `${who} stopped: ${stopReason}`, text);
    }
    case 'proposed': {
      const { call } = line.data;
      const who = line.actor.kind === 'agent' ? 'Agent proposed' : 'Playbook proposed';
      return words('arrow-small-right', 'plain', `${who} ${call.tool}`, onWhat(call));
    }
    case 'authorized': {
      const { decision, tool, reason } = line.data;
      if (decision === 'permit') return words('pass', 'quiet', `Allowed ${tool}`, reason);
      if (decision === 'deny') return words('circle-slash', 'bad', `Denied ${tool}`, reason);
      return words('shield', 'warning', `${tool} needs approval`, reason);
    }
    case 'gate.opened':
      return words(
        'shield',
        'warning',
        `Asked for approval of ${count(line.data.calls.length, 'call')}`,
        line.data.ask,
      );
    case 'decided': {
      const roles = story.askedBefore(line.seq, line.data.gate)?.roles ?? [];
      const by = `${person(line.actor)}${roles.length > 0 ? ` as ${roles.join(' or ')}` : ''}`;
      const [icon, tone, text] = DECIDED[line.data.decision];
      return words(icon, tone, `${text} by ${by}`, line.data.reason);
    }
    case 'modified': {
      const { refused, after } = line.data;
      return refused === null
        ? words('edit', 'warning', `Changed by ${person(line.actor)}, asked afresh`, after.map(onWhat).join('; '))
        : words('circle-slash', 'bad', `The change by ${person(line.actor)} was refused`, refused);
    }
    case 'escalated':
      return words('arrow-up', 'warning', `Handed to ${line.data.to} by ${person(line.actor)}`, '');
    case 'gate.closed': {
      const { outcome, because: why } = line.data;
      if (outcome === 'approved') return words('pass', 'good', 'Approval complete', why);
      if (outcome === 'rejected') return words('error', 'bad', 'Not approved: rejected', why);
      if (outcome === 'timed-out') return words('watch', 'bad', 'Not approved: nobody answered in time', why);
      if (outcome === 'ended') return words('debug-stop', 'warning', 'Not approved: a person ended the run', why);
      if (outcome === 'withdrawn') return words('discard', 'quiet', 'The question was withdrawn', why);
      return words('circle-slash', 'bad', 'Not approved: nobody can approve this', why);
    }
    case 'task.opened':
      return words('person', 'warning', `Task for ${line.data.role || 'anybody'}`, line.data.task);
    case 'task.done':
      return line.data.performed
        ? words('check', 'good', `Task done by ${person(line.actor)}`, '')
        : words('close', 'bad', `Task not done, says ${person(line.actor)}`, '');
    case 'intent':
      return line.data.simulated
        ? words('beaker', 'quiet', `About to simulate ${line.data.tool}`, '')
        : words('arrow-right', 'quiet', `About to call ${line.data.tool}`, '');
    case 'executed': {
      const { tool, simulated, ok, source, call } = line.data;
      const target = story.call(call)?.target ?? null;
      const on = target === null ? '' : ` on ${target}`;
      if (!ok) return words('error', 'bad', `${tool} failed`, brief(line.data.result));
      if (simulated) return words('beaker', 'good', `Would have run ${tool}${on} (simulated)`, '');
      return words('output', 'plain', `${tool} answered`, source);
    }
    case 'withheld':
      return words('circle-slash', 'warning', `${line.data.tool} was not run after all`, line.data.reason);
    case 'undone':
      return line.data.ok
        ? words('discard', 'good', `Undone by ${person(line.actor)}`, line.data.reason)
        : words('error', 'bad', `Could not be undone for ${person(line.actor)}`, line.data.reason);
    case 'review.requested': {
      const { people, roles, rate } = line.data;
      const who = people.join(', ') || roles.join(', ') || 'nobody is named for it';
      return words('eye', 'plain', `Drawn for review: ${who}`, `${Number((rate * 100).toFixed(2))}% are drawn`);
    }
    case 'killed':
      return words('debug-stop', 'bad', `Ended from outside by ${person(line.actor)}`, line.data.reason);
    case 'notified':
      return words(
        'bell',
        'plain',
        `Told ${line.data.people.join(', ') || line.data.roles.join(', ')}`,
        line.data.message,
      );
    case 'budget.waiting':
      return words(
        'watch',
        'quiet',
        `Turn ${line.data.turn} waits for turns of other branches`,
        `It needs ${line.data.least.tokens} tokens, and they reserved what is left.`,
      );
    case 'budget': {
      const { exceeded, scope, turns, inputTokens, outputTokens } = line.data;
      const used = `${turns} ${plural('turn', turns)}, ${inputTokens + outputTokens} tokens`;
      return exceeded === null
        ? words('dashboard', 'quiet', `Budget of ${scope}`, used)
        : words('dashboard', 'bad', `Budget of ${scope} used up: ${exceeded}`, used);
    }
    case 'resumed':
      return words('debug-continue', 'warning', `The run goes on after it had broken off`, `by ${line.data.by}`);
    case 'recovered':
      return words('warning', 'warning', 'A torn line was set aside', line.data.file);
    case 'outcome.unknown':
      return words('question', 'bad', `Not known whether ${line.data.tool} ran`, line.data.because);
    case 'run.closed': {
      const { outcome, verdict, reason } = line.data;
      const tone = outcome === 'completed' ? 'good' : outcome === 'failed' || outcome === 'denied' ? 'bad' : 'warning';
      const found = verdict === null ? '' : `, verdict ${brief(verdict)}`;
      return words('debug-stop', tone, `Run ${outcome}${found}`, reason);
    }
    default:
      return unknownEvent(line);
  }
}

/** The types say it cannot happen; a trace of a newer version of us may still bring one. */
function unknownEvent(line: never): Words {
  const { event } = line as { readonly event: unknown };
  return words('question', 'warning', `Unknown event ${String(event)}`, 'see its JSON');
}

const DECIDED = {
  approve: ['verified', 'good', 'Approved'],
  reject: ['error', 'bad', 'Rejected'],
  modify: ['edit', 'warning', 'Changed'],
  escalate: ['arrow-up', 'warning', 'Handed on'],
  end: ['debug-stop', 'bad', 'Run ended'],
} as const satisfies Readonly<Record<TraceEvents['decided']['decision'], readonly [string, Tone, string]>>;

const LEFT: Readonly<Record<StepOutcome, Pick<Words, 'icon' | 'tone' | 'text'>>> = {
  ok: { icon: 'check', tone: 'quiet', text: 'Step done' },
  approved: { icon: 'check', tone: 'good', text: 'Gate passed' },
  skipped: { icon: 'debug-step-over', tone: 'quiet', text: 'Step skipped' },
  stopped: { icon: 'debug-stop', tone: 'plain', text: 'Ended here' },
  failed: { icon: 'error', tone: 'bad', text: 'Step failed' },
  refused: { icon: 'circle-slash', tone: 'bad', text: 'The model refused' },
  denied: { icon: 'circle-slash', tone: 'bad', text: 'Step denied' },
  rejected: { icon: 'error', tone: 'bad', text: 'Step rejected' },
  'timed-out': { icon: 'watch', tone: 'bad', text: 'Step ran out of time' },
};

function words(icon: string, tone: Tone, text: string, note: string): Words {
  return { icon, tone, text, note };
}

export function kindIcon(kind: string): string {
  switch (kind) {
    case 'agent':
      return 'sparkle';
    case 'gate':
      return 'shield';
    case 'manual':
    case 'task':
      return 'person';
    case 'question':
      return 'comment-discussion';
    case 'flow':
      return 'arrow-down';
    case 'unknown':
      return 'question';
    case 'if':
    case 'switch':
      return 'git-branch';
    case 'for-each':
      return 'sync';
    case 'parallel':
      return 'split-horizontal';
    case 'call':
      return 'references';
    case 'stop':
      return 'debug-stop';
    default:
      return 'tools';
  }
}

function because(entered: { readonly kind: string; readonly because: string; readonly branch?: string }): string {
  const { kind, because: why, branch } = entered;
  return [kind, branch === undefined ? '' : `branch ${branch}`, why].filter((part) => part !== '').join(', ');
}

/** A stand-in is never called a model. */
export function agentName(story: Story): string {
  return story.opened?.model.ai === true ? 'model' : 'stand-in (not AI)';
}

function person({ id, how }: Actor): string {
  return how === undefined ? id : `${id} (${how})`;
}

function onWhat(call: Call): string {
  return call.target === null ? brief(call.arguments) : `on ${call.target}`;
}

function brief(value: Json): string {
  return shortened(typeof value === 'string' ? value : JSON.stringify(value), PIECE);
}

function count(number: number, noun: string): string {
  return `${number} ${plural(noun, number)}`;
}

export function plural(noun: string, number: number): string {
  return number === 1 ? noun : `${noun}s`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
