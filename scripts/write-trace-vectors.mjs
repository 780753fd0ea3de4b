// `npm run vectors`: writes the small traces, good and bad, that verifiers are tested with, and what one of them is exported as.
// See test/trace-vectors/make.ts and test/exports.ts.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeExports } from '../out/test/exports.js';
import { makeVectors } from '../out/test/trace-vectors/make.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const made = await makeVectors(path.join(root, 'test', 'trace-vectors', 'vectors'));
console.log(`${made.length} vectors written.`);
await writeExports();
