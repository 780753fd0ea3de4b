import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isKeyName, type PublicKey, privateKeyOf, publicKeyFrom, type Signer, signerFrom } from './note.js';
import { codeOf } from './system-error.js';

/** Larger than any file with a key. */
const MAX_KEY_BYTES = 4096;
const ENDING = '.key';

export interface ConfigSurroundings {
  readonly platform: NodeJS.Platform;
  readonly env: { readonly [name: string]: string | undefined };
  readonly home: string;
}

/** The folder a user's own files of this program are in: XDG's, or Windows' for applications. */
export function configFolder({ platform, env, home }: ConfigSurroundings): string {
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'countersign');
  const xdg = env.XDG_CONFIG_HOME;
  // XDG: a path that is not absolute is to be ignored.
  return join(xdg?.startsWith('/') ? xdg : join(home, '.config'), 'countersign');
}

/** Where the keys of a user are, and which of them signs when nobody says which. */
export function keyFolder(config: string): string {
  return join(config, 'keys');
}

export function defaultKeyFile(config: string): string {
  return join(keyFolder(config), `default${ENDING}`);
}

export type NewKey = { readonly ok: true; readonly key: PublicKey } | { readonly ok: false; readonly message: string };

/** Makes a key of 32 random bytes and writes it to a new file that only its owner can read. */
export function createKey(file: string, name: string, seed: Uint8Array): NewKey {
  if (!isKeyName(name)) {
    return {
      ok: false,
      message: `A key cannot be called "${name}": letters, digits and . _ / @ - only, a letter or digit first, at most 100.`,
    };
  }
  const text = privateKeyOf(name, seed);
  const key = signerFrom(text);
  if (!key) throw new Error('a new key cannot be read back');
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const target = openSync(file, 'wx', 0o600);
    try {
      writeFileSync(target, `${text}\n`);
      fsyncSync(target);
    } finally {
      closeSync(target);
    }
    return { ok: true, key: key.public };
  } catch (error) {
    const code = codeOf(error);
    const why = code === 'EEXIST' ? 'there is a file already, and a key is never written over' : code;
    return { ok: false, message: `The key cannot be written to ${file}: ${why}.` };
  }
}

export type LoadedSigner =
  | { readonly ok: true; readonly signer: Signer }
  | { readonly ok: false; readonly missing: boolean; readonly message: string };

/** Reads a private key. Refuses one that others can read: what it signed would prove nothing. */
export function loadSigner(file: string): LoadedSigner {
  let text: string;
  try {
    const source = openSync(file, 'r');
    try {
      const stat = fstatSync(source);
      if (!stat.isFile() || stat.size > MAX_KEY_BYTES) return bad(file, 'it is no file with a key');
      if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) {
        return bad(file, `others can read it. If nobody did, "chmod 600 ${file}" mends that; else make a new one`);
      }
      text = readFileSync(source, 'utf8');
    } finally {
      closeSync(source);
    }
  } catch (error) {
    const code = codeOf(error);
    const message = code === 'ENOENT' ? 'there is no such file' : `the system said ${code}`;
    return { ...bad(file, message), missing: code === 'ENOENT' };
  }
  const signer = signerFrom(text);
  return signer ? { ok: true, signer } : bad(file, 'it has no private key as "countersign keys new" writes it');
}

function bad(file: string, why: string): Extract<LoadedSigner, { ok: false }> {
  return { ok: false, missing: false, message: `The key ${file} cannot be used: ${why}.` };
}

/** Public keys, of the private ones in a folder, by file name. What cannot be read has the reason instead. */
export function keysIn(folder: string): readonly { readonly file: string; readonly loaded: LoadedSigner }[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .map((name) => ({ file: join(folder, name), loaded: loadSigner(join(folder, name)) }));
}

/** A public key, given as it is or as a file with one (or with a private one). */
export function loadPublicKey(
  given: string,
): { readonly ok: true; readonly key: PublicKey } | { readonly ok: false; readonly message: string } {
  const direct = publicKeyFrom(given);
  if (direct) return { ok: true, key: direct };
  try {
    const source = openSync(given, 'r');
    try {
      const stat = fstatSync(source);
      const text = stat.isFile() && stat.size <= MAX_KEY_BYTES ? readFileSync(source, 'utf8') : '';
      const key = publicKeyFrom(text) ?? signerFrom(text)?.public;
      if (key) return { ok: true, key };
    } finally {
      closeSync(source);
    }
  } catch {
    // Said below: it is neither.
  }
  return {
    ok: false,
    message: `"${given}" is neither a public key, as "countersign keys show" prints it, nor a file with one.`,
  };
}

/**
 * Who signs checkpoints of a new trace: the key in the file that was chosen, nobody when that is `none`, and when nothing
 * was chosen the user's own key, if there is one. A key that is there and cannot be used is said, not passed over.
 */
export function chosenSigner(
  choice: string | undefined,
  config: string,
): { readonly ok: true; readonly signer: Signer | undefined } | { readonly ok: false; readonly message: string } {
  if (choice === 'none') return { ok: true, signer: undefined };
  const loaded = loadSigner(choice ?? defaultKeyFile(config));
  if (loaded.ok) return loaded;
  return choice === undefined && loaded.missing ? { ok: true, signer: undefined } : loaded;
}
