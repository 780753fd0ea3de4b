import { fileURLToPath } from 'node:url';

export type ForeignReadings = typeof import('./foreign/reading.js');

/** What reads playbooks of other products, loaded when one is open: most editors never have any, and every editor has a server. */
export async function loadForeign(): Promise<ForeignReadings> {
  const url = import.meta.url;
  if (!url.endsWith('.cjs')) return import(new URL('./foreign/reading.js', url).href);
  // In a bundle `import` is `require`, and takes a path.
  const core: { readonly foreign: () => Promise<ForeignReadings> } = await import(
    fileURLToPath(new URL('./core.cjs', url))
  );
  return core.foreign();
}
