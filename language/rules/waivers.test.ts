import assert from 'node:assert/strict';
import { loadPlaybook } from '../load.js';
import { SCHEMAS } from '../model/schemas.generated.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from './example.js';
import { WAIVABLE } from './waivers.js';

const HEAD = EXAMPLE_HEAD.replace('example.policy.yaml', 'waivers.policy.yaml');
const block = (id: string): string =>
  `  - id: ${id}\n    action: mail.block_sender\n    with: { sender: a@b.example }\n    approval: { roles: [incident-commander], timeout: 1h }\n`;

function undo(steps: string, today: string | undefined, policy = EXAMPLE_FILES['waivers.policy.yaml']): Problem[] {
  const files: { readonly [name: string]: string | undefined } = { ...EXAMPLE_FILES, 'waivers.policy.yaml': policy };
  const host = { today, read: (uri: string) => files[uri.replace('file:///w/', '')] };
  return loadPlaybook('file:///w/x.playbook.yaml', HEAD + steps, host).problems.filter(
    (one) => one.rule === 'missing-undo',
  );
}

describe('waivers', () => {
  it('make a problem information that says until when, by whom and why', () => {
    const [found] = undo(block('block'), '2026-07-01');
    assert.equal(found?.severity, 'information');
    assert.match(found?.message ?? '', /^Waived until 2099-12-31 by soc-manager, because: The gateway's vendor/);
  });

  it('hold on their last day and not after it', () => {
    assert.equal(undo(block('block'), '2099-12-31')[0]?.severity, 'information');
    const [found] = undo(block('block'), '2100-01-01');
    assert.equal(found?.severity, 'error');
    assert.match(found?.related.at(-1)?.message ?? '', /has ended/);
  });

  it('do not hold where nobody says what day it is', () => {
    assert.equal(undo(block('block'), undefined)[0]?.severity, 'error');
  });

  it('hold for their own step and playbook only', () => {
    assert.deepEqual(
      undo(block('block') + block('other'), '2026-07-01').map((one) => one.severity),
      ['information', 'error'],
    );
    const another = EXAMPLE_FILES['waivers.policy.yaml']?.replace('playbook: example', 'playbook: another');
    assert.equal(undo(block('block'), '2026-07-01', another)[0]?.severity, 'error');
  });

  it('waive nothing when a part of them is missing', () => {
    const nameless = EXAMPLE_FILES['waivers.policy.yaml']?.replace(/ {4}reason: .*\n/, '');
    assert.equal(undo(block('block'), '2026-07-01', nameless)[0]?.severity, 'error');
  });

  it('waive nothing where their last day is no day', () => {
    const endless = EXAMPLE_FILES['waivers.policy.yaml']?.replace('2099-12-31', 'never');
    assert.equal(undo(block('block'), '2026-07-01', endless)[0]?.severity, 'error');
  });

  it('are for the rules that the schema names', () => {
    assert.deepEqual([...WAIVABLE].sort(), [...rulesInSchema()].sort());
  });
});

function rulesInSchema(): readonly string[] {
  const found = /"waivers":.*?"enum":(\[[^\]]*\])/.exec(JSON.stringify(SCHEMAS.policy));
  const names: unknown = JSON.parse(found?.[1] ?? '[]');
  return Array.isArray(names) ? names.map(String) : [];
}
