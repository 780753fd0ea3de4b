// The Vercel AI SDK: `generateText` with a tool. Telemetry is off unless asked for.
import { generateText, jsonSchema, stepCountIs, tool } from 'ai';
import { ANSWER, ARGUMENTS, DESCRIPTION, INPUT, SYSTEM, TASK } from '../task.mjs';
import { versionOf } from './versions.mjs';

globalThis.AI_SDK_LOG_WARNINGS = false;

export const name = `Vercel AI SDK ${versionOf('ai')}`;

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

export async function run(count, turn) {
  const lookup = tool({ description: DESCRIPTION, inputSchema: jsonSchema(INPUT), execute: async () => ANSWER });
  // Not the package's own mock, which keeps every prompt it was given.
  const model = {
    specificationVersion: 'v3',
    provider: 'bench',
    modelId: 'scripted',
    supportedUrls: {},
    async doGenerate() {
      const call = turn();
      const content =
        call === undefined
          ? { type: 'text', text: 'Done.' }
          : { type: 'tool-call', toolCallId: `c-${call}`, toolName: 'lookup', input: JSON.stringify(ARGUMENTS) };
      const reason = call === undefined ? 'stop' : 'tool-calls';
      return { content: [content], finishReason: { unified: reason, raw: reason }, usage, warnings: [] };
    },
  };
  const { text, steps } = await generateText({
    model,
    system: SYSTEM,
    prompt: TASK,
    tools: { lookup },
    stopWhen: stepCountIs(count + 2),
  });
  if (text !== 'Done.') throw new Error(`it ended with ${JSON.stringify(text)}`);
  return steps.reduce((sum, { toolResults }) => sum + toolResults.length, 0);
}
