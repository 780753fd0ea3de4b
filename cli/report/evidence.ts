import path from 'node:path';
import type { TraceFacts } from '../../runner/index.js';
import { type Block, list, missing, table, text } from '../document/document.js';
import { count } from '../terminal.js';
import { type Answer, linkTo, type Subject, traceLinks, tracesNow } from './subject.js';

const NO_TRACES = 'Give the folder of traces with --traces.';

/** 4. What evidence is there from real runs, not demos? */
export function realRuns(subject: Subject): Answer {
  const { traces, home } = subject;
  const question = 'What evidence is there from real runs, not demos?';
  const whole = traces.filter(({ broken }) => broken === null);
  const kinds: readonly (readonly [string, (one: TraceFacts) => boolean])[] = [
    ['an AI answered agent steps', ({ opened }) => opened?.ai === true],
    ['a stand-in answered, which is not AI', ({ opened }) => opened?.ai === false],
    ['people answered at gates or did tasks', (one) => one.decisions.some(({ how }) => how !== 'scripted')],
    ['a script answered for people', (one) => one.decisions.some(({ how }) => how === 'scripted')],
    ['live servers answered what only reads', ({ opened }) => (opened?.live ?? 0) > 0],
  ];
  const real = whole.filter(
    (one) => one.opened?.ai === true && one.decisions.every(({ how }) => how !== 'scripted') && one.opened.live > 0,
  );
  const { others } = tracesNow(subject);
  const blocks: Block[] =
    traces.length === 0
      ? [missing(NO_TRACES)]
      : [
          table(
            ['Traces in which', 'How many', 'For example'],
            kinds.map(([name, is]) => {
              const some = whole.filter(is);
              return [name, `${some.length} of ${whole.length}`, traceLinks(home, some, 2)];
            }),
          ),
          ...(others > 0
            ? [text(`${count(others, 'trace')} among them are of other playbooks, or of other versions of these.`)]
            : []),
          missing(
            'Anything done in earnest: in this version every run is a dry run, in which consequential tools are simulated. What a trace shows is what was decided, by whom and on what; not what a tool did to the world.',
          ),
        ];
  return {
    ...{ number: 4, question },
    status: real.length > 0 ? 'in part' : 'not shown',
    short:
      traces.length === 0
        ? 'No trace was given.'
        : `${count(whole.length, 'whole trace')}; ${real.length} with an AI, live readings and no scripted person; all are dry runs.`,
    blocks,
  };
}

/** 7. How are autonomous actions logged and audited? */
export function logged({ traces, home }: Subject): Answer {
  const broken = traces.filter((one) => one.broken !== null);
  const signed = traces.filter((one) => one.signed > 0);
  const lines = traces.reduce((sum, one) => sum + one.lines, 0);
  const alone = traces.filter((one) => one.alone.length > 0);
  const acts = alone.reduce((sum, one) => sum + one.alone.length, 0);
  return {
    ...{ number: 7, question: 'How are autonomous actions logged and audited?' },
    status:
      traces.length === 0 ? 'not shown' : broken.length > 0 || signed.length < traces.length ? 'in part' : 'shown',
    short:
      traces.length === 0
        ? 'No trace was given.'
        : `${count(traces.length, 'trace')} verified, ${broken.length} broken, ${signed.length} signed; ${count(acts, 'act')} without a person in them.`,
    blocks: [
      text(
        'Each run has a trace: one line an event, each bound to the one before by its hash; the line that states an act is on disk before the act. "countersign verify" checks a trace, "countersign export" gives it as OpenTelemetry spans or OCSF events.',
      ),
      ...(traces.length === 0
        ? [missing(NO_TRACES)]
        : [
            table(
              ['What', 'How many'],
              [
                ['Traces verified for this report', String(traces.length)],
                ['Lines', String(lines)],
                ['Changed, cut off, or not closed', String(broken.length)],
                ['With signed checkpoints that hold', String(signed.length)],
                ['Acts without a person, each in a line of its own', String(acts)],
              ],
            ),
            ...(alone.length > 0 ? [text('For example: ', ...traceLinks(home, alone))] : []),
          ]),
      ...(broken.length > 0
        ? [
            list(
              broken
                .slice(0, 20)
                .map((one) => [
                  linkTo(home, one.path, path.basename(one.path)),
                  `: line ${one.broken?.line}: ${one.broken?.reason ?? ''}`,
                ]),
            ),
          ]
        : []),
      ...(signed.length < traces.length
        ? [
            missing(
              'That no trace was written anew as a whole, or cut off at its end: a chain of hashes cannot tell. "countersign keys new" makes a key, and runs then sign checkpoints; keep some elsewhere.',
            ),
          ]
        : []),
    ],
  };
}
