import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CATALOG, CATALOG_URI, HEADER, HOST, PLAYBOOK_URI, POLICY, POLICY_URI } from './fixtures.test.js';
import { semanticTokens } from './semantic-tokens.js';
import { openSource, type SourceFile } from './source-file.js';

function open(text: string, uri = PLAYBOOK_URI): SourceFile {
  const source = openSource(uri, text, HOST);
  assert.ok(source);
  return source;
}

/** The tokens of some steps: `step.declaration ask`. */
function inSteps(steps: string): string[] {
  return shown(open(`${HEADER}steps:\n${steps}`), HEADER.length);
}

function shown(source: SourceFile, from = 0): string[] {
  return semanticTokens(source)
    .filter(({ range }) => range.start >= from)
    .map(
      ({ kind, modifiers, range }) => `${[kind, ...modifiers].join('.')} ${source.text.slice(range.start, range.end)}`,
    );
}

const GATED = `  - id: ask
    gate:
      ask: "Suspend \${{ steps.who.output.user }} at \${{ alert.time }}?"
      grants: [suspend]
      approvers: { roles: [analyst] }
      timeout: 15m
  - id: suspend
    when: size(steps.who.output.names) > 2 && !('a' in alert.entities.users)
    action: identity.suspend
    autonomy: approve
    with: { user: x }
  - id: look
    action: intel.domain_reputation
  - id: odd
    action: no.such
`;

describe('semantic tokens', () => {
  it('tell steps, tools by their effect, roles, levels, durations and the parts of expressions', () => {
    assert.deepEqual(inSteps(GATED), [
      'step.declaration ask',
      'delimiter ${{',
      'variable steps',
      'step who',
      'member output',
      'member user',
      'delimiter }}',
      'delimiter ${{',
      'variable alert',
      'member time',
      'delimiter }}',
      'step suspend',
      'role analyst',
      'duration 15m',
      'step.declaration suspend',
      'function size',
      'variable steps',
      'step who',
      'member output',
      'member names',
      'operator >',
      'number 2',
      'operator &&',
      'operator !',
      "string 'a'",
      'operator in',
      'variable alert',
      'member entities',
      'member users',
      'tool.consequential identity.suspend',
      'level approve',
      'step.declaration look',
      'tool.readonly intel.domain_reputation',
      'step.declaration odd',
      'tool.consequential no.such',
    ]);
  });

  it('tell loops, branches and cases', () => {
    const tokens = inSteps(`  - id: each
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: p
        parallel: all
        branches:
          mail:
            - id: s
              action: identity.suspend
              with: { user: "\${{ user }}" }
              retry: { attempts: 2, delay: 10s }
          other: []
  - id: w
    switch: alert.severity
    cases: { High: [], "Low": [] }
`);
    for (const token of [
      'item.declaration user',
      'item user',
      'branch.declaration mail',
      'branch.declaration other',
      'case High',
      'case Low',
      'duration 10s',
    ])
      assert.ok(tokens.includes(token), `${token} is not in ${tokens.join(', ')}`);
  });

  it('never go over a line break, in block texts and folded expressions', () => {
    const steps = `  - id: a
    agent:
      goal: |
        Look at \${{ alert.message.contains(
            'a
            b') }}
        and 🔐 \${{ alert.time }}.
    when: >-
      alert.severity_id > 3
      && alert.time > 1
`;
    const wanted = [
      'step.declaration a',
      'delimiter ${{',
      'variable alert',
      'member message',
      'method contains',
      "string 'a",
      "string b'",
      'delimiter }}',
      'delimiter ${{',
      'variable alert',
      'member time',
      'delimiter }}',
      'variable alert',
      'member severity_id',
      'operator >',
      'number 3',
      'operator &&',
      'variable alert',
      'member time',
      'operator >',
      'number 1',
    ];
    assert.deepEqual(inSteps(steps), wanted);
    assert.deepEqual(inSteps(steps.replaceAll('\n', '\r\n')), wanted);
  });

  it('go on in what is half-typed', () => {
    assert.deepEqual(
      inSteps('  - id: a\n    when: size(alert.\n    action: identity.sus\n    with: { user: "${{ steps.a'),
      [
        'step.declaration a',
        'function size',
        'variable alert',
        'tool.consequential identity.sus',
        'delimiter ${{',
        'variable steps',
        'step a',
      ],
    );
  });

  it('tell the names of catalogs and policies', () => {
    const catalog = shown(open(CATALOG, CATALOG_URI));
    assert.ok(catalog.includes('tool.declaration.readonly intel.domain_reputation'));
    assert.ok(catalog.includes('tool.declaration.consequential identity.suspend'));
    assert.ok(catalog.includes('tool.consequential identity.restore'));
    assert.deepEqual(shown(open(POLICY, POLICY_URI)), [
      'role.declaration analyst',
      'role.declaration incident-commander',
      'role.declaration nobody',
      'level approve',
    ]);
  });

  it('of a range are those of the whole that touch it', () => {
    const source = open(`${HEADER}steps:\n${GATED}`);
    const all = semanticTokens(source);
    for (let start = HEADER.length; start < source.text.length; start += 37) {
      const range = { start, end: start + 60 };
      assert.deepEqual(
        semanticTokens(source, range),
        all.filter((token) => token.range.start <= range.end && range.start <= token.range.end),
      );
    }
  });

  it('are in order, apart, on one line and never empty, whatever the text', () => {
    const whole = `${HEADER}steps:\n${GATED}`;
    const check = (text: string): void => {
      const source = open(text);
      let end = 0;
      for (const { range } of semanticTokens(source)) {
        assert.ok(range.start >= end && range.end > range.start && range.end <= text.length);
        assert.doesNotMatch(text.slice(range.start, range.end), /[\r\n]/);
        end = range.end;
      }
    };
    const pieces = fc.constantFrom(
      '\n',
      '\r\n',
      '  ',
      '"',
      "'",
      '${{',
      '}}',
      '🔐',
      ': ',
      '- ',
      '[',
      '{',
      '|\n',
      '//',
      '\\',
      '#',
    );
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(40), fc.array(pieces, { maxLength: 4 }), (at, cut, put) => {
        check(whole.slice(0, at) + put.join('') + whole.slice(at + cut));
      }),
      { numRuns: 150 },
    );
    check('');
  });
});
