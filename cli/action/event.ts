import type { Environment } from './inputs.js';

/** A pull request, as the event that started the workflow tells of it. */
export interface Pull {
  readonly number: number;
  /** The tip of its branch. */
  readonly head: string;
  /** The tip of the branch it goes into, which may be older than that branch is now. */
  readonly base: string;
  /** Its branch is in another repository. */
  readonly fork: boolean;
}

/** What the workflow was started for. */
export type Occasion =
  | { readonly kind: 'pull'; readonly pull: Pull; readonly sha: string }
  | { readonly kind: 'revisions'; readonly base: string; readonly head: string }
  | { readonly kind: 'refused'; readonly message: string };

const TARGET =
  'This action does not run on pull_request_target: such a workflow has a token that can write, and whoever opens the pull request decides what is read. Use "on: pull_request"; a comment is then missing on pull requests from forks, and the job summary says the same.';

/**
 * What to compare. For a pull request it and the commit the workflow runs on, for a merge queue the two commits of the group, and
 * for everything else the `base` of the inputs with that commit.
 *
 * @param payload the JSON of the event
 */
export function occasionOf(env: Environment, payload: unknown, base: string): Occasion {
  const [name = '', sha = ''] = [env.GITHUB_EVENT_NAME, env.GITHUB_SHA];
  if (name === 'pull_request_target') return { kind: 'refused', message: TARGET };
  if (base !== '') return { kind: 'revisions', base, head: sha };
  if (name === 'pull_request') {
    const pull = pullOf(payload);
    return pull
      ? { kind: 'pull', pull, sha }
      : { kind: 'refused', message: 'The event tells of no pull request with a number and two commits.' };
  }
  const group = memberOf(payload, 'merge_group');
  const [from, to] = [textOf(group, 'base_sha'), textOf(group, 'head_sha')];
  if (from !== undefined && to !== undefined) return { kind: 'revisions', base: from, head: to };
  return {
    kind: 'refused',
    message: `What to compare with cannot be told from the event "${name}". Run on "pull_request" or "merge_group", or give the input "base" a revision.`,
  };
}

/** The pull request of an event, whatever else is asked for. */
export function pullOf(payload: unknown): Pull | undefined {
  const pull = memberOf(payload, 'pull_request');
  const number = memberOf(pull, 'number');
  const [head, base] = [memberOf(pull, 'head'), memberOf(pull, 'base')];
  const [headSha, baseSha] = [textOf(head, 'sha'), textOf(base, 'sha')];
  if (typeof number !== 'number' || !isCommit(headSha) || !isCommit(baseSha)) return undefined;
  // Of a fork that was deleted nothing is said.
  const [from, to] = [head, base].map((side) => textOf(memberOf(side, 'repo'), 'full_name'));
  return { number, head: headSha, base: baseSha, fork: from === undefined || from !== to };
}

function isCommit(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{40,64}$/.test(text);
}

export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

export function textOf(value: unknown, name: string): string | undefined {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : undefined;
}
