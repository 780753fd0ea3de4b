import type { Tool } from '../../language/model/catalog.js';
import { type Block, missing, table, text } from '../document/document.js';
import { aloneTable, blindSpots } from '../evaluate/document.js';
import { modelWords, RATE_NOTE, RATE_WORDS, rateWords } from '../evaluate/words.js';
import { count } from '../terminal.js';
import { ALONE, type Answer, cellsAt, linkTo, type Subject, unmeasured } from './subject.js';

const QUESTION =
  'What is the false-positive rate of actions taken autonomously, and the false-negative rate of alerts closed autonomously?';

export const HOW_TO_EVALUATE =
  '"countersign evaluate PLAYBOOK… --cases DIR --out DIR" measures it over labelled cases.';

/** 2. How often are acts and closures without a person wrong? */
export function errorRates(subject: Subject): Answer {
  const { evaluation: given, home } = subject;
  const cells = cellsAt(subject, ALONE);
  const breaker = breakerBlocks(subject);
  if (!given) {
    return {
      ...{ number: 2, question: QUESTION, status: 'not shown' },
      short: 'No evaluation was given.',
      blocks: [missing(HOW_TO_EVALUATE), ...breaker],
    };
  }
  const { evaluation, file } = given;
  const { rates, totals, alone, plan } = evaluation;
  const wanted = ['falsePositiveActs', 'falseNegativeClosures', 'attacksClosed'] as const;
  const acts = new Set(alone.map(({ playbook, tool }) => `${playbook} ${tool}`));
  const never = cells.filter(({ playbook, cell }) => !acts.has(`${playbook.id} ${cell.tool}`));
  const unlike = unmeasured(subject);
  const measured = wanted.filter((name) => rates[name].value !== null);
  const enough = wanted.filter((name) => rates[name].enough);
  const needed = cells.length === 0 ? 0 : wanted.length;
  return {
    ...{ number: 2, question: QUESTION },
    status:
      cells.length === 0 || (enough.length === needed && never.length === 0 && unlike.length === 0 && plan.model.ai)
        ? 'shown'
        : measured.length > 0
          ? 'in part'
          : 'not shown',
    short:
      cells.length === 0
        ? 'Nothing consequential runs without a person.'
        : `Wrong acts: ${rateWords(rates.falsePositiveActs)}. Wrong closures: ${rateWords(rates.falseNegativeClosures)}.`,
    blocks: [
      text(
        'From ',
        linkTo(home, file, 'the evaluation'),
        ` of ${count(evaluation.cases, 'case')} begun ${evaluation.at}, with the model ${modelWords(evaluation)}.`,
      ),
      ...(unlike.length === 0
        ? []
        : [missing(`Anything of ${unlike.join(', ')}: the evaluation is not of these playbooks as they are now.`)]),
      ...(plan.model.ai
        ? []
        : [
            missing(
              'How often an AI errs. The stand-in that answered agent steps is not AI: these numbers show that playbook, policy and cases work together. "--model claude" measures a model.',
            ),
          ]),
      table(
        ['Share', 'Measured', 'Of'],
        wanted.map((name) => [RATE_WORDS[name].title, rateWords(rates[name]), RATE_WORDS[name].of]),
      ),
      aloneTable(evaluation),
      ...(totals.unjudged > 0
        ? [
            missing(
              `Whether ${totals.unjudged} of ${count(totals.alone, 'act')} without a person were right: their cases do not say. List their tools under "must", "may" or "must-not".`,
            ),
          ]
        : []),
      ...(never.length > 0
        ? [
            missing(
              `How often these are wrong, for no case had them run alone: ${never.map(({ playbook, cell }) => `${playbook.id} ${cell.step} (${cell.tool})`).join(', ')}.`,
            ),
          ]
        : []),
      text('Attacks that were missed, by what they have in common:'),
      blindSpots(evaluation),
      ...breaker,
      text(RATE_NOTE),
    ],
  };
}

/** Which acts may run without a person at all, as the policy's breaker has it now. */
function breakerBlocks(subject: Subject): readonly Block[] {
  const cells = cellsAt(subject, ALONE);
  if (cells.length === 0) return [];
  const rows = cells.flatMap(({ playbook, cell }) => {
    const tool = toolNamed(playbook.loaded, cell.tool);
    const judged = tool ? (playbook.breaker?.judge(tool) ?? []) : [];
    return judged.map(({ holds, because }) => [
      playbook.id,
      cell.step,
      cell.tool,
      holds ? 'may run alone' : [{ strong: 'falls to approval' }],
      because,
    ]);
  });
  const free = cells.filter(({ playbook, cell }) => {
    const tool = toolNamed(playbook.loaded, cell.tool);
    return !tool || (playbook.breaker?.judge(tool) ?? []).length === 0;
  });
  return [
    ...(rows.length === 0
      ? []
      : [
          text('What the breaker of the policy comes to now, for the model that was measured:'),
          table(['Playbook', 'Step', 'Act', 'State', 'Because'], rows),
        ]),
    ...(free.length === 0
      ? []
      : [
          missing(
            `What would notice that these err more than before: no "breaker" of their policies is about ${[...new Set(free.map(({ playbook, cell }) => `${cell.tool} of ${playbook.id}`))].join(', ')}.`,
          ),
        ]),
  ];
}

/** A tool of a playbook, or of one it calls. */
function toolNamed(loaded: AnyPlaybook, name: string): Tool | undefined {
  const own = loaded.tools.get(name);
  if (own) return own;
  for (const { loaded: callee } of loaded.calls.values()) {
    const found = callee && toolNamed(callee, name);
    if (found) return found;
  }
  return undefined;
}

interface AnyPlaybook {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly calls: ReadonlyMap<unknown, { readonly loaded: AnyPlaybook | undefined }>;
}
