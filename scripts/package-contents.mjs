// What the package may and must hold. `npm run package` looks at the archive, test/platform/package.test.ts at what would go in.
import { OUTPUTS } from '../esbuild.mjs';

/** In bytes: what somebody loads who installs the extension. */
export const PACKAGE_LIMIT = 3_000_000;

const SHIPPED = /^(package\.json|readme\.md|LICENSE(\.txt)?|(dist|schemas|docs|playbooks)\/.+)$/i;
const NEEDED = [...OUTPUTS, 'THIRD-PARTY-LICENSES.txt'].map((name) => `dist/${name}`);

/**
 * What is wrong with a list of files, each a line for a person; empty when nothing is.
 * @param {readonly string[]} names relative to the extension, with `/`
 */
export function wrongContents(names) {
  const known = new Set(names);
  return [
    ...names
      .filter((name) => !SHIPPED.test(name) || /\.(trace\.jsonl|map)$/.test(name))
      .map((name) => `  ${name} is not to be shipped (.vscodeignore)`),
    ...names
      .filter((name) => name.startsWith('dist/') && !NEEDED.includes(name))
      .map((name) => `  ${name} is nothing that the build makes`),
    ...NEEDED.filter((name) => !known.has(name)).map((name) => `  ${name} is missing`),
    ...['schemas', 'playbooks']
      .filter((folder) => !names.some((name) => name.startsWith(`${folder}/`)))
      .map((folder) => `  nothing of ${folder}/ is in it`),
  ];
}
