import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolResultSchema,
  ErrorCode,
  ListToolsResultSchema,
  McpError,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { JsonObject } from '../../protocol/trace.js';
import { plainJson } from '../../trace/canonical.js';
import { type Connect, ConnectionFault, type ServerTool, said } from './connection.js';
import { limitedFetch } from './limited-fetch.js';
import type { ServerConfig } from './servers-file.js';

/** Of one message of a server. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const MAX_TOOLS = 1_000;
const MAX_PAGES = 20;
/** Whoever calls ends what takes too long; the library's own clock is put as far away as it goes. */
const NO_TIMEOUT = 2 ** 31 - 1;

/**
 * Connects to a server of the Model Context Protocol, by its official library. No capability is announced, so whatever the
 * server asks for, a model, files, a person, is refused. What it says of itself and of its tools reaches no model.
 */
export const connect: Connect = async (reach, folder, version, signal) => {
  const client = new Client({ name: 'countersign', version }, { capabilities: {} });
  let changed = false;
  const pending = new Set<AbortController>();
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    changed = true;
  });
  const close = async (): Promise<void> => {
    await client.close().catch(() => undefined);
  };
  const faultless = async <T>(work: (options: RequestOptions) => Promise<T>, ended: AbortSignal): Promise<T> => {
    // Made anew for each: the library leaves its listeners behind.
    const broken = new AbortController();
    pending.add(broken);
    try {
      return await work({
        signal: AbortSignal.any([ended, broken.signal]),
        timeout: NO_TIMEOUT,
        maxTotalTimeout: NO_TIMEOUT,
      });
    } catch (error) {
      throw new ConnectionFault(broken.signal.aborted ? said(String(broken.signal.reason)) : faultOf(error));
    } finally {
      pending.delete(broken);
    }
  };
  const breakOff = (reason: string): void => {
    for (const one of pending) one.abort(reason);
  };
  try {
    await faultless((options) => client.connect(transportTo(reach, folder, breakOff), options), signal);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async listTools(ended) {
      const tools: ServerTool[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < MAX_PAGES; page++) {
        const params = cursor === undefined ? {} : { cursor };
        const result = await faultless(
          (options) => client.request({ method: 'tools/list', params }, ListToolsResultSchema, options),
          ended,
        );
        for (const tool of result.tools) tools.push(serverTool(tool));
        if (tools.length > MAX_TOOLS) throw new ConnectionFault(`it has more than ${MAX_TOOLS} tools`);
        cursor = result.nextCursor;
        if (cursor === undefined) return tools;
      }
      throw new ConnectionFault(`its list of tools has more than ${MAX_PAGES} pages`);
    },
    async callTool(name, args, ended) {
      // Not `callTool`: what an answer has to look like is for our catalog to say, not for the server.
      const result = await faultless(
        (options) =>
          client.request(
            { method: 'tools/call', params: { name, arguments: { ...args } } },
            CallToolResultSchema,
            options,
          ),
        ended,
      );
      const texts = result.content.flatMap((block) => (block.type === 'text' ? [block.text] : []));
      return {
        isError: result.isError === true,
        text: texts.join('\n'),
        structured: result.structuredContent === undefined ? undefined : plainJson(result.structuredContent),
      };
    },
    toolsChanged() {
      const was = changed;
      changed = false;
      return was;
    },
    close,
  };
};

function transportTo(reach: ServerConfig['reach'], folder: string, broken: (reason: string) => void): Transport {
  switch (reach.kind) {
    case 'stdio': {
      const [command, ...args] = reach.command;
      return new StdioClientTransport({
        command,
        args,
        // Beside these it gets what the library calls safe: PATH, HOME, USER and the like, never the whole environment.
        env: { ...reach.env },
        cwd: folder,
        stderr: 'ignore',
        maxBufferSize: MAX_MESSAGE_BYTES,
      });
    }
    case 'http': {
      return new StreamableHTTPClientTransport(reach.url, {
        fetch: limitedFetch(fetch, MAX_MESSAGE_BYTES, broken),
        requestInit: { headers: { ...reach.headers } },
        // A call that broke off is not made again behind our back.
        reconnectionOptions: {
          maxRetries: 0,
          initialReconnectionDelay: 1_000,
          maxReconnectionDelay: 1_000,
          reconnectionDelayGrowFactor: 1,
        },
      });
    }
  }
}

function serverTool(tool: {
  readonly name: string;
  readonly inputSchema: object;
  readonly annotations?: object | undefined;
}): ServerTool {
  return {
    name: tool.name,
    inputSchema: objectOf(tool.inputSchema),
    annotations: objectOf(tool.annotations ?? {}),
    definition: plainJson(tool),
  };
}

function objectOf(value: object): JsonObject {
  const plain = plainJson(value);
  return typeof plain === 'object' && plain !== null && !isList(plain) ? plain : {};
}

function isList(value: object): value is readonly unknown[] {
  return Array.isArray(value);
}

function faultOf(error: unknown): string {
  if (error instanceof McpError) {
    if (error.code === ErrorCode.ConnectionClosed) return 'the connection ended';
    return `it answered with an error: ${said(error.message.replace(/^(MCP error -?\d+: )+/, ''))}`;
  }
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
    if (code === 'ENOENT') return 'there is no such program, or no such folder';
    if (code !== undefined) return `the system said ${code}`;
    // What the protocol's own types do not describe is reported item by item, and long.
    return 'issues' in error ? 'its answer is not one of the protocol' : said(error.message);
  }
  return said(String(error));
}
