import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import fc from 'fast-check';
import type { Json } from '../protocol/trace.js';
import { type FoundValue, isReservedDomain, untypedValues } from './personal-values.js';
import { pseudonymsFor } from './pseudonyms.js';

const VALUES: readonly FoundValue[] = [
  { type: 'user', value: 't.alder' },
  { type: 'user', value: 'Svc' },
  { type: 'email', value: 'T.Alder@corp.northfield.nl' },
  { type: 'email', value: 'bill@shop.example' },
  { type: 'domain', value: 'corp.northfield.nl' },
  { type: 'ip', value: '192.0.2.1' },
  { type: 'ip', value: '10.1.2.3' },
  { type: 'ip', value: 'fe80::1' },
  { type: 'name', value: 'Tess Alder' },
  { type: 'phone', value: '+31 6 1234' },
  { type: 'id', value: 'u-1042' },
];

describe('pseudonyms', () => {
  it('are the same everywhere, of reserved ranges, and never a value that they replace', () => {
    const names = pseudonymsFor(VALUES);
    const instead = new Map(names.made.map((one) => [one.value, one.instead]));
    assert.equal(instead.get('t.alder'), 'user-1');
    assert.equal(instead.get('T.Alder@corp.northfield.nl'), 'user-1@org-1.example', 'one person in all spellings');
    assert.equal(instead.get('bill@shop.example'), 'mailbox-1@shop.example');
    assert.deepEqual(
      ['192.0.2.1', '10.1.2.3', 'fe80::1'].map((one) => instead.get(one)),
      ['192.0.2.2', '192.0.2.3', '2001:db8::1'],
    );
    assert.equal(
      names.text(
        'Tess Alder (T.ALDER, u-1042) of https://intra.corp.northfield.nl/t.alder from 10.1.2.3, not 10.1.2.30',
      ),
      'Person 1 (user-1, id-1) of https://intra.org-1.example/user-1 from 192.0.2.3, not 10.1.2.30',
    );
    assert.deepEqual(names.json({ by: ['svc'], 't.alder': 1, name: 'u-1042' }), {
      by: ['user-2'],
      'user-1': 1,
      name: 'id-1',
    });
  });

  it('leave names that a format may know, and say where such a one is a value', () => {
    const names = pseudonymsFor([{ type: 'user', value: 'owner' }]);
    const json = { owner: 'owner', list: [{ owner: 1 }], 'of owner': 2 };
    assert.deepEqual(names.json(json), { list: [{ owner: 1 }], 'of user-1': 2, owner: 'user-1' });
    assert.deepEqual(names.keptNames(json), ['owner', 'owner']);
    assert.deepEqual(names.keptNames({ a: 'owner' }), []);
  });

  it('replace in JSON as it is written what they replace in its value, and nothing else', () => {
    const word = fc.constantFrom(
      't.alder',
      'T.ALDER@corp.northfield.nl',
      '10.1.2.3',
      'say "t.alder"\n',
      'ü\\',
      'rest',
      '1.0',
    );
    const json = fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        word,
        fc.constantFrom<Json>(1, null, true, 0.5),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(word, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    const names = pseudonymsFor(VALUES);
    fc.assert(
      fc.property(json, fc.boolean(), (value, wide) => {
        const written = names.written(JSON.stringify(value, null, wide ? 2 : undefined));
        assert.deepEqual(JSON.parse(written), JSON.parse(JSON.stringify(names.json(value))));
        assert.doesNotMatch(written, /alder|northfield|10\.1\.2\.3/i);
      }),
      { numRuns: 150 },
    );
  });

  it('stand for whatever is found, many or few, each for one value, with nothing found afterwards that is somebody’s', () => {
    const address = fc
      .tuple(fc.stringMatching(/^[a-z.]{1,8}$/), fc.constantFrom('corp.nl', 'a.b.de', 'x.example'))
      .map((both) => both.join('@'));
    const ip = fc.oneof(fc.ipV4(), fc.constantFrom('192.0.2.1', '192.0.2.2'), fc.ipV6());
    fc.assert(
      fc.property(fc.array(fc.oneof(address, ip), { maxLength: 12 }), (texts) => {
        const found = [...new Map(untypedValues(texts).map((one) => [one.value.toLowerCase(), one])).values()];
        const { made, json } = pseudonymsFor(found);
        assert.equal(new Set(made.map(({ instead }) => instead)).size, made.length);
        const originals = new Set(found.map(({ value }) => value.toLowerCase()));
        for (const { type, value } of untypedValues(json(texts))) {
          assert.ok(!originals.has(value.toLowerCase()), `${value} is still there`);
          if (type === 'email') assert.ok(isReservedDomain(value.slice(value.indexOf('@') + 1)), value);
          else if (isIP(value) === 4) assert.match(value, /^(192\.0\.2|198\.51\.100|203\.0\.113|198\.1[89]\.\d+)\./);
          else assert.match(value, /^2001:db8::/);
        }
      }),
      { numRuns: 100 },
    );
  });
});
