import type { AgentStep } from '../../language/model/playbook.js';
import { list, missing, table, text } from '../document/document.js';
import { count } from '../terminal.js';
import { type Answer, linkTo, type ReportedPlaybook, type Subject } from './subject.js';

/** 9. Which data does the AI see, and what does it do with it? */
export function dataSeen(subject: Subject): Answer {
  const { playbooks, traces, home } = subject;
  const agents = playbooks.flatMap((playbook) =>
    playbook.loaded.steps.flatMap((step) => (step.kind === 'agent' ? [{ playbook, step }] : [])),
  );
  const asked = new Map<string, number>();
  for (const { opened, read } of traces) {
    for (const [step, tools] of read)
      for (const [tool, times] of tools) {
        const key = `${opened?.playbook ?? ''} ${step} ${tool}`;
        asked.set(key, (asked.get(key) ?? 0) + times);
      }
  }
  const away = traces.filter(({ opened }) => opened?.ai === true);
  const providers = [...new Set(away.map(({ opened }) => opened?.provider ?? ''))];
  const tainted = playbooks.flatMap(({ id, boundary }) =>
    boundary.cells
      .filter(({ untrusted }) => untrusted.length > 0)
      .map(
        (cell) => `${id}, ${cell.step}: ${cell.untrusted.join(', ')} reach or decide ${cell.tool} (${cell.autonomy}).`,
      ),
  );
  return {
    ...{ number: 9, question: 'Which data does the AI see, and what does it do with it?' },
    status: agents.length === 0 || traces.length > 0 ? 'shown' : 'in part',
    short:
      agents.length === 0
        ? 'No agent takes part.'
        : `${count(agents.length, 'agent step')}, each with the alert and the tools it is granted; ${away.length === 0 ? 'no trace shows anything sent to a model' : `${count(away.length, 'run')} sent it to ${providers.join(', ')}`}.`,
    blocks: [
      ...(agents.length === 0
        ? []
        : [
            table(
              ['Playbook', 'Agent step', 'May ask', 'Beside the alert it is told', 'Asked in the traces'],
              agents.map(({ playbook, step }) => [
                [linkTo(home, playbook.file, playbook.id)],
                step.id.value,
                grantsOf(step) || 'nothing',
                toldOf(playbook, step) || 'nothing',
                step.tools
                  .flatMap(({ tool }) => {
                    const times = asked.get(`${playbook.id} ${step.id.value} ${tool.value}`);
                    return times === undefined ? [] : [`${tool.value} (${times})`];
                  })
                  .join(', ') || 'nothing',
              ]),
            ),
          ]),
      ...(tainted.length > 0
        ? [
            text(
              'What comes from outside, and which acts it reaches or decides. It can choose values, never a tool, a level or an approver:',
            ),
            list(tainted),
          ]
        : [text('Nothing that comes from outside reaches a consequential act.')]),
      ...(traces.length === 0 && agents.length > 0
        ? [missing('What was really asked and sent. Traces have every question and answer; give them with --traces.')]
        : []),
    ],
  };
}

function grantsOf(step: AgentStep): string {
  return step.tools
    .map(({ tool, where, maxCalls }) => {
      const bounds = [
        ...(where ? [`where ${where.parsed.text.trim()}`] : []),
        ...(maxCalls ? [`at most ${maxCalls.value} times`] : []),
      ];
      return bounds.length === 0 ? tool.value : `${tool.value} (${bounds.join(', ')})`;
    })
    .join('; ');
}

/** As the runner puts it together: what is known when the step begins. */
function toldOf({ loaded }: ReportedPlaybook, step: AgentStep): string {
  const context = loaded.playbook.context.map(({ name }) => `context.${name.value}`);
  return [
    ...context,
    ...(loaded.playbook.inputs === undefined ? [] : ['the inputs']),
    ...(loaded.steps[0] === step ? [] : ['what the steps before it returned']),
    ...loaded.examples.map(({ id, mark }) => `the earlier case ${id}, as ${mark.by} let it be shown`),
  ].join(', ');
}
