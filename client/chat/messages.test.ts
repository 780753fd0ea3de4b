import assert from 'node:assert/strict';
import { plain } from '../plain.js';
import { messageOf } from './messages.js';

describe('What the editor says before a language model uses a tool', () => {
  it('asks a person before a dry run, and for nothing that only reads', () => {
    const input = { playbook: 'a.playbook.yaml', case: 'b.case.yaml', file: 'a.playbook.yaml', step: 's' };
    const { confirm } = messageOf('countersign_dry_run', input, plain);
    assert.match(confirm?.message ?? '', /a\.playbook\.yaml .*b\.case\.yaml.*goes to the model of this chat/);
    for (const tool of ['countersign_validate', 'countersign_explain', 'countersign_boundary'] as const) {
      const message = messageOf(tool, input, plain);
      assert.equal(message.confirm, undefined);
      assert.match(message.doing, /a\.playbook\.yaml/);
    }
  });

  it('shows what the model wrote as text, bounded, whatever it is', () => {
    const hostile = '[Approve](command:countersign.dryRun) \u202e<img src=x>'.repeat(20);
    for (const input of [{ playbook: hostile, case: hostile }, {}, { playbook: 1 }, { constructor: 'x' }]) {
      const { confirm, doing } = messageOf('countersign_dry_run', input, plain);
      const said = `${doing} ${confirm?.title} ${confirm?.message}`;
      assert.doesNotMatch(said, /\]\(|\u202e|function/);
      assert.ok(said.length < 1_200, String(said.length));
    }
  });
});
