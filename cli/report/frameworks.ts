import { type Block, heading, type Inline, table, text } from '../document/document.js';
import type { Answer } from './subject.js';

interface Mapped {
  readonly place: string;
  /** What it is about, in our words. */
  readonly about: string;
  /** Numbers of the questions that bear on it. */
  readonly questions: readonly number[];
}

interface Framework {
  readonly title: string;
  readonly source: string;
  readonly rows: readonly Mapped[];
}

/** Where the questions touch what others ask. Paraphrased from the named editions; whether a text applies is not told here. */
const FRAMEWORKS: readonly Framework[] = [
  {
    title: 'EU AI Act, Articles 12 and 14',
    source:
      'Regulation (EU) 2024/1689. Whether a system is one of high risk, to which they apply, is a question for counsel.',
    rows: [
      { place: 'Art. 12(1)', about: 'events are recorded automatically while the system is in use', questions: [7] },
      {
        place: 'Art. 12(2)(a)',
        about: 'records let risks and substantial changes be recognized',
        questions: [3, 6, 7],
      },
      {
        place: 'Art. 12(2)(b), (c)',
        about: 'records serve monitoring after deployment and in operation',
        questions: [4, 7],
      },
      {
        place: 'Art. 14(1), (3)',
        about: 'people can oversee the system, by measures fit for its risk',
        questions: [1, 6],
      },
      {
        place: 'Art. 14(4)(a)',
        about: 'overseers understand capacities and limits, and notice anomalies',
        questions: [2, 5],
      },
      { place: 'Art. 14(4)(b)', about: 'overseers stay aware that people over-rely on automation', questions: [2, 8] },
      { place: 'Art. 14(4)(c)', about: 'overseers can interpret what comes out', questions: [7, 9] },
      { place: 'Art. 14(4)(d)', about: 'overseers can disregard, override or reverse what comes out', questions: [3] },
      { place: 'Art. 14(4)(e)', about: 'overseers can intervene or stop it', questions: [3] },
    ],
  },
  {
    title: 'NIST AI Risk Management Framework',
    source: 'NIST AI 100-1, version 1.0 (2023).',
    rows: [
      { place: 'GOVERN 2.1', about: 'roles and responsibilities are clear', questions: [3, 6] },
      { place: 'GOVERN 3.2', about: 'human roles in oversight are defined', questions: [1, 5, 8] },
      { place: 'MAP 3.5', about: 'processes of human oversight are defined and documented', questions: [1, 6] },
      { place: 'MEASURE 2.3', about: 'performance is measured under conditions like those of use', questions: [2, 5] },
      { place: 'MEASURE 2.4', about: 'behaviour is monitored in production', questions: [4, 7] },
      { place: 'MEASURE 2.7', about: 'security and resilience are evaluated', questions: [2, 6] },
      { place: 'MEASURE 2.8', about: 'risks of transparency and accountability are examined', questions: [7, 9] },
      { place: 'MANAGE 2.4', about: 'there are means to supersede, disengage or deactivate', questions: [3] },
      {
        place: 'MANAGE 4.1',
        about: 'monitoring after deployment takes in appeal, override and change',
        questions: [3, 10],
      },
    ],
  },
  {
    title: 'NIST SP 800-61r3, incident response in CSF 2.0',
    source: 'Revision 3 (2025), by the categories of the Cybersecurity Framework 2.0.',
    rows: [
      { place: 'GV.RR', about: 'roles, responsibilities and authorities', questions: [1, 6] },
      { place: 'DE.AE', about: 'adverse events are analysed', questions: [2, 9] },
      { place: 'RS.MA', about: 'incidents are triaged, escalated and managed', questions: [5, 8] },
      { place: 'RS.AN', about: 'investigations keep records and their integrity', questions: [4, 7] },
      { place: 'RS.MI', about: 'incidents are contained and eradicated', questions: [1, 3, 6] },
      { place: 'ID.IM', about: 'improvements come from what was learned', questions: [10] },
    ],
  },
  {
    title: 'OWASP guidance for agents',
    source:
      'Agentic AI: Threats and Mitigations (OWASP GenAI Security Project, 2025), and the Top 10 for LLM Applications 2025.',
    rows: [
      { place: 'T2 Tool misuse', about: 'an agent is led to use its tools for harm', questions: [2, 6] },
      { place: 'T3 Privilege compromise', about: 'an agent gets more rights than it was given', questions: [1, 6] },
      { place: 'T4 Resource overload', about: 'an agent is kept busy or made expensive', questions: [6, 8] },
      {
        place: 'T6 Intent breaking and goal manipulation',
        about: 'text turns an agent from its goal',
        questions: [2, 9],
      },
      {
        place: 'T8 Repudiation and untraceability',
        about: 'nobody can tell what an agent did and why',
        questions: [4, 7],
      },
      { place: 'T9 Identity spoofing', about: 'somebody acts as another', questions: [3, 4] },
      {
        place: 'T10 Overwhelming people in the loop',
        about: 'reviewers are asked more than they can judge',
        questions: [5, 8],
      },
      { place: 'LLM01 Prompt injection', about: 'input becomes instruction', questions: [2, 9] },
      { place: 'LLM06 Excessive agency', about: 'more functions, rights or autonomy than needed', questions: [1, 6] },
    ],
  },
];

export const MAPS_NOTE =
  'These tables map: they say which question bears on which text, and how far this report answers it. They do not say that anything complies with anything.';

export function frameworkMaps(answers: readonly Answer[]): readonly Block[] {
  return [
    heading(2, 'Where this bears on other texts'),
    text(MAPS_NOTE),
    ...FRAMEWORKS.flatMap(({ title, source, rows }): readonly Block[] => [
      heading(3, title),
      text(source),
      table(
        ['Place', 'Is about', 'Questions, and how far they are answered'],
        rows.map(({ place, about, questions }): readonly Inline[] => [
          place,
          about,
          questions
            .map((number) => `${number}: ${answers.find((one) => one.number === number)?.status ?? 'not shown'}`)
            .join('; '),
        ]),
      ),
    ]),
  ];
}
