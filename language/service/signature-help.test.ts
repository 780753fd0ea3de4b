import assert from 'node:assert/strict';
import { type Cursor, cursorIn, HEADER, inSteps } from './fixtures.test.js';
import { signatureHelp } from './signature-help.js';

/** The signature with the parameter being written in «», or the number of one too many. */
function shown({ source, offset }: Cursor): string {
  const help = signatureHelp(source, offset);
  const first = help?.signatures[0];
  if (!help || !first) return '';
  const at = first.parameters[help.argument];
  return at
    ? `${first.label.slice(0, at.start)}«${first.label.slice(at.start, at.end)}»${first.label.slice(at.end)}`
    : `${first.label} ${help.argument}`;
}

describe('signature help', () => {
  const when = (expression: string): Cursor =>
    inSteps(`  - id: s\n    when: ${expression}\n    action: identity.suspend\n    with: { user: x }\n  - id: t\n`);
  const given = (value: string): Cursor =>
    inSteps(`  - id: s\n    action: identity.suspend\n    with: { user: ${value} }\n    timeout: 5m\n`);

  it('tells the function and the parameter that is being written', () => {
    assert.equal(shown(when('size(|)')), 'size(«x»)');
    assert.equal(shown(when('size(alert.|')), 'size(«x»)');
    assert.equal(shown(when('alert.message.startsWith(|')), 'text.startsWith(«prefix»)');
    assert.equal(shown(when('alert.entities.users.exists(|')), 'list.exists(«x», condition)');
    assert.equal(shown(when('alert.entities.users.exists(u, u.|')), 'list.exists(x, «condition»)');
    assert.equal(shown(when('has(alert.|)')), 'has(«a.b»)');
    assert.equal(shown(when('size(alert.x, |)')), 'size(x) 1');
  });

  it('has the overload that fits what is before the dot', () => {
    assert.equal(shown(when('alert.entities.users.size(|')), 'x.size() 0');
    assert.equal(shown(when('alert.entities.users.join(|')), 'list.join(«separator»)');
  });

  it('looks through brackets that are no call, and at the innermost call', () => {
    assert.equal(shown(when('size((alert.a + [1, |')), 'size(«x»)');
    assert.equal(shown(when('size(string(1) + |')), 'size(«x»)');
    assert.equal(shown(when('size(string(|')), 'string(«x»)');
    assert.equal(shown(when("alert.message.split(',').exists(p, p.contains(|")), 'text.contains(«part»)');
    assert.equal(shown(when('size(alert.message) > |')), '');
    assert.equal(shown(when('(1 + |')), '');
    assert.equal(shown(when('nothing(|')), '');
  });

  it('has nothing to say inside a text', () => {
    assert.equal(shown(when("alert.message.contains('a, |')")), '');
    assert.equal(shown(when("alert.message.contains('size(|")), '');
    assert.equal(shown(when("alert.message.contains('a, b', |")), 'text.contains(part) 1');
  });

  it('works in templates, closed or not, and nowhere else in their text', () => {
    assert.equal(shown(given(`"\${{ string(|) }}"`)), 'string(«x»)');
    assert.equal(shown(given(`"\${{ string(|`)), 'string(«x»)');
    assert.equal(shown(given(`"\${{ string(1) }} size(|"`)), '');
    assert.equal(shown(given(`"size(|"`)), '');
    assert.equal(
      shown(
        inSteps(
          '  - id: g\n    agent:\n      goal: |-\n        Look at\n        ${{ size(¦'
            .replace('|-', '>-')
            .replace('¦', '|'),
        ),
      ),
      'size(«x»)',
    );
  });

  it('knows the variables of loops, in bodies, branches and handlers', () => {
    const steps = `  - id: each
    for-each: { item: user, in: alert.entities.users, max: 3 }
    steps:
      - id: a
        parallel: all
        branches:
          one:
            - id: b
              action: identity.suspend
              on-error:
                - id: c
                  when: user.size(|
`;
    assert.equal(shown(inSteps(steps)), 'x.size() 0');
    assert.equal(shown(inSteps(steps.replaceAll('\n', '\r\n').replace('each', 'each # 🔐'))), 'x.size() 0');
  });

  it('has nothing to say in keys, comments, plain words and empty files', () => {
    assert.equal(shown(cursorIn(HEADER.replace('Demo', 'size(|'))), '');
    assert.equal(shown(inSteps('  # size(|\n')), '');
    assert.equal(shown(cursorIn('|')), '');
  });
});
