import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Connect } from './connection.js';

/** The protocol's library, loaded only in a run with live servers: nothing else pays for it. */
export async function loadConnect(): Promise<Connect> {
  const module: { readonly connect: Connect } = await import(pathToFileURL(programFile()).href);
  return module.connect;
}

/** Bundled, or as the compiler leaves it. */
function programFile(): string {
  const name = import.meta.url.endsWith('.cjs') ? './live.cjs' : './mcp.js';
  return fileURLToPath(new URL(name, import.meta.url));
}
