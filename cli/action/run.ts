import path from 'node:path';
import { reviewTrees } from '../../revisions/index.js';
import { diffMarkdown } from '../diff/markdown.js';
import { exitOf, faultsOf, worstOf } from '../diff/outcome.js';
import { countWords, type DiffReport, reportOf } from '../diff/report.js';
import { diffSarif } from '../diff/sarif.js';
import { annotation } from '../formats/workflow-command.js';
import { annotationsOf } from './annotations.js';
import { apiOf } from './api.js';
import { type Commented, stickyComment } from './comment.js';
import { comparedOf } from './compared.js';
import { occasionOf, type Pull, pullOf } from './event.js';
import { type Environment, type Inputs, inputsOf } from './inputs.js';
import { commentWords, summaryOf } from './summary.js';

/** What the action needs of where it runs. */
export interface Surroundings {
  readonly env: Environment;
  /** The folder the repository was checked out into; paths of annotations are relative to it. */
  readonly folder: string;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  readonly fetch: typeof fetch;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly out: (text: string) => void;
  /** The JSON of the event that started the workflow. */
  readonly payload: unknown;
  readonly write: (file: string, text: string) => void;
  readonly append: (file: string, text: string) => void;
  /** Nobody can guess it. */
  readonly nonce: () => string;
}

const TIMEOUT = 20_000;

/**
 * The whole of the action: compares, and says what came of it in annotations, a comment, the job summary, outputs and a SARIF
 * file. Everything that is printed is a workflow command or without words of others, so nothing of a playbook becomes a command.
 *
 * @returns the exit code of the step: 0, or 1 where it fails
 */
export async function runAction(at: Surroundings): Promise<0 | 1> {
  const fail = (message: string): 1 => {
    at.out(annotation('error', { title: 'Countersign' }, message));
    return 1;
  };
  const read = inputsOf(at.env);
  if (!read.ok) return fail(read.message);
  const { inputs } = read;
  const occasion = occasionOf(at.env, at.payload, inputs.base);
  if (occasion.kind === 'refused') return fail(occasion.message);
  const compared = await comparedOf(occasion, at.folder);
  if (!compared.ok) return fail(compared.message);
  const { root, base, head } = compared;
  const isWanted = (file: string): boolean => inputs.path === '' || file.startsWith(`${inputs.path}/`);
  const review = reviewTrees(base, head, root, at.today, isWanted);
  if (review.playbooks.length === 0)
    return fail(
      `There is no playbook on either side${inputs.path === '' ? '' : ` below "${inputs.path}"`}: their names end in .playbook.yaml. Is the input "path" right?`,
    );
  const pull = pullOf(at.payload);
  const compares = reportOf(review, root, at.today);
  // A comment is about a commit of the branch, which people know, and not about the merge that GitHub tries.
  const report = pull ? { ...compares, head: pull.head } : compares;
  const sarif = path.join(at.env.RUNNER_TEMP ?? at.folder, `countersign-${at.nonce().slice(0, 8)}.sarif`);
  at.write(sarif, diffSarif(report));
  at.out(annotationsOf(report));

  const [faults, failed] = [faultsOf(report), worstOf(report, inputs.failOn)];
  const linkTo = linksTo(at.env, report);
  const said =
    pull && inputs.comment
      ? await commentOn(pull, at, inputs, diffMarkdown(report, { linkTo }), isWorthIt(report))
      : '';
  if (said !== '') at.out(annotation('notice', { title: 'Countersign' }, said));
  if (at.env.GITHUB_STEP_SUMMARY)
    at.append(at.env.GITHUB_STEP_SUMMARY, summaryOf(report, linkTo, { failed, faults, said }));
  if (at.env.GITHUB_OUTPUT) at.append(at.env.GITHUB_OUTPUT, outputsOf(report, failed ?? 'ok', sarif, at.nonce()));
  at.out(`${countWords(report)}\n`);
  return exitOf(failed) === 0 ? 0 : fail(`The check fails: ${failed}. The job summary has what and why.`);
}

function isWorthIt({ changes, records }: DiffReport): boolean {
  return changes.length > 0 || records.length > 0;
}

/** Writes the comment, and says what is to be known of that. */
async function commentOn(
  pull: Pull,
  { env, fetch, wait }: Surroundings,
  { token, path }: Inputs,
  markdown: string,
  worthIt: boolean,
): Promise<string> {
  if (token === '') return commentWords({ kind: 'failed', why: 'the input "token" is empty' }, pull);
  const options = { url: env.GITHUB_API_URL ?? '', graphqlUrl: env.GITHUB_GRAPHQL_URL, token, fetch, timeout: TIMEOUT };
  const made = apiOf(options);
  const repository = env.GITHUB_REPOSITORY ?? '';
  const commented: Commented = !made.ok
    ? { kind: 'failed', why: made.message }
    : !/^[\w.-]+\/[\w.-]+$/.test(repository)
      ? { kind: 'failed', why: 'GITHUB_REPOSITORY names no repository' }
      : await stickyComment(
          made.api,
          { repository, number: pull.number, head: pull.head, key: path, markdown, worthIt },
          wait,
        );
  return commentWords(commented, pull);
}

/** Addresses of lines of the head on the server. */
function linksTo({ GITHUB_SERVER_URL, GITHUB_REPOSITORY }: Environment, { head }: DiffReport) {
  return (file: string, line: number): string => {
    const segments = file
      .split('/')
      .map((part) =>
        encodeURIComponent(part).replace(/[()'!*~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`),
      );
    return `${GITHUB_SERVER_URL ?? 'https://github.com'}/${GITHUB_REPOSITORY ?? ''}/blob/${head}/${segments.join('/')}#L${line}`;
  };
}

/** Lines for `GITHUB_OUTPUT`; a value cannot end itself, as nobody knows the mark in advance. */
function outputsOf(report: DiffReport, result: string, sarif: string, nonce: string): string {
  const { counts, acknowledged, changes, records } = report;
  const values = {
    result,
    widened: counts.widened,
    incomparable: counts.incomparable,
    violated: changes.filter(({ violates }) => violates).length,
    acknowledged,
    narrowed: counts.narrowed,
    unchanged: counts.unchanged,
    stale: records.length,
    sarif,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}<<${nonce}\n${value}\n${nonce}\n`)
    .join('');
}
