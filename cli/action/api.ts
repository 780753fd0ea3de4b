import { memberOf, textOf } from './event.js';

/** What came of a request. */
export type Reply =
  | { readonly ok: true; readonly value: unknown; readonly more: boolean }
  | { readonly ok: false; readonly fault: Fault; readonly message: string; readonly retryAfter: number | undefined };

/**
 * `refused`: the token may not, or, which GitHub does not tell apart, there is no such thing. `busy`: asking again later can
 * help, after `retryAfter` milliseconds where the server says so. `wrong`: neither.
 */
export type Fault = 'refused' | 'busy' | 'wrong';

export interface Api {
  /** A request below the API's address; `more` of a reply tells that there is a next page. */
  readonly send: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: object) => Promise<Reply>;
  readonly graphql: (query: string) => Promise<Reply>;
}

export interface ApiOptions {
  /** `GITHUB_API_URL`. */
  readonly url: string;
  /** `GITHUB_GRAPHQL_URL`, which is used where it is at the same place. */
  readonly graphqlUrl: string | undefined;
  readonly token: string;
  readonly fetch: typeof fetch;
  /** Milliseconds a request may take. */
  readonly timeout: number;
}

/**
 * GitHub's REST API, and the one question REST has no answer to. The token goes to that address alone: over TLS, or to this
 * very machine, and no redirection is followed. The wait for a limit is the caller's.
 */
export function apiOf(
  options: ApiOptions,
): { readonly ok: true; readonly api: Api } | { readonly ok: false; readonly message: string } {
  const base = addressOf(options.url);
  if (!base) return { ok: false, message: `GITHUB_API_URL is no address that a token may be sent to: ${options.url}` };
  const graph = addressOf(options.graphqlUrl ?? '');
  const graphql = graph?.origin === base.origin ? graph.href : `${base.href.replace(/\/$/, '')}/graphql`;
  const ask = (method: string, url: string, body: object | undefined): Promise<Reply> =>
    request(options, method, url, body);
  return {
    ok: true,
    api: {
      send: (method, path, body) => ask(method, `${base.href.replace(/\/$/, '')}${path}`, body),
      async graphql(query) {
        const reply = await ask('POST', graphql, { query });
        if (!reply.ok) return reply;
        const data = memberOf(reply.value, 'data');
        const message = 'GraphQL gave no answer';
        return data ? { ...reply, value: data } : { ok: false, fault: 'refused', message, retryAfter: undefined };
      },
    },
  };
}

function addressOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHere = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return url && (url.protocol === 'https:' || isHere) && url.username === '' ? url : undefined;
}

async function request(
  { fetch, token, timeout }: ApiOptions,
  method: string,
  url: string,
  body: object | undefined,
): Promise<Reply> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'user-agent': 'countersign',
        'x-github-api-version': '2022-11-28',
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    text = await response.text();
  } catch (error) {
    return { ok: false, fault: 'busy', message: reasonOf(error), retryAfter: undefined };
  }
  const value = jsonOf(text);
  if (response.ok) {
    if (value === undefined && text !== '')
      return { ok: false, fault: 'wrong', message: 'the answer is no JSON', retryAfter: undefined };
    return { ok: true, value, more: /\brel="next"/.test(response.headers.get('link') ?? '') };
  }
  const said = textOf(value, 'message');
  return {
    ok: false,
    fault: faultOf(response, said ?? ''),
    message: `${response.status}${said === undefined ? '' : `: ${said.slice(0, 200)}`}`,
    retryAfter: waitOf(response),
  };
}

/** Limits come as 403, too: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api */
function faultOf({ status, headers }: Response, said: string): Fault {
  const limited =
    headers.has('retry-after') || headers.get('x-ratelimit-remaining') === '0' || /rate limit/i.test(said);
  if (status === 429 || status >= 500 || (status === 403 && limited)) return 'busy';
  return status === 401 || status === 403 || status === 404 ? 'refused' : 'wrong';
}

function waitOf({ headers }: Response): number | undefined {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** Of a failed `fetch` the reason is that of its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
