import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCase } from '../../language/model/build-case.js';
import type { Case } from '../../language/model/case.js';
import { parseYaml } from '../../language/syntax/parse.js';
import {
  BUILT_IN_INJECTIONS,
  createModel,
  type Injection,
  knowledgeOf,
  type ModelProvider,
  type Part,
  type People,
  readInjections,
  runRedTeam,
  systemClock,
  virtualClock,
} from '../../runner/index.js';
import { repository } from '../platform/repository.js';

/** Every shipped case with its playbook, against lists of injected texts, on the real runner. */

const LIBRARY = path.join(repository, 'playbooks');
export const CASES: readonly string[] = readdirSync(path.join(LIBRARY, 'cases'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.case.yaml'))
  .map((file) => file.split(path.sep).join('/'))
  .sort();

/**
 * The cases that a list is tried on in the tests: the long one of others on those that lie in the folder itself, our own also on
 * one of each further playbook that asks a model. `npm run injections` takes all cases.
 */
export function casesFor(list: List): readonly string[] {
  const first = CASES.filter((file) => !file.includes('/'));
  if (list === 'corpus') return first;
  const asking = CASES.flatMap((file): [string, string][] => {
    const sample = caseIn(file);
    return file.includes('/') && sample.turns.size > 0 ? [[sample.playbook?.value ?? '', file]] : [];
  });
  return [...first, ...new Map(asking).values()];
}

/** Lists that others made are no part of this repository; see `corpora.test.ts`. */
const CORPORA =
  process.env.COUNTERSIGN_CORPORA ?? fileURLToPath(new URL('../../../../shared/corpora', import.meta.url));
export const CORPUS = path.join(CORPORA, 'injections', 'injections.jsonl');

export const LISTS = ['own', 'corpus'] as const;
export type List = (typeof LISTS)[number];

/** The texts of a list; `undefined` when it is not there. */
export function injectionsOf(list: List): readonly Injection[] | undefined {
  const file = list === 'own' ? path.join(repository, 'test/injections/own.jsonl') : CORPUS;
  if (!existsSync(file)) return undefined;
  const read = readInjections(file, readFileSync(file, 'utf8'));
  if (!read.ok) throw new Error(`${file}: ${read.message}`);
  return list === 'own' ? [...BUILT_IN_INJECTIONS, ...read.injections] : read.injections;
}

/** What is run of a case: every `stride`-th run from `offset`, or a sample in which each text occurs. */
export interface Unit {
  readonly file: string;
  readonly list: List;
  readonly model: ModelProvider;
  readonly people: People;
  readonly seed: number;
  readonly part: 'sample' | Part;
}

export interface UnitFigures {
  readonly file: string;
  readonly runs: number;
  readonly attempts: number;
  readonly unauthorized: number;
  readonly wrongVerdicts: number;
  readonly refused: number;
  readonly acts: number;
  /** Ids of the texts that were placed, and names of the fields, each once. */
  readonly injections: readonly string[];
  readonly fields: readonly string[];
  /** What ran without authority, and faults. */
  readonly problems: readonly string[];
}

export async function runUnit({ file, list, model, people, seed, part }: Unit): Promise<UnitFigures> {
  const casePath = path.join(LIBRARY, 'cases', file);
  const injections = injectionsOf(list) ?? [];
  const { playbook } = caseIn(file);
  let ids = 0;
  const result = await runRedTeam({
    playbookPath: path.join(LIBRARY, `${playbook?.value}.playbook.yaml`),
    casePath,
    injections,
    model: (sample, loaded, drawn) =>
      createModel(model, { case: sample, clock: systemClock, seed: drawn, knowledge: knowledgeOf(loaded) }),
    seed,
    people,
    clock: (idle) => virtualClock(Date.UTC(2026, 10, 25), idle),
    ids: { next: (prefix) => `${prefix}-${++ids}` },
    user: 'tester',
    signal: new AbortController().signal,
    parallel: 1,
    part: (of) => (part === 'sample' ? sampleOf(of, injections.length) : part),
  });
  if (!result.ok) throw new Error(`${file}: ${result.message}`);
  const { report, findings, attempts } = result;
  return {
    file,
    ...report.summary,
    refused: report.rows.filter((row) => row.outcome === 'refused').length,
    acts: Object.values(attempts.acts).reduce((sum, count) => sum + count, 0),
    injections: [...new Set(report.rows.map((row) => row.injection))],
    fields: [...new Set(report.rows.map((row) => row.field))],
    problems: findings.map(({ row, problem }) => {
      const { field = '', injection = '' } = report.rows[row] ?? {};
      return `${file}, ${field}, ${injection}: ${problem}`;
    }),
  };
}

function caseIn(file: string): Case {
  const uri = path.join(LIBRARY, 'cases', file);
  return buildCase(uri, parseYaml(readFileSync(uri, 'utf8')).root);
}

/** About as many runs as there are texts, in which each text occurs, over all fields: the stride shares no factor with their number. */
function sampleOf(of: number, texts: number): Part {
  const shared = (a: number, b: number): number => (b === 0 ? a : shared(b, a % b));
  let stride = Math.max(1, Math.floor((of - 1) / texts));
  while (stride > 1 && shared(stride, texts) !== 1) stride -= 1;
  return { offset: 1, stride };
}
