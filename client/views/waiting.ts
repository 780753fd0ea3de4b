import type { ApprovalRequest, TaskRequest } from '../../runner/protocol/messages.js';
import { shortened, visible } from '../viewer/events/visible.js';

/** A question of a run that goes on, as `Questions` keeps it. */
export type Question =
  | { readonly type: 'approval'; readonly ask: string; readonly request: ApprovalRequest }
  | { readonly type: 'task'; readonly ask: string; readonly request: TaskRequest };

/** What waits for a person, as a tree shows it. */
export interface WaitingWords {
  readonly label: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  readonly spoken: string;
}

/**
 * @param run title of the run that asks
 * @param when says an RFC 3339 time as people here write it
 */
export function waitingWords(question: Question, run: string, when: (time: string) => string): WaitingWords {
  return question.type === 'approval' ? approval(question.request, run, when) : task(question.request, run);
}

function approval(request: ApprovalRequest, run: string, when: (time: string) => string): WaitingWords {
  const { title, ask, calls, roles, quorum, approvedBy, deadline, irreversible } = request;
  const left = Math.max(1, quorum - approvedBy.length);
  const people = `${left > 1 ? `${left} of ` : ''}${line(roles.join(' or '))}`;
  const silence = deadline === null ? 'silence denies when the run ends' : `silence denies at ${line(when(deadline))}`;
  const once = irreversible ? ['cannot be undone'] : [];
  return {
    label: line(title),
    description: [people, ...once, silence].join(' · '),
    tooltip: [
      line(title),
      line(ask, 400),
      ...calls.map(({ tool, target }) => `Would run: ${line(tool)}${target === null ? '' : ` on ${line(target)}`}`),
      `May approve: ${people}`,
      ...once.map(() => 'What it approves cannot be undone.'),
      `Without an answer: ${silence}`,
      `Run: ${line(run)}`,
    ].join('\n'),
    icon: 'shield',
    spoken: `Approval needed: ${[line(title), `by ${people}`, ...once, silence, `in ${line(run)}`].join(', ')}`,
  };
}

function task({ title, task: text, role }: TaskRequest, run: string): WaitingWords {
  const who = role === '' ? 'anybody' : line(role);
  return {
    label: line(title),
    description: `${who} · to be done by a person`,
    tooltip: [line(title), line(text, 400), `May do it: ${who}`, `Run: ${line(run)}`].join('\n'),
    icon: 'person',
    spoken: `Task for a person: ${line(title)}, by ${who}, in ${line(run)}`,
  };
}

function line(text: string, length = 120): string {
  return visible(shortened(text, length));
}
