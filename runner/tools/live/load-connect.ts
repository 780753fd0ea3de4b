import type { Connect } from './connection.js';

/** The protocol's library, which comes alive only in a run with live servers: nothing else pays for it. */
export async function loadConnect(): Promise<Connect> {
  const { connect } = await import('./mcp.js');
  return connect;
}
