import assert from 'node:assert/strict';
import type { JsonSchema } from '../../language/model/json-schema.js';
import { SCHEMAS } from '../../language/model/schemas.generated.js';
import { domainOf, fieldValue, patternValues, typedValues, untypedValues } from './personal-values.js';

const words = (found: readonly { readonly type: string; readonly value: string }[]) =>
  found.map(({ type, value }) => `${type} ${value}`);

describe('personal data', () => {
  it('is found by what the schema of alerts types, users included', () => {
    const schema = SCHEMAS.detection_finding as JsonSchema;
    const user = { name: 't.alder', uid: 'u-1', full_name: 'Tess Alder', phone_number: '555-0100', type: 'User' };
    const alert = {
      actor: { user },
      evidences: [{ src_endpoint: { ip: '192.0.2.7', uid: 'dev-1' }, email: { to: ['a@b.example'] } }],
    };
    assert.deepEqual(words(typedValues(alert, schema)).sort(), [
      'email a@b.example',
      'id u-1',
      'ip 192.0.2.7',
      'name Tess Alder',
      'phone 555-0100',
      'user t.alder',
    ]);
  });

  it('is found by its form in whatever text, and by what columns and members are called', () => {
    assert.deepEqual(
      words(patternValues('Mail from <a.b+c@corp.nl>, x@y, 10.0.0.1:443, v1.2.3.4.5, fe80::1, 12:30:45.')),
      ['email a.b+c@corp.nl', 'ip 10.0.0.1', 'ip fe80::1'],
    );
    assert.deepEqual(words(patternValues('Tess Alder <t@corp.nl>')), ['email t@corp.nl', 'name Tess Alder']);
    assert.deepEqual(words(fieldValue('User', 't.alder')), ['user t.alder']);
    assert.deepEqual([fieldValue('user', 'a@b.nl'), fieldValue('users', 3), fieldValue('city', 'Oslo')], [[], [], []]);
    assert.deepEqual(words(untypedValues({ accounts: [{ owner: 'r.pike' }], '10.0.0.1': { note: 'x@y.nl' } })), [
      'user r.pike',
      'ip 10.0.0.1',
      'email x@y.nl',
    ]);
    assert.deepEqual(
      [words(domainOf('a@corp.nl')), domainOf('a@corp.example'), domainOf('a@example.com')],
      [['domain corp.nl'], [], []],
    );
  });

  it('is looked for in time in proportion to the text', () => {
    const long = `${'a'.repeat(200_000)} ${'1.'.repeat(100_000)} ${':'.repeat(100_000)} ${'a-.@'.repeat(20_000)}`;
    assert.deepEqual(
      patternValues(long).filter(({ type }) => type === 'name'),
      [],
    );
  });
});
