import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

/** What the fake does in place of answering, once for each: a status, with headers. `after` does what was asked first. */
export interface Trouble {
  readonly on: RegExp;
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly message?: string;
  readonly after?: boolean;
}

/**
 * As much of GitHub's API as a comment on a pull request needs, on this machine: comments in pages, the pull request, and who
 * the token is. A token it does not know gets 401, and everything it is asked is kept.
 */
export class FakeGitHub {
  readonly comments: Comment[] = [];
  readonly asked: string[] = [];
  readonly troubles: Trouble[] = [];
  login = 'github-actions[bot]';
  head = '';
  /** The token only reads, as on a pull request from a fork. */
  readOnly = false;
  private next = 1000;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  constructor(readonly token: string) {}

  async start(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  add(login: string, body: string): Comment {
    const comment = { id: this.next++, user: { login }, body };
    this.comments.push(comment);
    return comment;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const what = `${request.method} ${request.url}`;
    this.asked.push(what);
    const send = (status: number, value: unknown, headers: { readonly [name: string]: string } = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(value === undefined ? '' : JSON.stringify(value));
    };
    if (request.headers.authorization !== `Bearer ${this.token}`) return send(401, { message: 'Bad credentials' });
    const at = this.troubles.findIndex(({ on }) => on.test(what));
    const [trouble] = at < 0 ? [] : this.troubles.splice(at, 1);
    if (trouble && !trouble.after)
      return send(trouble.status, { message: trouble.message ?? 'Trouble' }, trouble.headers);
    const body = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const { status, value, headers } = this.done(request.method ?? '', new URL(request.url ?? '', 'http://x'), body);
    if (trouble) return send(trouble.status, { message: trouble.message ?? 'Trouble' }, trouble.headers);
    send(status, value, headers);
  }

  private done(
    method: string,
    url: URL,
    body: { readonly body: string; readonly query?: string },
  ): { status: number; value: unknown; headers?: { readonly [name: string]: string } } {
    const refused = { status: 403, value: { message: 'Resource not accessible by integration' } };
    const path = url.pathname;
    if (path === '/graphql') return { status: 200, value: { data: { viewer: { login: this.login } } } };
    if (method === 'GET' && path === '/repos/example/soc/pulls/7')
      return { status: 200, value: { head: { sha: this.head } } };
    if (path === '/repos/example/soc/issues/7/comments') {
      if (method === 'POST') return this.readOnly ? refused : { status: 201, value: this.add(this.login, body.body) };
      const [size, page] = [Number(url.searchParams.get('per_page') ?? 30), Number(url.searchParams.get('page') ?? 1)];
      const from = (page - 1) * size;
      const more = this.comments.length > from + size;
      const headers = more ? { link: `<${url.href}&page=${page + 1}>; rel="next"` } : {};
      return { status: 200, value: this.comments.slice(from, from + size), headers };
    }
    const [, id] = /^\/repos\/example\/soc\/issues\/comments\/(\d+)$/.exec(path) ?? [];
    const at = this.comments.findIndex((comment) => String(comment.id) === id);
    const comment = this.comments[at];
    if (!comment) return { status: 404, value: { message: 'Not Found' } };
    if (this.readOnly) return refused;
    if (method === 'DELETE') {
      this.comments.splice(at, 1);
      return { status: 204, value: undefined };
    }
    comment.body = body.body;
    return { status: 200, value: comment };
  }
}
