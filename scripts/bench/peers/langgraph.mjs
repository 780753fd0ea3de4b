// LangGraph JS: its agent loop with its node for tools, without a checkpointer and without LangSmith.
import { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { AIMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { createReactAgent } from '@langchain/langgraph/prebuilt';
import { ANSWER, ARGUMENTS, DESCRIPTION, INPUT, SYSTEM, TASK } from '../task.mjs';
import { versionOf } from './versions.mjs';

export const name = `LangGraph JS ${versionOf('@langchain/langgraph')}`;

class Scripted extends BaseChatModel {
  constructor(turn) {
    super({});
    this.turn = turn;
  }
  _llmType() {
    return 'scripted';
  }
  bindTools() {
    return this;
  }
  async _generate() {
    const call = this.turn();
    const message =
      call === undefined
        ? new AIMessage('Done.')
        : new AIMessage({
            content: '',
            tool_calls: [{ id: `c-${call}`, name: 'lookup', args: ARGUMENTS, type: 'tool_call' }],
          });
    return { generations: [{ text: '', message }] };
  }
}

export async function run(count, turn) {
  const lookup = tool(async () => JSON.stringify(ANSWER), { name: 'lookup', description: DESCRIPTION, schema: INPUT });
  const agent = createReactAgent({ llm: new Scripted(turn), tools: [lookup], prompt: SYSTEM });
  const { messages } = await agent.invoke(
    { messages: [{ role: 'user', content: TASK }] },
    { recursionLimit: 2 * count + 10 },
  );
  if (messages.at(-1)?.content !== 'Done.') throw new Error('it did not end with the answer');
  return messages.filter((message) => message.getType() === 'tool').length;
}
