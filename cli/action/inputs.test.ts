import assert from 'node:assert/strict';
import { occasionOf, pullOf } from './event.js';
import { inputsOf } from './inputs.js';

const DEFAULTS = {
  INPUT_PATH: '.',
  'INPUT_FAIL-ON': 'violated, widened, stale',
  INPUT_COMMENT: 'true',
  INPUT_TOKEN: 't',
  INPUT_BASE: '',
};

describe('the inputs of the action', () => {
  it('are those of action.yml', () => {
    assert.deepEqual(inputsOf(DEFAULTS), {
      ok: true,
      inputs: { path: '', failOn: new Set(['violated', 'widened', 'stale']), comment: true, token: 't', base: '' },
    });
    const read = inputsOf({ ...DEFAULTS, INPUT_PATH: './soc/x/', 'INPUT_FAIL-ON': 'none', INPUT_COMMENT: 'False' });
    assert.ok(read.ok);
    assert.deepEqual([read.inputs.path, [...read.inputs.failOn], read.inputs.comment], ['soc/x', [], false]);
  });

  for (const [inputs, words] of [
    [{ 'INPUT_FAIL-ON': 'everything' }, /^Input "fail-on": "everything" is nothing to fail for/],
    [{ 'INPUT_FAIL-ON': '' }, /^Input "fail-on": What fails is violated, widened, stale/],
    [{ INPUT_COMMENT: 'yes' }, /^Input "comment" is "true" or "false"/],
    [{ INPUT_PATH: '../elsewhere' }, /^Input "path" is a folder of the repository/],
    [{ INPUT_PATH: '/etc' }, /^Input "path" is a folder of the repository/],
  ] as const)
    it(`say what is wrong: ${JSON.stringify(inputs)}`, () => {
      const read = inputsOf({ ...DEFAULTS, ...inputs });
      assert.match(read.ok ? '' : read.message, words);
    });
});

describe('what the action was started for', () => {
  const [HEAD, BASE, SHA] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
  const side = (sha: string | undefined, name: string | null) => ({
    sha,
    repo: name === null ? null : { full_name: name },
  });
  const payload = (from: string | null = 'example/soc') => ({
    pull_request: { number: 7, head: side(HEAD, from), base: side(BASE, 'example/soc') },
  });
  const on = (name: string, value: unknown, base = '') =>
    occasionOf({ GITHUB_EVENT_NAME: name, GITHUB_SHA: SHA ?? '' }, value, base);

  it('is a pull request, with whether it is from a fork', () => {
    const pull = { number: 7, head: HEAD, base: BASE, fork: false };
    assert.deepEqual(on('pull_request', payload()), { kind: 'pull', pull, sha: SHA });
    assert.deepEqual(pullOf(payload('ana/soc')), { ...pull, fork: true });
    assert.deepEqual(pullOf(payload(null)), { ...pull, fork: true });
  });

  it('is a merge queue, or what the inputs say', () => {
    const group = { merge_group: { base_sha: BASE, head_sha: HEAD } };
    assert.deepEqual(on('merge_group', group), { kind: 'revisions', base: BASE, head: HEAD });
    assert.deepEqual(on('push', {}, 'v1'), { kind: 'revisions', base: 'v1', head: SHA });
    assert.deepEqual(on('pull_request', payload(), 'v1'), { kind: 'revisions', base: 'v1', head: SHA });
  });

  it('is refused where it cannot be told, or a token could write for whoever asks', () => {
    for (const [name, value, words] of [
      ['pull_request_target', payload(), /does not run on pull_request_target/],
      ['push', {}, /cannot be told from the event "push"/],
      ['pull_request', {}, /tells of no pull request/],
      ['pull_request', undefined, /tells of no pull request/],
      [
        'pull_request',
        { pull_request: { number: '7', head: side('HEAD', 'x'), base: side(BASE, 'x') } },
        /no pull request/,
      ],
    ] as const) {
      const occasion = on(name, value);
      assert.match(occasion.kind === 'refused' ? occasion.message : '', words);
    }
    assert.equal(on('pull_request_target', payload(), 'v1').kind, 'refused');
  });
});
