import type {
  Message as ApiMessage,
  ContentBlockParam,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import { plainJson, wellFormed } from '../trace/canonical.js';
import { withoutExtensions } from './api-schema.js';
import type { Message, ModelRequest, ProposedCall } from './port.js';
import { ANSWER_TOOL, type ToolNames } from './tool-names.js';

const CACHE = { type: 'ephemeral' } as const;

/** The system prompt, with how to hand in the answer. Cached: it is the same on every turn. */
export function systemOf(request: ModelRequest): TextBlockParam[] {
  const how =
    request.output === null
      ? ''
      : `\n\nWhen you are done, call the tool ${ANSWER_TOOL} once, by itself, with your answer. Text alone is not an answer.`;
  const text = `${request.system}${how}`.trim();
  return text === '' ? [] : [{ type: 'text', text, cache_control: CACHE }];
}

/** The offered tools, and the one for the answer. Nothing that would run on the provider's side. */
export function toolsOf(request: ModelRequest, names: ToolNames): Tool[] {
  const tools: Tool[] = request.tools.map((tool) => ({
    name: names.toApi(tool.name),
    description: tool.description,
    input_schema: { ...withoutExtensions(tool.input), type: 'object' },
  }));
  if (request.output !== null) {
    tools.push({
      name: ANSWER_TOOL,
      description: 'Hands in your final answer. Call it once, by itself, when the investigation is done.',
      input_schema: { ...withoutExtensions(request.output), type: 'object' },
    });
  }
  return tools;
}

/** The conversation as the API wants it: roles alternate, and every tool use is followed by its result. */
export function messagesOf(messages: readonly Message[], names: ToolNames): MessageParam[] {
  const out: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = [];
  let open: readonly string[] = [];
  const say = (role: 'user' | 'assistant', content: readonly ContentBlockParam[]): void => {
    if (content.length === 0) return;
    const last = out.at(-1);
    if (last?.role === role) last.content.push(...content);
    else out.push({ role, content: [...content] });
  };
  /** Tool uses without a result: answers that were not accepted, and calls nobody came to. */
  const close = (answered: ReadonlySet<string>): void => {
    say('user', open.filter((id) => !answered.has(id)).map(notUsed));
    open = [];
  };
  for (const message of messages) {
    switch (message.role) {
      case 'user':
        close(new Set());
        say('user', textBlocks(message.text));
        break;
      case 'assistant': {
        close(new Set());
        const content = isContent(message.raw) ? message.raw : rebuilt(message.text, message.calls, names);
        say('assistant', content);
        open = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
        break;
      }
      case 'tool': {
        const expected = new Set(open);
        const results = message.results.filter((result) => expected.has(result.call));
        say(
          'user',
          results.map(
            (result): ToolResultBlockParam => ({
              type: 'tool_result',
              tool_use_id: result.call,
              content: typeof result.content === 'string' ? result.content : JSON.stringify(result.content),
              is_error: !result.ok,
            }),
          ),
        );
        close(new Set(results.map((result) => result.call)));
        break;
      }
    }
  }
  close(new Set());
  const last = out.at(-1);
  const block = last?.role === 'user' ? last.content.at(-1) : undefined;
  if (last && (block?.type === 'text' || block?.type === 'tool_result')) {
    last.content = [...last.content.slice(0, -1), { ...block, cache_control: CACHE }];
  }
  return out;
}

/** What an answer of the API says: text, calls under the tools' own names, and the structured answer if it hands one in. */
export function readAnswer(
  message: Pick<ApiMessage, 'content'>,
  names: ToolNames,
): { readonly text: string; readonly calls: readonly ProposedCall[]; readonly answer: ProposedCall | undefined } {
  const texts: string[] = [];
  const calls: ProposedCall[] = [];
  let answer: ProposedCall | undefined;
  for (const block of message.content) {
    if (block.type === 'text') texts.push(block.text);
    if (block.type !== 'tool_use') continue;
    const call = { id: block.id, tool: names.fromApi(wellFormed(block.name)), arguments: plainJson(block.input) };
    if (block.name === ANSWER_TOOL) answer ??= call;
    else calls.push(call);
  }
  return { text: wellFormed(texts.join('\n')), calls, answer };
}

function textBlocks(text: string): TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

function rebuilt(text: string, calls: readonly ProposedCall[], names: ToolNames): ContentBlockParam[] {
  return [
    ...textBlocks(text),
    ...calls.map((call) => ({
      type: 'tool_use' as const,
      id: call.id,
      name: names.toApi(call.tool),
      input: call.arguments,
    })),
  ];
}

function notUsed(id: string): ToolResultBlockParam {
  return {
    type: 'tool_result',
    tool_use_id: id,
    content: `This was not used. ${ANSWER_TOOL} counts only by itself, with an answer that fits its schema.`,
    is_error: true,
  };
}

/** Whether `raw` is what `complete` gave out: a list of blocks that each have a type. */
function isContent(raw: unknown): raw is ContentBlockParam[] {
  return (
    Array.isArray(raw) &&
    raw.every(
      (block) => typeof block === 'object' && block !== null && 'type' in block && typeof block.type === 'string',
    )
  );
}
