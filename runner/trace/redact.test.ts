import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import { canonical, orderedJson } from './canonical.js';
import { mayHoldSecret, redact, redactEvery, redactText } from './redact.js';

const alphabet = (chars: string, min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...chars), minLength: min, maxLength: max });
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const WORD = `${LETTERS}0123456789`;

/** A secret, and the text it is written in. */
const written = fc.oneof(
  alphabet(`${WORD}_-`, 20, 80).map((s) => [`sk-ant-api03-${s}`, `sk-ant-api03-${s}`] as const),
  alphabet('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16, 16).map((s) => [`AKIA${s}`, `AKIA${s}`] as const),
  alphabet(`${WORD}-._~+/`, 16, 80).map((s) => [s, `Bearer ${s}`] as const),
  alphabet(`${WORD}`, 6, 40).map((s) => [s, `Authorization: Basic ${s}`] as const),
  alphabet(WORD, 36, 36).map((s) => [`ghp_${s}`, `ghp_${s}`] as const),
  alphabet(`${WORD}!#$%^*`, 6, 40).map((s) => [s, `password=${s}`] as const),
  alphabet(`${WORD} !#$%^*`, 6, 40).map((s) => [s, `"api_key": "${s}"`] as const),
  fc
    .tuple(alphabet(`${WORD}_-`, 10, 60), alphabet(`${WORD}_-`, 10, 60), alphabet(`${WORD}_-`, 10, 60))
    .map(([a, b, c]) => [`eyJ${a}.${b}.${c}`, `eyJ${a}.${b}.${c}`] as const),
  alphabet(`${WORD}+/\n`, 40, 300).map(
    (s) => [s, `-----BEGIN RSA PRIVATE KEY-----\n${s}\n-----END RSA PRIVATE KEY-----`] as const,
  ),
);

describe('redact', () => {
  it('finds with one look whether there is anything to find', () => {
    const text = fc.oneof(
      fc.string(),
      written.map(([, one]) => one),
      fc.constantFrom('PASSWORD=x', 'Client_Secret: y', 'pw=z1'),
    );
    fc.assert(fc.property(fc.array(text), (parts) => redactText(parts.join(' ')) === redactEvery(parts.join(' '))));
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('password', 'x-pwd', 'secret', 'authorization', 'API-KEY', 'my_access_token'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, text)), (members) => {
        const value = Object.fromEntries(members);
        const plain = canonical(orderedJson(value, (one) => one));
        if (!mayHoldSecret(plain)) assert.equal(canonical(redact(value)), plain);
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves nothing of a secret, wherever it stands', () => {
    fc.assert(
      fc.property(written, fc.lorem(), fc.lorem(), ([secret, text], before, after) => {
        const data = { note: `${before} ${text} ${after}`, list: [{ deep: text }], [`key ${text}`]: 1 };
        const out = canonical(redact(data));
        assert.ok(!out.includes(JSON.stringify(secret).slice(1, -1)), out);
        assert.match(out, /\[redacted:[a-z-]+\]/);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing a second time', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            written.map(([, text]) => text),
            fc.string(),
          ),
          { maxLength: 4 },
        ),
        (parts) => {
          const once = redactText(parts.join(' '));
          assert.equal(redactText(once), once);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('names the kind and keeps the rest', () => {
    const examples: [string, string][] = [
      ['curl -H "Authorization: Bearer abc.def" https://x.example', 'curl -H "Authorization: Bearer [redacted:authorization]" https://x.example'],
      ['net use \\\\srv password=hunter2 /persistent', 'net use \\\\srv password=[redacted:password] /persistent'],
      ["{'client_secret': 's3 cr3t', 'a': 1}", "{'client_secret': [redacted:password], 'a': 1}"],
      ['https://x.example/cb?token=abc123&state=1', 'https://x.example/cb?token=[redacted:password]&state=1'],
      ['AWS AKIAIOSFODNN7EXAMPLE used from 203.0.113.9', 'AWS [redacted:aws-key] used from 203.0.113.9'],
      ['https://login.example/password:/reset', 'https://login.example/password:/reset'],
    ]; // biome-ignore format: a table
    for (const [text, expected] of examples) assert.equal(redactText(text), expected);
    const cut = redactText('log -----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n# and then: the attacker logged in');
    assert.equal(cut, 'log [redacted:private-key]# and then: the attacker logged in');
    assert.deepEqual(
      { ...(redact({ password: 'x y', user: 'ana' }) as object) },
      { password: '[redacted:password]', user: 'ana' },
    );
  });

  it('leaves ordinary evidence alone', () => {
    const texts = [
      'The password was reset by ana@soc.example after the sign-in from 203.0.113.9',
      'powershell.exe -nop -w hidden -enc SQBFAFgA',
      'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'bearer of bad news; task-force; risk-ant-hill; https://examp1e-login.example/reset?id=7',
      '3f0c1c52-8f25-4d4d-9d0f-4f4f2a1b9a11',
    ];
    for (const text of texts) assert.equal(redactText(text), text);
  });

  it('takes time linear in hostile input', () => {
    const seeds = [
      'eyJ', 'eyJ.', 'eyJaaaaaaa.', 'sk-ant-', 'sk-', 'AKIA', 'Bearer ', 'authorization:', 'password=', 'password="', 'password ',
      "password='\n", 'token=', '-----BEGIN PRIVATE KEY-----', '-----END PRIVATE KEY-----', '-----BEGIN PRIVATE KEY----- x',
      'a', ' ', '"', '=', 'secret_', 'api_key:', 'A ', '-----BEGIN A A ',
    ]; // biome-ignore format: a list
    for (const seed of seeds) {
      const text = seed.repeat(Math.ceil(2_000_000 / seed.length));
      const start = performance.now();
      redact({ text, [`${'x'.repeat(200_000)}_secre`]: text.slice(0, 100) });
      const took = performance.now() - start;
      assert.ok(took < 3000, `${JSON.stringify(seed)} took ${took} ms`);
    }
  });
});
