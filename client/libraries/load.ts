import { fileURLToPath, pathToFileURL } from 'node:url';

/*
 * The libraries that talk to the language server and the runner are five times as much code as all the rest of the extension,
 * and none of it is needed to start. They are bundles of their own, loaded with the first process; later calls get the same.
 */

export async function loadLanguageClient(): Promise<typeof import('./language-client.js')> {
  return import(address('language-client'));
}

export async function loadRpc(): Promise<typeof import('./rpc.js')> {
  return import(address('rpc'));
}

/** Bundled beside the extension, or as the compiler leaves it. */
function address(name: 'language-client' | 'rpc'): string {
  const ending = import.meta.url.endsWith('.cjs') ? 'cjs' : 'js';
  return pathToFileURL(fileURLToPath(new URL(`./${name}.${ending}`, import.meta.url))).href;
}
