import { createPrivateKey, createPublicKey, hash, type KeyObject, sign, verify } from 'node:crypto';

/**
 * Signed notes, and the keys for them, as C2SP `signed-note` (https://c2sp.org/signed-note) has them: a text, an empty
 * line, and signatures. Only Ed25519 (signature type 1).
 */

const ED25519 = 1;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
/** Larger than a note of ours with as many signatures as a reader must accept. */
const MAX_SIGNATURES = 64;
const PRIVATE = 'PRIVATE+KEY+';

export interface PublicKey {
  /** Neither spaces nor `+`. */
  readonly name: string;
  /** Eight hex digits. Not a secure hash: it only tells keys apart. */
  readonly id: string;
  /** `<name>+<id>+<base64 of 0x01 and the 32 bytes of the key>`. */
  readonly vkey: string;
  readonly key: KeyObject;
}

export interface Signer {
  readonly public: PublicKey;
  /** The 64 bytes of an Ed25519 signature (RFC 8032) of the UTF-8 of a text. */
  sign(text: string): Uint8Array;
}

/** Whether a key may have this name. Narrower than the format: what a person can read and type. */
export function isKeyName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/@-]{0,99}$/.test(name);
}

/** A private key of 32 random bytes, as text that is to be kept secret; `signerFrom` reads it. */
export function privateKeyOf(name: string, seed: Uint8Array): string {
  return `${PRIVATE}${name}+${keyId(name, publicBytes(secretOf(seed)))}+${typed(seed).toString('base64')}`;
}

/** Reads a private key: `PRIVATE+KEY+<name>+<id>+<base64 of 0x01 and the 32 bytes of the seed>`. */
export function signerFrom(text: string): Signer | undefined {
  const line = text.trim();
  const parts = line.startsWith(PRIVATE) ? keyParts(line.slice(PRIVATE.length)) : undefined;
  if (!parts) return undefined;
  const secret = secretOf(parts.bytes);
  const own = publicKeyOf(parts.name, publicBytes(secret));
  if (own.id !== parts.id) return undefined;
  return { public: own, sign: (note) => sign(null, Buffer.from(note), secret) };
}

/** PKCS #8 of an Ed25519 key is these bytes and the seed (RFC 8410, section 7). */
function secretOf(seed: Uint8Array): KeyObject {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function publicBytes(secret: KeyObject): Buffer {
  return Buffer.from(createPublicKey(secret).export({ format: 'jwk' }).x ?? '', 'base64url');
}

/** Reads a public key in the form of `vkey`. */
export function publicKeyFrom(text: string): PublicKey | undefined {
  const parts = keyParts(text.trim());
  if (!parts) return undefined;
  const read = publicKeyOf(parts.name, parts.bytes);
  return read.id === parts.id ? read : undefined;
}

function keyParts(text: string): { readonly name: string; readonly id: string; readonly bytes: Buffer } | undefined {
  const match = /^([^\s+\p{Cc}]{1,1000})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(text);
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const bytes = base64(encoded);
  if (!match || bytes?.length !== KEY_BYTES + 1 || bytes[0] !== ED25519) return undefined;
  return { name, id, bytes: bytes.subarray(1) };
}

function publicKeyOf(name: string, bytes: Buffer): PublicKey {
  const id = keyId(name, bytes);
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') },
    format: 'jwk',
  });
  return { name, id, vkey: `${name}+${id}+${typed(bytes).toString('base64')}`, key };
}

function keyId(name: string, bytes: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), typed(bytes)])).slice(0, 8);
}

function typed(bytes: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(ED25519), bytes]);
}

/** The note of a text, which ends with a newline. */
export function signNote(text: string, signer: Signer): string {
  const signature = Buffer.concat([Buffer.from(signer.public.id, 'hex'), signer.sign(text)]).toString('base64');
  return `${text}\n— ${signer.public.name} ${signature}\n`;
}

export type OpenedNote =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: 'malformed' | 'unknown-key' | 'bad-signature' };

/** The text of a note, if this key signed it. Signatures of other keys are passed over, as the format asks. */
export function openNote(note: string, key: PublicKey): OpenedNote {
  const at = note.lastIndexOf('\n\n');
  const text = note.slice(0, at + 1);
  const lines = note.slice(at + 2).split('\n');
  const malformed: OpenedNote = { ok: false, fault: 'malformed' };
  if (at < 0 || lines.pop() !== '' || lines.length === 0 || lines.length > MAX_SIGNATURES) return malformed;
  let found: OpenedNote = { ok: false, fault: 'unknown-key' };
  for (const line of lines) {
    const [, name, encoded = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
    const bytes = base64(encoded);
    if (name === undefined || !bytes || bytes.length < 5) return malformed;
    if (name !== key.name || bytes.toString('hex', 0, 4) !== key.id) continue;
    const signature = bytes.subarray(4);
    if (signature.length !== SIGNATURE_BYTES || !verify(null, Buffer.from(text), key.key, signature)) {
      return { ok: false, fault: 'bad-signature' };
    }
    found = { ok: true, text };
  }
  return found;
}

/** Bytes of standard base64 in its one form; `undefined` for anything else. */
export function base64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}

/** A key without its bytes, as people are told of it: its name and id. */
export function shownKey(vkey: string): string {
  return vkey.split('+').slice(0, 2).join('+');
}
