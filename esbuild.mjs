// Bundles the programs and the viewer's style into dist/. Run it (`npm run build`), or import `buildWhenStale`.
// Imports nothing that needs installing until it really builds, so that scripts/setup.mjs can ask it what is stale.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(root, 'dist');
const STAMP = path.join(dist, '.built');

const FREQUENT_COLLECTION = ['--heap-growing-percent=50'];
/**
 * Programs that have most of their code in common, by the name that runs each: one bundle, in which nothing runs until it is
 * asked for. Apart they would be twice as large together.
 */
const CORE = 'core.cjs';
const SHARED = {
  cli: 'cli/main.ts',
  action: 'cli/action/main.ts',
  runner: 'runner/process/main.ts',
  checkThread: 'cli/check-thread.ts',
  comparing: 'revisions/comparing.ts',
  foreign: 'server/foreign/reading.ts',
};

const PROGRAMS = [
  { out: 'extension.cjs', from: 'client/extension.ts', external: ['vscode'] },
  { out: 'language-client.cjs', from: 'client/libraries/language-client.ts', external: ['vscode'] },
  { out: 'rpc.cjs', from: 'client/libraries/rpc.ts' },
  // An editor has many servers beside it: memory is collected when it has grown by half, not when it has doubled and more. In a
  // playbook of 10,000 lines that is a sixth less at the most, and a keystroke takes a millisecond longer. A check keeps little
  // of what it allocates. Flags are set here and nowhere in a program: what is kept of its code fits none but those.
  ...kept('server', { from: 'server/main.ts', flags: FREQUENT_COLLECTION, withoutExamples: true }),
  starter('runner', { program: CORE, entry: 'runner' }),
  starter('cli', {
    program: CORE,
    entry: 'cli',
    executable: true,
    byCommand: true,
    flags: FREQUENT_COLLECTION,
    // What writes to a terminal or a pipe, starts git, and starts threads.
    nodeModules: ['node:net', 'node:child_process', 'node:worker_threads'],
  }),
  // The program of action.yml. It runs once on a machine that is thrown away, so nothing is kept of its code.
  { out: 'action.cjs', text: `require('./${CORE}').action();`, external: [`./${CORE}`] },
  { out: 'check-thread.cjs', text: `require('./${CORE}').checkThread();`, external: [`./${CORE}`] },
  { out: CORE, text: coreText() },
  { out: 'evidence-thread.cjs', from: 'runner/tools/evidence/thread.ts' },
];
const PAGE = [
  { out: 'viewer.js', from: 'client/viewer/main.ts' },
  { out: 'viewer.css', from: 'client/viewer/viewer.css' },
  { out: 'graph.js', from: 'client/viewer/graph/main.ts' },
  { out: 'graph.css', from: 'client/viewer/graph.css' },
  { out: 'viewer-file.css', from: 'client/viewer/viewer-file.css' },
  { out: 'boundary.js', from: 'client/viewer/boundary/main.ts' },
  { out: 'boundary.css', from: 'client/viewer/boundary/boundary.css' },
];
const COPIES = ['codicon.css', 'codicon.ttf'].map((name) => ({
  out: name,
  from: `node_modules/@vscode/codicons/dist/${name}`,
}));

/**
 * The file that starts a program with what is kept of its compiled code (`launch/`). `entry` is what the program exports to be
 * called, if it does not run by itself; `flags` are V8's; `byCommand` keeps code for each first word of the command line;
 * `nodeModules` are loaded before the flags are set.
 */
function starter(name, { program, entry = '', executable = false, flags = [], nodeModules = [], byCommand = false }) {
  const define = {
    PROGRAM: `'${program}'`,
    ENTRY: `'${entry}'`,
    V8_FLAGS: JSON.stringify(flags),
    NODE_MODULES: JSON.stringify(nodeModules),
    BY_COMMAND: String(byCommand),
  };
  return { out: `${name}.cjs`, from: 'launch/main.ts', executable, define };
}

