import assert from 'node:assert/strict';
import Module, { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ASSISTANT_TOOLS } from '../runner/protocol/assistant.js';
import { COMMANDS, MCP_PROVIDER } from './names.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** An editor's `vscode` module in which everything is there and does nothing, but for what is given. */
function anything(given: { readonly [name: string]: unknown } = {}): object {
  const nothing: { readonly [name: string]: unknown } = {
    then: undefined,
    version: '1.100.0',
    textDocuments: [],
    workspaceFolders: [],
    visibleTextEditors: [],
    fsPath: path.join(repository, 'nowhere'),
    ...given,
  };
  return new Proxy(
    Object.assign(function stub() {}, given),
    {
      get: (_, name) =>
        typeof name === 'string' && Object.hasOwn(nothing, name)
          ? nothing[name]
          : name === Symbol.toPrimitive
            ? () => ''
            : anything(),
      has: (_, name) => typeof name === 'string' && Object.hasOwn(nothing, name),
      apply: () => anything(),
      construct: () => anything(),
      set: () => true,
    },
  );
}

async function bundleOf(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(repository, file)],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** What a bundle exports in an editor whose API is this. */
function load(bundle: string, vscode: object) {
  const module = new Module(path.join(repository, 'dist/extension.cjs'));
  const require = createRequire(path.join(repository, 'package.json'));
  const run = new Function('require', 'module', 'exports', bundle);
  run((name: string) => (name === 'vscode' ? vscode : require(name)), module, module.exports);
  return module.exports;
}

describe('The key for a model', () => {
  it('is the one in the secret storage, else that of the environment, else asked for', async () => {
    let asked = 0;
    const window = anything({
      showInputBox: async () => {
        asked++;
      },
      showInformationMessage: () => undefined,
    });
    const { apiKey } = load(await bundleOf('client/api-key.ts'), anything({ window }));
    const stored = (key: string | undefined) => ({ get: async () => key });
    const before = process.env.ANTHROPIC_API_KEY;
    try {
      process.env.ANTHROPIC_API_KEY = 'of-the-environment';
      assert.equal(await apiKey(stored('of-the-storage')), 'of-the-storage');
      assert.equal(await apiKey(stored(undefined)), 'of-the-environment');
      delete process.env.ANTHROPIC_API_KEY;
      assert.equal(await apiKey(stored(undefined)), undefined);
      assert.equal(asked, 1);
    } finally {
      if (before === undefined) delete process.env.ANTHROPIC_API_KEY;
      else process.env.ANTHROPIC_API_KEY = before;
    }
  });
});

describe('The extension starts', () => {
  let bundle = '';
  before(async () => {
    bundle = await bundleOf('client/extension.ts');
  });

  /** Starts it in an editor that has this as `vscode.lm`; gives the names of what it registered there. */
  function start(lm: object | undefined, more: { readonly [name: string]: unknown } = {}) {
    const registered: string[] = [];
    const note = (name: string): object => {
      registered.push(name);
      return { dispose: () => undefined };
    };
    const vscode = anything({
      lm: lm && Object.fromEntries(Object.keys(lm).map((name) => [name, (id: string): object => note(id)])),
      commands: anything({ registerCommand: note, executeCommand: async () => undefined }),
      McpStdioServerDefinition: undefined,
      ...more,
    });
    const { activate } = load(bundle, vscode);
    const subscriptions: object[] = [];
    activate(
      anything({
        subscriptions,
        extensionUri: anything(),
        extension: { packageJSON: { version: '1.0.0' } },
        workspaceState: anything({ get: () => undefined }),
      }),
    );
    assert.ok(subscriptions.length > 10);
    return registered;
  }

  it('in an editor without an API for language models, with every command', () => {
    assert.deepEqual(start(undefined).sort(), Object.values(COMMANDS).sort());
  });

  it('in one that has the API and no tools in it', () => {
    assert.deepEqual(start({}).sort(), Object.values(COMMANDS).sort());
  });

  it('in one with tools, which it registers, and one that starts MCP servers', () => {
    const tools = start({ registerTool: true });
    assert.deepEqual(tools.filter((name) => name.startsWith('countersign_')).sort(), [...ASSISTANT_TOOLS].sort());
    const lm = { registerTool: true, registerMcpServerDefinitionProvider: true };
    const all = start(lm, { McpStdioServerDefinition: class {} });
    assert.ok(all.includes(MCP_PROVIDER));
    assert.deepEqual(all.filter((name) => name.startsWith('countersign.')).sort(), Object.values(COMMANDS).sort());
  });
});
