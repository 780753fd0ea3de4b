import * as vscode from 'vscode';
import { commands, type Disposable, EventEmitter, type ExtensionContext, Uri, workspace } from 'vscode';
import { COMMANDS, MCP_PROVIDER } from '../names.js';
import { inform, warn } from '../notify.js';

/** Whether the tools are offered over MCP in this workspace, in its `workspaceState`. */
const OFFERED = 'countersign.mcp.offered';
/** Context key for menus: `on` or `off`; none where the editor starts no such servers. */
const CONTEXT = 'countersign.mcp';

/** The part of the API that VS Code has since 1.101, and editors like it may not have. */
interface McpApi {
  readonly registerMcpServerDefinitionProvider: (
    id: string,
    provider: {
      readonly onDidChangeMcpServerDefinitions: vscode.Event<void>;
      readonly provideMcpServerDefinitions: () => readonly object[];
    },
  ) => Disposable;
}

/** `vscode.McpStdioServerDefinition` of the same version. */
type StdioServer = new (
  label: string,
  command: string,
  args: readonly string[],
  env: { readonly [name: string]: string | null },
  version: string,
) => object;

/**
 * Has the editor start `countersign mcp` for each folder of the workspace, once a person said so by a command, for this
 * workspace. A setting would be the folder's to set; what a person said in this window is not.
 */
export function mcpServers(context: ExtensionContext): readonly Disposable[] {
  const { lm } = vscode;
  const Server: unknown = Reflect.get(vscode, 'McpStdioServerDefinition');
  if (!isMcpApi(lm) || !isStdioServer(Server)) {
    const cannot = async (): Promise<void> => {
      warn(
        'This editor starts no MCP servers for extensions. Give its agents the command "countersign mcp" with a folder instead; docs/cli.md shows how.',
      );
    };
    return [
      commands.registerCommand(COMMANDS.offerMcp, cannot),
      commands.registerCommand(COMMANDS.withdrawMcp, cannot),
    ];
  }
  const changed = new EventEmitter<void>();
  const offered = (): boolean => workspace.isTrusted && context.workspaceState.get(OFFERED) === true;
  const tell = (): void => {
    commands.executeCommand('setContext', CONTEXT, offered() ? 'on' : 'off');
    changed.fire();
  };
  const set = async (on: boolean): Promise<void> => {
    if (on && !workspace.isTrusted) {
      warn('Tools are not offered over MCP in Restricted Mode. Trust this workspace first.');
      return;
    }
    await context.workspaceState.update(OFFERED, on ? true : undefined);
    tell();
    inform(
      on
        ? 'Agents of this editor may now check, explain and dry-run the playbooks of this workspace over MCP. They cannot approve anything. "Countersign: Stop Offering Tools over MCP" ends it.'
        : 'Countersign no longer offers tools over MCP in this workspace.',
    );
  };
  const program = Uri.joinPath(context.extensionUri, 'dist', 'cli.cjs').fsPath;
  const { version }: { readonly version: string } = context.extension.packageJSON;
  tell();
  return [
    changed,
    lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () =>
        offered()
          ? (workspace.workspaceFolders ?? [])
              .filter(({ uri }) => uri.scheme === 'file')
              .map(
                ({ name, uri }) =>
                  new Server(
                    `Countersign: ${name}`,
                    process.execPath,
                    [program, 'mcp', uri.fsPath],
                    // The key for a model is none of its business.
                    { ELECTRON_RUN_AS_NODE: '1', ANTHROPIC_API_KEY: null, NODE_OPTIONS: null },
                    version,
                  ),
              )
          : [],
    }),
    commands.registerCommand(COMMANDS.offerMcp, () => set(true)),
    commands.registerCommand(COMMANDS.withdrawMcp, () => set(false)),
    workspace.onDidGrantWorkspaceTrust(tell),
    workspace.onDidChangeWorkspaceFolders(() => changed.fire()),
  ];
}

function isMcpApi(value: unknown): value is McpApi {
  return (
    typeof value === 'object' &&
    value !== null &&
    'registerMcpServerDefinitionProvider' in value &&
    typeof value.registerMcpServerDefinitionProvider === 'function'
  );
}

function isStdioServer(value: unknown): value is StdioServer {
  return typeof value === 'function';
}
