import { dirname, resolve } from 'node:path';
import type { Tool } from '../../../language/model/catalog.js';
import { within } from '../../deadline.js';
import { readText } from '../../node-files.js';
import type { Clock } from '../../ports.js';
import type { TraceEvents } from '../../protocol/trace.js';
import { VERSION } from '../../version.js';
import type { ToolAnswer, ToolHost } from '../port.js';
import type { SchemaCheck } from '../schema-check.js';
import { answerOf } from './answer.js';
import { type Connect, type Connection, isConnectionFault } from './connection.js';
import { loadConnect } from './load-connect.js';
import { type PinnedTool, pin } from './pin.js';
import { readServersFile, type ServerConfig } from './servers-file.js';

/** What a run was given to reach live servers with. */
export interface LiveOptions {
  /** The file that says which servers there are. The person who starts the run names it; nothing in a playbook can. */
  readonly path: string;
  readonly environment: { readonly [variable: string]: string | undefined };
  /** Instead of the protocol's library, in tests. */
  readonly connect?: Connect;
}

/** The live servers of one run. Only reading tools are bound, each pinned to what its server said of it at the start. */
export interface LiveTools extends ToolHost {
  takes(tool: Tool): boolean;
  readonly opened: NonNullable<TraceEvents['run.opened']['live']>;
  close(): Promise<void>;
}

export type OpenedLive =
  | { readonly ok: true; readonly live: LiveTools }
  | { readonly ok: false; readonly path: string; readonly line: number | null; readonly message: string };

