// `npm run package`: the extension as countersign-<version>.vsix, for `code --install-extension`. Looks into what it made:
// only what is meant to be shipped, all that is needed, and nothing that tells where it was built.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { orExplain, SetupError, setUp } from './setup.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = `${manifest.name}-${manifest.version}.vsix`;

const SHIPPED =
  /^(extension\.vsixmanifest|\[Content_Types\]\.xml|extension\/(package\.json|readme\.md|LICENSE(\.txt)?|(dist|schemas|docs|playbooks)\/.+))$/i;
const NEEDED = [
  ...[
    'extension.cjs',
    'server.cjs',
    'runner.cjs',
    'cli.cjs',
    'check-thread.cjs',
    'evidence-thread.cjs',
    'live.cjs',
    'viewer.js',
    'viewer.css',
    'viewer-file.css',
    'boundary.js',
    'boundary.css',
    'codicon.css',
    'codicon.ttf',
  ],
  'THIRD-PARTY-LICENSES.txt',
].map((name) => `extension/dist/${name}`);

await orExplain(async () => {
  await setUp((line) => console.log(line));
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  // Dependencies are inside the bundles. Links in the README stay relative: there is no public repository to point to.
  const words = [
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    '--allow-missing-repository',
    '--out',
    file,
  ];
  const made = spawnSync(process.execPath, [vsce, ...words], { cwd: root, encoding: 'utf8' });
  if (made.status !== 0) throw new SetupError(`vsce could not package the extension:\n${made.stdout}${made.stderr}`);
  const entries = readZip(readFileSync(path.join(root, file)));
  const faults = [...wrongFiles(entries), ...tracesOfThisMachine(entries)];
  if (faults.length > 0) {
    rmSync(path.join(root, file), { force: true });
    throw new SetupError(`The package is not as it should be, and was removed:\n${faults.join('\n')}`);
  }
  for (const [name, content] of entries) console.log(`${(content.length / 1024).toFixed(1).padStart(8)} kB  ${name}`);
  console.log(`\n${file}: ${entries.size} files, ${(statSync(path.join(root, file)).size / 1024).toFixed(0)} kB`);
});

function wrongFiles(entries) {
  const names = [...entries.keys()];
  return [
    ...names
      .filter((name) => !SHIPPED.test(name) || name.endsWith('.trace.jsonl'))
      .map((name) => `  ${name} is not to be shipped (.vscodeignore)`),
    ...NEEDED.filter((name) => !entries.has(name)).map((name) => `  ${name} is missing`),
    ...['schemas', 'playbooks']
      .filter((folder) => !names.some((name) => name.startsWith(`extension/${folder}/`)))
      .map((folder) => `  nothing of ${folder}/ is in it`),
  ];
}

/** Paths of the machine it was built on: useless to whoever installs it, and nobody else's business. */
function tracesOfThisMachine(entries) {
  const home = homedir();
  const places = [root, ...(home.length > '/root'.length ? [home] : [])];
  return [...entries].flatMap(([name, content]) =>
    places.filter((place) => content.includes(place)).map((place) => `  ${name} contains the path ${place}`),
  );
}

/**
 * Name and content of each file in a zip archive (PKWARE APPNOTE 4.3: end record, central directory, local headers).
 * @param {Buffer} zip without zip64, which an archive of this size has no need of
 * @returns {Map<string, Buffer>}
 */
function readZip(zip) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries = new Map();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    if (!name.endsWith('/')) entries.set(name, zip.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return entries;
}
