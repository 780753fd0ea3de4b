import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { apiOf } from '../../cli/action/api.js';
import { type Commented, markerOf, stickyComment } from '../../cli/action/comment.js';
import { FakeGitHub, type Trouble } from './fake-github.js';

const TOKEN = 'token-of-the-test';
const HEAD = 'c4d9e0b7a1f25863e97d4c0b8a6f1e2d3c5b7a98';

describe('The comment on a pull request', () => {
  let github: FakeGitHub;
  let url: string;
  let waited: number[];
  beforeEach(async () => {
    github = new FakeGitHub(TOKEN);
    url = await github.start();
    github.head = HEAD;
    waited = [];
  });
  afterEach(() => github.stop());

  async function comment(
    markdown: string,
    { worthIt = true, graphqlUrl = `${url}/graphql`, at = url } = {},
  ): Promise<Commented> {
    const made = apiOf({ url: at, graphqlUrl, token: TOKEN, fetch, timeout: 10_000 });
    if (!made.ok) return { kind: 'failed', why: made.message };
    return stickyComment(
      made.api,
      { repository: 'example/soc', number: 7, head: HEAD, key: '', markdown, worthIt },
      async (milliseconds) => {
        waited.push(milliseconds);
      },
    );
  }
  const bodies = (): readonly string[] => github.comments.map(({ body }) => body);
  const body = (markdown: string): string => `${markerOf('')}\n${markdown}`;

  it('is made once, changed when there is something else to say, and left alone otherwise', async () => {
    assert.deepEqual(await comment('nothing', { worthIt: false }), { kind: 'none' });
    assert.deepEqual(await comment('one'), { kind: 'created' });
    assert.deepEqual(await comment('one'), { kind: 'as it was' });
    assert.deepEqual(await comment('two'), { kind: 'updated' });
    assert.deepEqual(await comment('nothing', { worthIt: false }), { kind: 'updated' });
    assert.deepEqual(bodies(), [body('nothing')]);
  });

  it('is found by marker and author, on whatever page it is', async () => {
    for (let at = 0; at < 230; at++) github.add('ana', at === 3 ? body('copied') : 'Looks fine to me.');
    github.add('github-actions', body('of a person who is called so'));
    github.add(github.login, `I quote:\n${body('quoted')}`);
    github.add(github.login, `${markerOf('another folder')}\nof another run`);
    const others = bodies();
    const mine = github.add(github.login, body('before'));
    assert.deepEqual(await comment('now'), { kind: 'updated' });
    assert.equal(mine.body, body('now'));
    assert.deepEqual(bodies().slice(0, -1), others);
  });

  it('is one again where two runs made one each', async () => {
    const first = github.add(github.login, body('one'));
    github.add('ana', 'Hm.');
    github.add(github.login, body('one'));
    assert.deepEqual(await comment('two'), { kind: 'updated' });
    assert.deepEqual(
      github.comments.map(({ id, user }) => [id, user.login]),
      [
        [first.id, github.login],
        [first.id + 1, 'ana'],
      ],
    );
  });

  it('is tried again where that can help, and is no second one though the answer was lost', async () => {
    github.troubles.push(
      { on: /\/pulls\//, status: 429, headers: { 'retry-after': '7' } },
      { on: /^POST .*\/comments/, status: 502, after: true },
    );
    assert.deepEqual(await comment('one'), { kind: 'as it was' });
    assert.deepEqual([waited, bodies()], [[7_000, 4_000], [body('one')]]);
  });

  const ends: readonly (readonly [string, readonly Trouble[], Commented['kind'], RegExp, number])[] = [
    ['a server that stays down', Array<Trouble>(3).fill({ on: /graphql/, status: 503 }), 'failed', /^503/, 2],
    [
      'a limit for an hour',
      [{ on: /graphql/, status: 403, headers: { 'retry-after': '3600' }, message: 'secondary rate limit' }],
      'failed',
      /^403: secondary/,
      0,
    ],
    [
      'a used up limit',
      Array<Trouble>(3).fill({ on: /graphql/, status: 403, headers: { 'x-ratelimit-remaining': '0' } }),
      'failed',
      /^403/,
      2,
    ],
    [
      'a token that may not',
      [{ on: /^POST .*\/comments/, status: 403, message: 'Resource not accessible' }],
      'refused',
      /^403: Resource/,
      0,
    ],
    [
      'a repository it does not see',
      [{ on: /\/pulls\//, status: 404, message: 'Not Found' }],
      'refused',
      /^404: Not Found/,
      0,
    ],
    [
      'a body it does not take',
      [{ on: /^POST .*\/comments/, status: 422, message: 'Validation Failed' }],
      'failed',
      /^422: Validation/,
      0,
    ],
    [
      'a repository that moved',
      [{ on: /\/pulls\//, status: 301, headers: { location: '/elsewhere' } }],
      'failed',
      /^301/,
      0,
    ],
  ];
  for (const [what, troubles, kind, why, waits] of ends)
    it(`is not made, and says why, for ${what}`, async () => {
      github.troubles.push(...troubles);
      const ended = await comment('one');
      assert.equal(ended.kind, kind);
      assert.match('why' in ended ? ended.why : '', why);
      assert.equal(waited.length, waits);
      assert.deepEqual(bodies(), []);
    });

  it('is not made where nobody says who the token is, or nobody answers', async () => {
    github.login = '';
    assert.deepEqual(await comment('one'), { kind: 'refused', why: 'who the token is cannot be told' });
    assert.deepEqual(bodies(), []);
    await github.stop();
    const ended = await comment('one');
    assert.equal(ended.kind, 'failed');
    assert.deepEqual(waited, [2_000, 4_000]);
    url = await github.start();
  });

  it('is left to the run of a later head', async () => {
    github.head = '0123456789abcdef0123456789abcdef01234567';
    assert.deepEqual(await comment('one'), { kind: 'outdated', head: github.head });
    assert.deepEqual(bodies(), []);
  });

  describe('with another server about', () => {
    let other: Server;
    let elsewhere: string;
    let seen: string[];
    beforeEach(async () => {
      seen = [];
      other = createServer((request, response) => {
        seen.push(`${request.url}`);
        response.end('{"data":{"viewer":{"login":"x"}}}');
      });
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const address = other.address();
      elsewhere = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    });
    afterEach(() => {
      other.closeAllConnections();
      other.close();
    });

    it('sends the token to the API alone', async () => {
      assert.deepEqual(await comment('one', { graphqlUrl: `${elsewhere}/graphql` }), { kind: 'created' });
      github.troubles.push({ on: /\/pulls\//, status: 307, headers: { location: `${elsewhere}/repos` } });
      assert.equal((await comment('two')).kind, 'failed');
      for (const at of ['http://github.example/api', 'ftp://127.0.0.1/', 'https://user@github.example/', '', 'x'])
        assert.match(JSON.stringify(await comment('two', { at })), /no address that a token may be sent to/);
      assert.deepEqual(seen, []);
    });
  });
});
