import type { ClientCapabilities, Connection } from 'vscode-languageserver/node';
import type { Foreign } from './foreign/foreign.js';
import type { Workspace } from './workspace.js';

/** What a feature works with. */
export interface ServerContext {
  readonly connection: Connection;
  readonly workspace: Workspace;
  readonly foreign: Foreign;
  /** What the client said at `initialize`; empty before. */
  readonly client: () => ClientSettings;
}

export interface ClientSettings {
  readonly capabilities: ClientCapabilities;
  /** Base URI of the documentation, ending in `/`; rules are at `rules/<rule>.md` below it. */
  readonly docsUri: string | undefined;
  /** Commands of ours that the client can run, by id. */
  readonly commands?: ReadonlySet<string>;
}