/** A program in two files: `<name>.program.cjs`, and `<name>.cjs`, which starts it. */
function kept(name, { from, withoutExamples, ...how }) {
  const program = `${name}.program.cjs`;
  return [starter(name, { ...how, program }), { out: program, from, withoutExamples }];
}

/** What a build leaves in dist/, beside source maps and licences. The package has all of it. */
export const OUTPUTS = [...PROGRAMS, ...PAGE, ...COPIES].map(({ out }) => out);

/** Everything a bundle depends on: our sources, the schemas, the exact dependencies and how we build. */
const SOURCES = [
  'language',
  'revisions',
  'runner',
  'server',
  'client',
  'cli',
  'launch',
  'schemas',
  'playbooks/catalogs/foreign',
];
const SETTINGS = [
  'esbuild.mjs',
  'scripts/compile-schemas.mjs',
  'scripts/compile-effects.mjs',
  'scripts/validators/schemas.mjs',
  'scripts/validators/shorter.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
];

const COMMON = {
  absWorkingDir: root,
  bundle: true,
  sourcemap: true,
  metafile: true,
  logLevel: 'silent',
  legalComments: 'none',
  // The build for Node asks the environment at every token, whether to log it; that alone took a tenth of a check.
  alias: {
    yaml: path.join(root, 'node_modules/yaml/browser/index.js'),
    // SQLite with its WebAssembly inside, so that there is no second file to find.
    'sql.js': path.join(root, 'node_modules/sql.js/dist/sql-wasm-inline.js'),
  },
};

/**
 * Leaves out the texts that show each rule at work: the docs, `countersign explain` and tests read them, and no server. They are a
 * twentieth of its bundle. Written as Biome has it, a member of a rule ends at the first line that is indented as it is.
 */
const WITHOUT_EXAMPLES = {
  name: 'without-examples',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]language[\\/]rules[\\/][a-z-]+\.ts$/ }, ({ path: file }) => ({
      loader: 'ts',
      contents: readFileSync(file, 'utf8').replace(
        /^( +)(?:failing|passing): (?:\{\n[\s\S]*?\n\1\}|.*),$/gm,
        (member) => '\n'.repeat(member.split('\n').length - 1),
      ),
    }));
  },
};

/**
 * What esbuild is told to make of a program for Node.
 * @param {{ from?: string, text?: string, to: string }} program `text`: in place of a file
 */
export function bundleForNode({ from, text, to, external = [], executable = false, define = {}, withoutExamples }) {
  return {
    ...COMMON,
    plugins: withoutExamples ? [WITHOUT_EXAMPLES] : [],
    ...(text ? { stdin: { contents: text, resolveDir: root } } : { entryPoints: [from] }),
    outfile: to,
    platform: 'node',
    target: 'node20',
    minify: true,
    format: 'cjs',
    // A program whose compiled code is kept cannot import: Node 20 lets only its own loader do that.
    supported: { 'dynamic-import': false },
    external,
    // CommonJS has no import.meta; a bundle's own address is the one thing anybody asks it for.
    define: { 'import.meta.url': 'importMetaUrl', ...define },
    banner: {
      js: `${executable ? shebangUnlessIn(from) : ''}const importMetaUrl = require('node:url').pathToFileURL(__filename).href;`,
    },
  };
}

/**
 * Builds when what is in dist/ was not made from the sources as they are now.
 * @param {(line: string) => void} say told what is going on
 * @returns {Promise<boolean>} whether anything was built
 * @throws {Error} with a message for a person when it cannot be built; dist/ then counts as stale
 */
