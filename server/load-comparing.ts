import { fileURLToPath } from 'node:url';

export type Comparing = typeof import('../revisions/comparing.js');

/** What compares boundaries, loaded when somebody asks: the server has no other use for it, and every editor has a server. */
export async function loadComparing(): Promise<Comparing> {
  const url = import.meta.url;
  if (!url.endsWith('.cjs')) return import(new URL('../revisions/comparing.js', url).href);
  // In a bundle `import` is `require`, and takes a path.
  const core: { readonly comparing: () => Promise<Comparing> } = await import(
    fileURLToPath(new URL('./core.cjs', url))
  );
  return core.comparing();
}
