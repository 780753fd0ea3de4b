import { createHash } from 'node:crypto';
import type { Api, Reply } from './api.js';
import { memberOf, textOf } from './event.js';

/** The comment a pull request is to have. */
export interface Wanted {
  /** `owner/name`. */
  readonly repository: string;
  readonly number: number;
  /** The head that the comment is about. */
  readonly head: string;
  /** What tells it from comments of other runs of this action on the same pull request. */
  readonly key: string;
  readonly markdown: string;
  /** There is something to say. If not, a comment that is there says so, and none is made. */
  readonly worthIt: boolean;
}

export type Commented =
  | { readonly kind: 'created' | 'updated' | 'as it was' | 'none' }
  /** The pull request has moved on; that head's own run comments. */
  | { readonly kind: 'outdated'; readonly head: string }
  | { readonly kind: 'refused' | 'failed'; readonly why: string };

/** Pages of a hundred comments. Beyond it cannot be told whether there is one already. */
const MOST_PAGES = 100;
const ATTEMPTS = 3;
/** Longer than this nobody waits for a comment; in milliseconds. */
const LONGEST_WAIT = 60_000;

/** The first line of the comment, which nobody sees. */
export function markerOf(key: string): string {
  return `<!-- countersign-boundary ${createHash('sha256').update(key).digest('hex').slice(0, 16)} -->`;
}

/**
 * Brings the one comment up to date. Found is it by its marker and by who wrote it: text of somebody else with the marker in it
 * is theirs. Each attempt looks again first, so an answer that was lost on the way makes no second comment; where two runs made
 * one each, the later one goes.
 *
 * @param wait milliseconds until it is tried again
 */
export async function stickyComment(
  api: Api,
  wanted: Wanted,
  wait: (milliseconds: number) => Promise<void>,
): Promise<Commented> {
  for (let attempt = 1; ; attempt++) {
    const done = await settle(api, wanted);
    if (!('fault' in done)) return done;
    const delay = done.retryAfter ?? 1000 * 2 ** attempt;
    if (done.fault === 'busy' && attempt < ATTEMPTS && delay <= LONGEST_WAIT) await wait(delay);
    else return { kind: done.fault === 'refused' ? 'refused' : 'failed', why: done.message };
  }
}

type Failed = Extract<Reply, { readonly ok: false }>;

async function settle(api: Api, wanted: Wanted): Promise<Commented | Failed> {
  const { repository, number, head, markdown, worthIt } = wanted;
  const issue = `/repos/${repository}/issues`;
  const pull = await api.send('GET', `/repos/${repository}/pulls/${number}`);
  if (!pull.ok) return pull;
  const now = textOf(memberOf(pull.value, 'head'), 'sha');
  if (now !== undefined && now !== head) return { kind: 'outdated', head: now };
  const body = `${markerOf(wanted.key)}\n${markdown}`;
  const before = await ownComments(api, wanted);
  if (!before.ok) return before;
  let own = before.comments;
  const made = own.length === 0 && worthIt;
  if (own.length === 0) {
    if (!worthIt) return { kind: 'none' };
    const created = await api.send('POST', `${issue}/${number}/comments`, { body });
    if (!created.ok) return created;
    const after = await ownComments(api, wanted);
    if (!after.ok) return after;
    own = after.comments;
  }
  const [first, ...others] = own;
  for (const { id } of others) {
    const gone = await api.send('DELETE', `${issue}/comments/${id}`);
    if (!gone.ok) return gone;
  }
  if (!first || first.body === body) return { kind: made ? 'created' : 'as it was' };
  const updated = await api.send('PATCH', `${issue}/comments/${first.id}`, { body });
  return updated.ok ? { kind: 'updated' } : updated;
}

interface Comment {
  readonly id: number;
  readonly body: string;
}

/** Comments with the marker of whoever the token is, the oldest first. */
async function ownComments(
  api: Api,
  { repository, number, key }: Wanted,
): Promise<{ readonly ok: true; readonly comments: readonly Comment[] } | Failed> {
  const me = await api.graphql('{viewer{login}}');
  if (!me.ok) return me;
  const login = textOf(memberOf(me.value, 'viewer'), 'login') ?? '';
  // Without it any comment may be somebody else's, and each run would make one more.
  if (login === '')
    return { ok: false, fault: 'refused', message: 'who the token is cannot be told', retryAfter: undefined };
  const marker = markerOf(key);
  const found: Comment[] = [];
  for (let page = 1; ; page++) {
    const reply = await api.send('GET', `/repos/${repository}/issues/${number}/comments?per_page=100&page=${page}`);
    if (!reply.ok) return reply;
    for (const one of Array.isArray(reply.value) ? reply.value : []) {
      const [id, body] = [memberOf(one, 'id'), textOf(one, 'body')];
      const isOwn = textOf(memberOf(one, 'user'), 'login') === login;
      if (isOwn && typeof id === 'number' && body?.startsWith(marker)) found.push({ id, body });
    }
    if (!reply.more) break;
    if (page === MOST_PAGES)
      return {
        ok: false,
        fault: 'wrong',
        message: 'there are too many comments to look through',
        retryAfter: undefined,
      };
  }
  return { ok: true, comments: found.sort((a, b) => a.id - b.id) };
}