export async function buildWhenStale(say = () => {}) {
  const stamp = stampOfSources();
  if (
    existsSync(STAMP) &&
    readFileSync(STAMP, 'utf8') === stamp &&
    OUTPUTS.every((file) => existsSync(path.join(dist, file)))
  )
    return false;
  const shared = Object.values(SHARED).map((from) => ({ out: CORE, from }));
  const missing = [...PROGRAMS, ...shared, ...PAGE].filter(({ from }) => from && !existsSync(path.join(root, from)));
  if (missing.length > 0)
    throw new Error(
      `Cannot build: ${missing.map(({ out, from }) => `${from} (for dist/${out})`).join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing.`,
    );
  rmSync(STAMP, { force: true });
  mkdirSync(dist, { recursive: true });
  const generated = spawnSync(process.execPath, [path.join(root, 'scripts/compile-schemas.mjs')], { encoding: 'utf8' });
  if (generated.status !== 0) throw new Error(`The schemas in schemas/ do not compile:\n${generated.stderr}`);

  const { build, formatMessages } = await import('esbuild');
  const results = await Promise.allSettled([
    ...PROGRAMS.map(({ out, ...program }) => build(bundleForNode({ ...program, to: `dist/${out}` }))),
    ...PAGE.map(({ out, from }) =>
      build({
        ...COMMON,
        entryPoints: [from],
        outfile: `dist/${out}`,
        platform: 'browser',
        target: 'chrome120',
        format: 'iife',
        minify: true,
        external: ['./codicon.ttf'],
      }),
    ),
  ]);
  const failed = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
  const errors = failed.flatMap((reason) => reason.errors ?? []);
  for (const reason of failed) if (!reason.errors) throw reason;
  if (errors.length > 0) throw new Error((await formatMessages(errors, { kind: 'error', color: false })).join('\n'));
  const built = results.map(({ value }) => value);
  const warnings = built.flatMap((result) => result.warnings);
  for (const text of await formatMessages(warnings, { kind: 'warning', color: false })) say(text);

  // What an earlier build called otherwise would be shipped.
  const made = new Set([...OUTPUTS, ...OUTPUTS.map((file) => `${file}.map`)]);
  for (const name of readdirSync(dist)) if (!made.has(name)) rmSync(path.join(dist, name), { recursive: true });
  for (const { out, from } of COPIES) copyFileSync(path.join(root, from), path.join(dist, out));
  for (const { out, executable } of PROGRAMS) if (executable) chmodSync(path.join(dist, out), 0o755);
  writeFileSync(path.join(dist, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicenses(built));
  for (const out of OUTPUTS)
    say(`dist/${out.padEnd(20)} ${(statSync(path.join(dist, out)).size / 1024).toFixed(0).padStart(6)} kB`);
  // What was built from, even if a source was edited meanwhile: the next run then sees that it differs.
  writeFileSync(STAMP, stamp);
  return true;
}

function shebangUnlessIn(from) {
  return readFileSync(path.join(root, from), 'utf8').startsWith('#!') ? '' : '#!/usr/bin/env node\n';
}

/** What only brings the programs that share a bundle into it: imported so, each runs when its function is called. */
function coreText() {
  return Object.entries(SHARED)
    .map(([name, from]) => `export const ${name} = () => import('./${from}');`)
    .join('\n');
}

function stampOfSources() {
  const hash = createHash('sha256');
  for (const folder of SOURCES) {
    if (!existsSync(path.join(root, folder))) continue;
    const files = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|css|json|effects\.yaml)$/.test(entry.name))
      .filter((entry) => !/\.(test|generated)\.ts$/.test(entry.name))
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
    for (const file of files.sort()) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file));
  }
  for (const file of SETTINGS)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(root, file)));
  return hash.digest('hex');
}

/** The licence of every package that ended up in a bundle, as most of them require of whoever passes them on. */
function thirdPartyLicenses(results) {
  const packages = new Set(COPIES.map(({ from }) => path.dirname(path.dirname(from))));
  for (const input of results.flatMap((result) => Object.keys(result.metafile.inputs))) {
    const match = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
    if (match) packages.add(match[0]);
  }
  return [...packages]
    .sort()
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
      const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(path.join(root, folder, file), 'utf8').trim() : `License: ${license}`;
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  try {
    const built = await buildWhenStale((line) => console.log(line));
    const took = `${((performance.now() - started) / 1000).toFixed(1)} s`;
    console.log(built ? `Built in ${took}.` : 'dist/ is up to date.');
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
