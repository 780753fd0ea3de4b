import assert from 'node:assert/strict';
import { parseYaml } from '../syntax/parse.js';
import { argumentAt, argumentOf, argumentsIn, LEFT_OUT } from './given.js';

const inYaml = (text: string): readonly string[] =>
  argumentsIn(parseYaml(text).root).map(({ name, text: given }) => `${name}: ${given}`);

describe('What an act is given', () => {
  it('is a text as it is written, and of a list or a map its JSON', () => {
    assert.deepEqual(inYaml('host: pc-1\nports: [22, 80]\nmore: { a: b }\nempty: ""\nnone:\n'), [
      'host: pc-1',
      'ports: [22,80]',
      'more: {"a":"b"}',
    ]);
    assert.equal(argumentAt('host', undefined), undefined);
  });

  it('has no secrets, whether the name says so or what stands in a text', () => {
    assert.deepEqual(inYaml('password: abc\nbasic_auth: [me, abc]\ntoken_type: jwt\n'), [
      `password: ${LEFT_OUT}`,
      `basic_auth: ${LEFT_OUT}`,
      'token_type: jwt',
    ]);
    assert.deepEqual(inYaml('basic_auth: ["{{ .me }}", abc]\n'), [`basic_auth: ["{{ .me }}","${LEFT_OUT}"]`]);
    assert.deepEqual(inYaml('headers:\n  - { name: X-Api-Key, value: abc }\n  - { name: Accept, value: text }\n'), [
      `headers: [{"name":"X-Api-Key","value":"${LEFT_OUT}"},{"name":"Accept","value":"text"}]`,
    ]);
    const text = (of: string): string => argumentOf('body', of).text;
    assert.equal(
      text('{"user": "me", "password": "a\\"b", "id": {{ .id }}}'),
      `{"user": "me", "password": "${LEFT_OUT}", "id": {{ .id }}}`,
    );
    assert.equal(
      text('GET https://a.example/x?api_key=abc&host=pc-1'),
      `GET https://a.example/x?api_key=${LEFT_OUT}&host=pc-1`,
    );
    assert.equal(text('Accept: text\nX-Api-Key: abc'), `Accept: text\nX-Api-Key: ${LEFT_OUT}`);
    assert.equal(text('Bearer abcdefghijklmnopqrst for {{ .host }}'), `Bearer ${LEFT_OUT} for {{ .host }}`);
  });

  it('keeps what is put in when the playbook runs', () => {
    assert.deepEqual(inYaml('password: "{{ .CREDENTIAL.edr }}"\n'), ['password: {{ .CREDENTIAL.edr }}']);
    assert.deepEqual(inYaml('Password: "[Input.Archive Password]"\n'), ['Password: [Input.Archive Password]']);
    assert.deepEqual(inYaml('password: ["a.b"]\n'), [`password: ${LEFT_OUT}`]);
    assert.equal(argumentOf('body', '{"password": "<% ctx().word %>"}').text, '{"password": "<% ctx().word %>"}');
  });

  it('is worked out in one pass, whatever the text', () => {
    for (const part of ['"', '"a":"', '"a" ', '\\"', 'password=', '\n', '"password":"\\'])
      for (const name of ['body', 'password']) argumentOf(name, part.repeat(20_000));
    for (const start of ['[', '[a', '${', '{{', 'Bearer '])
      for (const part of ['.', 'a.', ' ', '?a=', 'a']) argumentOf('password', `${start}${part.repeat(200_000)}`);
  });
});
