// OpenAI Agents JS: its runner, with tracing off. The model is ours, so nothing of OpenAI's API is used.
import { Agent, Runner, setTracingDisabled, tool, Usage } from '@openai/agents';
import { ANSWER, ARGUMENTS, DESCRIPTION, INPUT, SYSTEM, TASK } from '../task.mjs';
import { versionOf } from './versions.mjs';

setTracingDisabled(true);

export const name = `OpenAI Agents JS ${versionOf('@openai/agents')}`;

export async function run(count, turn) {
  const lookup = tool({
    name: 'lookup',
    description: DESCRIPTION,
    parameters: INPUT,
    strict: true,
    execute: async () => JSON.stringify(ANSWER),
  });
  const model = {
    async getResponse() {
      const call = turn();
      const output =
        call === undefined
          ? {
              type: 'message',
              role: 'assistant',
              status: 'completed',
              content: [{ type: 'output_text', text: 'Done.' }],
            }
          : {
              type: 'function_call',
              callId: `c-${call}`,
              name: 'lookup',
              arguments: JSON.stringify(ARGUMENTS),
              status: 'completed',
            };
      return { usage: new Usage({ inputTokens: 1, outputTokens: 1, totalTokens: 2 }), output: [output] };
    },
  };
  const agent = new Agent({ name: 'bench', instructions: SYSTEM, model, tools: [lookup] });
  const result = await new Runner({ tracingDisabled: true }).run(agent, TASK, { maxTurns: count + 2 });
  if (result.finalOutput !== 'Done.') throw new Error(`it ended with ${JSON.stringify(result.finalOutput)}`);
  return result.newItems.filter(({ type }) => type === 'tool_call_output_item').length;
}
