import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The folder of package.json, seen from out/test/platform. */
export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** The address to import one of the repository's plain modules (`*.mjs`) by. */
export function moduleAddress(relative: string): string {
  return pathToFileURL(path.join(repository, relative)).href;
}
