import { fileURLToPath } from 'node:url';

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

/** Bundled, where `import` is `require` and takes a path; or as the compiler leaves it, where it takes an address. */
function address(name: 'language-client' | 'rpc'): string {
  return import.meta.url.endsWith('.cjs')
    ? fileURLToPath(new URL(`./${name}.cjs`, import.meta.url))
    : new URL(`./${name}.js`, import.meta.url).href;
}
