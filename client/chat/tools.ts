import {
  type CancellationToken,
  type Disposable,
  LanguageModelTextPart,
  type LanguageModelTool,
  LanguageModelToolResult,
  lm,
  type PreparedToolInvocation,
  workspace,
} from 'vscode';
import { ASSISTANT_TOOLS, type AssistantParams, type AssistantTool } from '../../runner/protocol/assistant.js';
import type { Json } from '../../runner/protocol/trace.js';
import { isOurFile } from '../names.js';
import { plain } from '../plain.js';
import { assistInProcess } from '../runner/runner-process.js';
import { dryRunSettings, tracesFolder } from '../settings.js';
import type { TraceHost } from '../trace/trace-view.js';
import { messageOf } from './messages.js';

/**
 * The tools for a language model of the editor's chat. An editor without such a chat has no `lm`, or one without tools: then
 * there are none, and nothing else is different.
 */
export function registerChatTools(host: TraceHost): readonly Disposable[] {
  const { registerTool }: Partial<Pick<typeof lm, 'registerTool'>> = lm ?? {};
  if (registerTool === undefined) return [];
  return ASSISTANT_TOOLS.map((tool) => registerTool.call(lm, tool, chatTool(host, tool)));
}

function chatTool({ extension, output }: TraceHost, tool: AssistantTool): LanguageModelTool<object> {
  return {
    prepareInvocation: ({ input }): PreparedToolInvocation => {
      const { doing, confirm } = messageOf(tool, input, plain);
      return {
        invocationMessage: doing,
        // In a workspace that is not trusted there is nothing to confirm: the answer says that dry runs are off.
        ...(confirm === undefined || !workspace.isTrusted ? {} : { confirmationMessages: confirm }),
      };
    },
    invoke: async ({ input }, token: CancellationToken) => {
      const reply = await assistInProcess(extension, output, paramsOf(tool, input), token);
      // What is thrown here the model gets to read; a sentence for it is no fault of ours.
      if (!reply.ok) throw new Error(reply.message);
      return new LanguageModelToolResult([new LanguageModelTextPart(reply.text)]);
    },
  };
}

/** The call of a model, with the surroundings only the editor knows. */
function paramsOf(tool: AssistantTool, input: object): AssistantParams {
  const folders = (workspace.workspaceFolders ?? []).map(({ uri }) => uri).filter(({ scheme }) => scheme === 'file');
  const [first] = folders;
  const settings = first === undefined ? undefined : dryRunSettings(first);
  return {
    tool,
    input: jsonOf(input),
    folders: folders.map(({ fsPath }) => fsPath),
    traces: folders.map((folder) => tracesFolder(folder).fsPath),
    trusted: workspace.isTrusted,
    user: settings?.user ?? '',
    personal: settings?.personalData ?? 'keep',
    unsaved: workspace.textDocuments
      .filter(
        ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && (isOurFile(uri.path) || uri.path.endsWith('.json')),
      )
      .map((document) => ({ path: document.uri.fsPath, text: document.getText() })),
  };
}

/** What a model gave, as JSON: it comes from there. */
function jsonOf(input: object): Json {
  const json: Json = JSON.parse(JSON.stringify(input));
  return json;
}
