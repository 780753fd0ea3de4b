import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { sample } from './workbench.js';

/** A server of the Model Context Protocol over its standard input and output, which leaves a file when it is started. */
const SERVER = `
const { appendFileSync } = require('node:fs');
appendFileSync(process.env.STARTED, 'started\\n');
const tool = { name: 'search_logs', inputSchema: { type: 'object', properties: { query: { type: 'string' } } } };
const results = {
  initialize: (params) => ({
    protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'siem', version: '1' },
  }),
  'tools/list': () => ({ tools: [tool] }),
  'tools/call': () => ({ content: [], structuredContent: { hits: 42 } }),
};
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const result = results[method] ? results[method](params) : {};
  process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\\n');
});
`;

const FILES = {
  'live.tools.yaml': `catalog: live
tools:
  siem.search:
    description: Search the logs.
    effect: read
    reversible: true
    idempotent: true
    input: { query: { type: string } }
    output: { hits: { type: integer } }
    backend: { mcp: { server: siem, tool: search_logs } }
`,
  'live.playbook.yaml': `playbook: live
version: 1.0.0
title: Ask a server
operating-model: tool-assisted
owner: tests
accountable: analyst
catalogs: [live.tools.yaml]
policy: policies/default.policy.yaml
trigger: { class: detection_finding }
steps:
  - { id: first, action: siem.search, with: { query: one } }
  - { id: second, action: siem.search, with: { query: two } }
`,
  'live.case.yaml': `case: live
title: A server is asked
playbook: live
alert: alerts/quiet-beacon.alert.json
answers:
  - { tool: siem.search, with: { query: one }, output: { hits: 1 } }
  - { tool: siem.search, with: { query: two }, output: { hits: 2 } }
`,
};

/** A playbook whose tool is bound to a server, and a person who names that server in the settings. */
export interface LiveServer {
  /** Whether somebody started the server. */
  started(): boolean;
  /** As if nobody had started it. */
  forget(): void;
  remove(): Promise<void>;
}

/** Puts the playbook `live.playbook.yaml` with catalog and case into the workspace, and the server outside of it, as a person's own files are. */
export async function setUpLiveServer(): Promise<LiveServer> {
  const home = mkdtempSync(path.join(tmpdir(), 'countersign-live-'));
  const started = path.join(home, 'started');
  const server = path.join(home, 'server.cjs');
  const settings = () => vscode.workspace.getConfiguration('countersign');
  writeFileSync(server, SERVER);
  const command = JSON.stringify([process.execPath, server]);
  const env = JSON.stringify({ STARTED: started, ELECTRON_RUN_AS_NODE: '1' });
  writeFileSync(path.join(home, 'servers.yaml'), `servers: { siem: { command: ${command}, env: ${env} } }\n`);
  for (const [name, text] of Object.entries(FILES))
    await vscode.workspace.fs.writeFile(sample(name), Buffer.from(text));
  await settings().update('liveServers', path.join(home, 'servers.yaml'), vscode.ConfigurationTarget.Global);
  return {
    started: () => existsSync(started),
    forget: () => rmSync(started, { force: true }),
    async remove() {
      await settings().update('liveServers', undefined, vscode.ConfigurationTarget.Global);
      for (const name of Object.keys(FILES)) await vscode.workspace.fs.delete(sample(name));
      rmSync(home, { recursive: true, force: true });
    },
  };
}
