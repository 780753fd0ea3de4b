import { fileURLToPath } from 'node:url';
import type { Connect } from './connection.js';

/** The protocol's library, loaded only in a run with live servers: nothing else pays for it. */
export async function loadConnect(): Promise<Connect> {
  const module: { readonly connect: Connect } = await import(programFile());
  return module.connect;
}

/** Bundled, where `import` is `require` and takes a path; or as the compiler leaves it, where it takes an address. */
function programFile(): string {
  return import.meta.url.endsWith('.cjs')
    ? fileURLToPath(new URL('./live.cjs', import.meta.url))
    : new URL('./mcp.js', import.meta.url).href;
}
