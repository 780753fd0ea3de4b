import assert from 'node:assert/strict';
import fc from 'fast-check';
import { messagesOf } from './claude-messages.js';
import { toolNames } from './tool-names.js';

describe('the conversation for the API', () => {
  const names = toolNames(['a.b']);

  it('hands a turn back unchanged, thinking and all', () => {
    const raw = [
      { type: 'thinking', thinking: 'hm', signature: 'sig' },
      { type: 'tool_use', id: 't1', name: 'a_b', input: {} },
    ];
    const [, assistant, user] = messagesOf(
      [
        { role: 'user', text: 'go' },
        { role: 'assistant', text: '', calls: [], raw },
        { role: 'tool', results: [{ call: 't1', tool: 'a.b', ok: false, content: 'Denied.' }] },
      ],
      names,
    );
    assert.deepEqual(assistant, { role: 'assistant', content: raw });
    assert.deepEqual(user!.content, [
      {
        type: 'tool_result',
        tool_use_id: 't1',
        content: 'Denied.',
        is_error: true,
        cache_control: { type: 'ephemeral' },
      },
    ]);
  });

  it('gives a use that was proposed without an object none: the API takes nothing else', () => {
    const [assistant] = messagesOf(
      [{ role: 'assistant', text: '', calls: [{ id: 't1', tool: 'a.b', arguments: '{"a":' }] }],
      names,
    ).filter(({ role }) => role === 'assistant');
    assert.ok(Array.isArray(assistant?.content));
    assert.deepEqual(
      assistant.content.flatMap((block) => (block.type === 'tool_use' ? [block.input] : [])),
      [{}],
    );
  });

  it('leaves no tool use without a result, and no result without a use', () => {
    const id = fc.constantFrom('t1', 't2', 't3');
    const message = fc.oneof(
      fc.record({ role: fc.constant('user' as const), text: fc.constantFrom('', ' ', 'go on') }),
      fc.record({
        role: fc.constant('assistant' as const),
        text: fc.constantFrom('', 'hm'),
        calls: fc.uniqueArray(id).map((ids) => ids.map((it) => ({ id: it, tool: 'a.b', arguments: {} }))),
      }),
      fc.record({
        role: fc.constant('tool' as const),
        results: fc
          .uniqueArray(id)
          .map((ids) => ids.map((call) => ({ call, tool: 'a.b', ok: true, content: { n: 1 } }))),
      }),
    );
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const out = messagesOf(messages, names);
        for (const [i, { role, content }] of out.entries()) {
          assert.ok(Array.isArray(content) && content.length > 0);
          assert.notEqual(role, out[i - 1]?.role);
          const uses = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
          const next = out[i + 1]?.content;
          const results = (Array.isArray(next) ? next : []).flatMap((block) =>
            block.type === 'tool_result' ? [block.tool_use_id] : [],
          );
          assert.deepEqual(new Set(results), new Set(uses));
          if (uses.length > 0) assert.equal(results.length, uses.length);
        }
      }),
    );
  });
});
