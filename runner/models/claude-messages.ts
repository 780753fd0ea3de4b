import type {
  ContentBlockParam,
  MessageParam,
  TextBlockParam,
  Tool,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import { isObject } from '../trace/shape.js';
import { withoutExtensions } from './api-schema.js';
import type { Forms } from './claude-forms.js';
import type { Message, ModelRequest, ProposedCall } from './port.js';
import { ANSWER_TOOL, type ToolNames } from './tool-names.js';

const CACHE = { type: 'ephemeral' } as const;

/** The system prompt, with how to give the answer. Cached, and with it the tools before it: they are the same on every turn. */
export function systemOf(request: ModelRequest, forms: Forms): TextBlockParam[] {
  const how =
    request.output === null
      ? ''
      : forms.answer !== null
        ? '\n\nWhen you are done, give your answer as JSON of the form that is asked for, and nothing else.'
        : `\n\nWhen you are done, call the tool ${ANSWER_TOOL} once, by itself, with your answer. Text alone is not an answer.`;
  const text = `${request.system}${how}`.trim();
  return text === '' ? [] : [{ type: 'text', text, cache_control: CACHE }];
}

/** The offered tools, and the one for the answer. Nothing that would run on the provider's side. */
export function toolsOf(request: ModelRequest, names: ToolNames, forms: Forms): Tool[] {
  const tools: Tool[] = request.tools.map((tool) => {
    const strict = forms.tools.get(tool.name);
    return {
      name: names.toApi(tool.name),
      description: tool.description,
      input_schema: { ...(strict ?? withoutExtensions(tool.input)), type: 'object' },
      ...(strict ? { strict: true } : {}),
    };
  });
  if (request.output !== null && forms.answer === null) {
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
        if (message.examples !== undefined)
          say('user', [{ type: 'text', text: message.examples, cache_control: CACHE }]);
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
  // Where this turn ends, and where the one before did: a cache is looked for at most 20 blocks back, and one turn may
  // have more calls than that.
  for (const message of out.filter(({ role }) => role === 'user').slice(-2)) {
    const block = message.content.at(-1);
    if (block?.type === 'text' || block?.type === 'tool_result') {
      message.content = [...message.content.slice(0, -1), { ...block, cache_control: CACHE }];
    }
  }
  return out;
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
      // As they are handed back in the run itself: the API takes only an object.
      input: isObject(call.arguments) ? call.arguments : {},
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
