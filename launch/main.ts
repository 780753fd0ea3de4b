import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { cacheFolder } from './cache-folder.js';
import { cachedProgram } from './code-cache.js';

// What esbuild.mjs says of the program that this is the start of.
/** Its file, beside this one. */
declare const PROGRAM: string;
/** What it exports that runs it, where it holds several programs; empty where it runs by itself. */
declare const ENTRY: string;
/** Flags of V8 it is to run with. They must be set before any code is taken from the cache: V8 compares them. */
declare const V8_FLAGS: readonly string[];
/**
 * Modules of Node that it comes to load. Node has kept code of them, which no longer fits once a flag is set: compiled anew they take
 * three times as long.
 */
declare const NODE_MODULES: readonly string[];
/** Whether the first word of the command line decides which part of the program is used. */
declare const BY_COMMAND: boolean;

/** Of a process that ran for so many seconds nobody notices the time it takes to look. */
const WORTH_A_LOOK_S = 1;

const load = createRequire(__filename);
for (const name of NODE_MODULES) load(name);
for (const flag of V8_FLAGS) setFlagsFromString(flag);

const file = path.join(__dirname, PROGRAM);
const program = cachedProgram(file, {
  folder: cacheFolder({ platform: process.platform, env: process.env, home: home() }),
  variant: [process.version, process.arch, ...process.execArgv, ...V8_FLAGS, ENTRY, BY_COMMAND ? commandWord() : ''],
});
process.once('exit', () => {
  // A command that was over in no time is not kept waiting to find that there is little to add.
  if (!program.warm || process.uptime() > WORTH_A_LOOK_S) program.keep();
});
const module_: { exports: { readonly [name: string]: unknown } } = { exports: {} };
program.start(module_.exports, createRequire(file), module_, file, __dirname);
const run = module_.exports[ENTRY];
if (typeof run === 'function') run();

function home(): string {
  try {
    return homedir();
  } catch {
    // A user without an entry in the system's list of users, as in some containers.
    return '';
  }
}

/** A command's name, and nothing else: not every word a person may type is worth a file. */
function commandWord(): string {
  const word = process.argv[2] ?? '';
  return /^[a-z]{1,12}$/.test(word) ? word : '';
}
