import type { Json, JsonObject } from '../../protocol/trace.js';
import type { ServerConfig } from './servers-file.js';

/** A tool as its server describes it. All of it is the server's word. */
export interface ServerTool {
  readonly name: string;
  readonly inputSchema: JsonObject;
  readonly annotations: JsonObject;
  /** All the server says of it, to be pinned by digest. */
  readonly definition: Json;
}

/** What a server answered to a call, before anybody looked at it. */
export interface ServerResult {
  readonly isError: boolean;
  /** Text blocks, joined. */
  readonly text: string;
  /** `undefined` where the server gave none. */
  readonly structured: Json | undefined;
}

/** A connection to one server. Every method rejects with a `ConnectionFault` when the server does not do its part. */
export interface Connection {
  /** All its tools, by as many requests as that takes. */
  listTools(signal: AbortSignal): Promise<readonly ServerTool[]>;
  callTool(name: string, args: JsonObject, signal: AbortSignal): Promise<ServerResult>;
  /** Whether the server said, since this was asked last, that its tools changed. */
  toolsChanged(): boolean;
  /** Ends it, and the process that was started for it. Never rejects. */
  close(): Promise<void>;
}

/** What went wrong between us and a server, as a clause for a person. Text of the server's in it is cut short and on one line. */
export class ConnectionFault extends Error {
  override readonly name = 'ConnectionFault';
}

/** The library is in a bundle of its own, with a class of its own, so the name tells. */
export function isConnectionFault(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ConnectionFault';
}

export type Connect = (
  reach: ServerConfig['reach'],
  folder: string,
  version: string,
  signal: AbortSignal,
) => Promise<Connection>;

/** Text of a server as part of a sentence. */
export function said(text: string): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
}
