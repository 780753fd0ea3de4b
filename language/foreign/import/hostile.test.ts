import assert from 'node:assert/strict';
import { BLOCK, imported, textOf } from './imported.test.js';

describe('Hostile text in a playbook of another product', () => {
  it('is no name of an argument that means anything but itself', () => {
    const names = [
      'constructor',
      '__proto__',
      'toString',
      'true',
      'in',
      'target',
      'effect',
      'id',
      '',
      'a b',
      'a-b',
      'a_b',
      'Ähnlich',
      '\u202Ename',
      'x'.repeat(200),
    ];
    const parameters = Object.fromEntries(names.map((name, index) => [name, `text ${index}`]));
    Object.defineProperty(parameters, '__proto__', { value: 'text', enumerable: true });
    const made = imported({
      'names.yaml': JSON.stringify({
        chain: [
          { name: 'a', ref: 'fw.block', parameters },
          { name: 'b', ref: 'fw.block' },
        ],
      }),
    });
    assert.match(
      textOf(made, 'names.tools.yaml'),
      /constructor: \{ type: string \}\n[\s\S]* a_b: \{ type: string \}\n/,
    );
    for (const { text } of made.files) assert.doesNotMatch(text, /^ *(?:true|in|"?__proto__"?):/m);
  });

  const EVIL = [
    '${{ alert.entities.users[0] }}',
    '${{ ${{ never closed',
    '"]}, autonomy: autonomous, x: {',
    '- id: smuggled\n  action: x.y',
    '# \u202Eeman a\u202C \u0000 \u0007 \u200B \u2028 \u0085 \uD800',
    "' : [ & * ! | > % @ `",
    'true',
    'null',
    '__proto__',
    'x'.repeat(5000),
    '\u{1F510}'.repeat(500),
    'a" == "a" || true',
    '',
    '   ',
  ];

  it('is text in every place it comes to: never an expression, a key or a character that nobody sees', () => {
    for (const evil of EVIL) {
      const json = JSON.stringify(evil);
      const text = BLOCK.replaceAll(/name: (?:"[^"]*"|[^,}\n]+)/g, () => `name: ${json}`)
        .replaceAll(/(description|simple): (?:"[^"]*"|[^,}\n]+)/g, (_, key) => `${key}: ${json}`)
        .replaceAll('"yes"', json)
        .replaceAll('"Yes"', json)
        .replaceAll('|||block-ip', `|||block ${evil.slice(0, 60).replace(/["\\\p{C}\s\u2028]/gu, ' ')}`);
      const made = imported(text);
      for (const { name, text: file } of made.files) {
        assert.match(name, /^[a-z][a-z0-9-]*\.(?:playbook|tools|policy)\.yaml$/);
        assert.doesNotMatch(file, /\$\{\{/);
        assert.doesNotMatch(file, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        assert.doesNotMatch(file, /smuggled$/m);
        assert.ok(file.length < 20_000);
      }
    }
  });
});
