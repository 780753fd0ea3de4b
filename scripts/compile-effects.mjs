// Makes language/foreign/effects/built-in.generated.ts of the catalogs in playbooks/catalogs/foreign/, so that they need not be
// found and read at run time. Writes only when something changed.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const folder = path.join(root, 'playbooks/catalogs/foreign');
const target = path.join(root, 'language/foreign/effects/built-in.generated.ts');
const files = readdirSync(folder)
  .filter((file) => file.endsWith('.effects.yaml'))
  .sort();
const { parse } = await import('yaml');
const catalogs = files.map((file) => {
  const { product, effects } = parse(readFileSync(path.join(folder, file), 'utf8'));
  return { product, effects };
});
const code = `// Generated from playbooks/catalogs/foreign by scripts/compile-effects.mjs.
export const BUILT_IN_EFFECTS: readonly {
  readonly product: string;
  readonly effects: { readonly [effect: string]: readonly string[] };
}[] = ${JSON.stringify(catalogs, null, 2)};
`;
if (!existsSync(target) || readFileSync(target, 'utf8') !== code) writeFileSync(target, code);