export interface LiveParts {
  readonly options: LiveOptions;
  /** The tools of the playbook and of all it calls. */
  readonly tools: readonly Tool[];
  readonly schemas: SchemaCheck;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

interface LiveServer {
  readonly config: ServerConfig;
  readonly connection: Connection;
  /** By the tool's own name; without those that are called no more. */
  readonly pinned: Map<string, PinnedTool>;
  /** Ends when what the server said of changes was looked into; calls wait for it. */
  checked: Promise<void>;
  /** The server said that its tools changed, and nobody has looked at them since. */
  stale: boolean;
}

/** Milliseconds for a server to start and to say which tools it has. */
const START_TIME = 30_000;

/**
 * Connects to the servers that the tools are bound to. A server that cannot be reached, or a tool that is not as it has to
 * be, keeps the run from starting, and every server that was started is ended again.
 */
export async function openLive(parts: LiveParts): Promise<OpenedLive> {
  const path = resolve(parts.options.path);
  const no = (message: string, line: number | null = null): OpenedLive => ({
    ok: false,
    path,
    line,
    message: `${path}${line === null ? '' : `:${line + 1}`} ${message}`,
  });
  const text = readText(path);
  if (!text.ok) return no(`The servers cannot be read: ${text.reason}.`);
  const file = readServersFile(text.text, parts.options.environment);
  if (!file.ok) return no(file.message, file.line);
  const bound = boundTo(parts.tools, file.servers);
  if (bound.size === 0) {
    return no('No tool of this playbook that only reads is bound to one of these servers. Run it without --live.');
  }
  const connect = parts.options.connect ?? (await loadConnect());
  const servers = new Map<string, LiveServer>();
  const close = async (): Promise<void> => {
    await Promise.all([...servers.values()].map(({ connection }) => connection.close()));
  };
  try {
    for (const [config, tools] of bound) {
      const fault = await startServer(config, tools, connect, dirname(path), parts, servers);
      if (fault === null) continue;
      await close();
      return no(`The server "${config.name}" cannot be used: ${fault}.`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ok: true, live: { ...hostOf(servers, parts), opened: openedBy(servers, bound), close } };
}

/** The reading tools of each server that there is, by its configuration. */
function boundTo(
  tools: readonly Tool[],
  servers: ReadonlyMap<string, ServerConfig>,
): ReadonlyMap<ServerConfig, readonly Tool[]> {
  const bound = new Map<ServerConfig, Tool[]>();
  for (const tool of tools) {
    const config = tool.backend.kind === 'mcp' && tool.effect === 'read' ? servers.get(tool.backend.server) : undefined;
    if (config) bound.set(config, [...(bound.get(config) ?? []), tool]);
  }
  return bound;
}

/** Connects and pins; why that cannot be, or `null`. */
async function startServer(
  config: ServerConfig,
  tools: readonly Tool[],
  connect: Connect,
  folder: string,
  { clock, signal }: LiveParts,
  servers: Map<string, LiveServer>,
): Promise<string | null> {
  const work = async (ended: AbortSignal): Promise<string | null> => {
    try {
      const connection = await connect(config.reach, folder, VERSION, ended);
      // Nobody waits for it any more, and nobody would end it.
      if (ended.aborted) await connection.close();
      const server: LiveServer = { config, connection, pinned: new Map(), checked: Promise.resolve(), stale: false };
      servers.set(config.name, server);
      const listed = await connection.listTools(ended);
      for (const { backend, input } of tools) {
        if (backend.kind !== 'mcp') continue;
        const found = pin(listed, backend.tool, input);
        if (!found.ok) return found.reason;
        server.pinned.set(backend.tool, found.pinned);
      }
      return null;
    } catch (error) {
      if (isConnectionFault(error)) return error.message;
      throw error;
    }
  };
  const waited = await within(work, START_TIME, clock, signal);
  switch (waited.kind) {
    case 'done':
      return waited.value;
    case 'timed-out':
      return `it did not say what tools it has within ${START_TIME / 1000} seconds`;
    case 'cancelled':
      return 'the run was cancelled';
  }
}

function hostOf(
  servers: ReadonlyMap<string, LiveServer>,
  { schemas, clock }: LiveParts,
): Pick<LiveTools, 'takes' | 'call'> {
  const taken = new Set(
    [...servers].flatMap(([name, { pinned }]) => [...pinned.keys()].map((tool) => `${name} ${tool}`)),
  );
  const serverOf = ({ backend, effect }: Tool): LiveServer | undefined => {
    if (backend.kind !== 'mcp' || effect !== 'read') return undefined;
    return taken.has(`${backend.server} ${backend.tool}`) ? servers.get(backend.server) : undefined;
  };
  return {
    takes: (tool) => serverOf(tool) !== undefined,
    async call({ tool, arguments: args, simulate }, signal): Promise<ToolAnswer> {
      const server = serverOf(tool);
      const { backend } = tool;
      // Whoever asks: what is not only reading never goes out.
      if (simulate || !server || backend.kind !== 'mcp') {
        return { ok: false, error: `${tool.name.value} is not bound to a live server.`, source: 'engine' };
      }
      const source = `mcp:${server.config.name}`;
      const work = async (ended: AbortSignal): Promise<ToolAnswer> => {
        try {
          // A look that failed is not the next call's: that one looks again.
          server.checked = server.checked.catch(() => undefined).then(() => dropChanged(server, ended));
          await server.checked;
          if (!server.pinned.has(backend.tool)) return changed(tool, source);
          const result = await server.connection.callTool(backend.tool, args, ended);
          return { ...answerOf(tool, result, schemas), source };
        } catch (error) {
          if (!isConnectionFault(error)) throw error;
          return { ok: false, error: `${tool.name.value} gave no answer: ${error.message}.`, source };
        }
      };
      const waited = await within(work, server.config.timeout, clock, signal);
      switch (waited.kind) {
        case 'done':
          return waited.value;
        case 'timed-out':
          return {
            ok: false,
            error: `${tool.name.value} did not answer within ${server.config.timeout / 1000} seconds.`,
            source,
          };
        case 'cancelled':
          return { ok: false, error: 'The run ended before there was an answer.', source };
      }
    },
  };
}

/** Where the server said that its tools changed: takes away those that are not what they were at the start. */
async function dropChanged(server: LiveServer, signal: AbortSignal): Promise<void> {
  const { connection, pinned } = server;
  if (connection.toolsChanged()) server.stale = true;
  if (!server.stale) return;
  const now = await connection.listTools(signal);
  server.stale = false;
  for (const [name, before] of [...pinned]) {
    const again = pin(now, name, {});
    if (!again.ok || again.pinned.digest !== before.digest) pinned.delete(name);
  }
}

function changed({ name }: Tool, source: string): ToolAnswer {
  const error = `${name.value} was not called: its server describes it in another way than at the start of the run.`;
  return { ok: false, error, source };
}

function openedBy(
  servers: ReadonlyMap<string, LiveServer>,
  bound: ReadonlyMap<ServerConfig, readonly Tool[]>,
): LiveTools['opened'] {
  return [...bound].map(([{ name, reach }, tools]) => ({
    server: name,
    transport: reach.kind,
    // Never the arguments, the rest of the address or a header: secrets are kept there.
    address: reach.kind === 'http' ? reach.url.origin : (reach.command[0].split(/[\\/]/).at(-1) ?? ''),
    tools: tools.flatMap((tool) => {
      const pinned = tool.backend.kind === 'mcp' ? servers.get(name)?.pinned.get(tool.backend.tool) : undefined;
      return pinned ? [{ tool: tool.name.value, ...pinned }] : [];
    }),
  }));
}
