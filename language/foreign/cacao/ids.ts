import type { IdOf } from './extension.js';

/** The project's namespace for UUIDs made of names. It never changes: the ids of every export are made with it. */
const NAMESPACE = '9e8f3edd-ce86-4550-83ac-bda441efa4cb';

/** SHA-1, which `language` does not have: of bytes in hexadecimal digits and a text behind them, in UTF-8; in hexadecimal digits. */
export type Sha1 = (bytes: string, text: string) => string;

/** UUIDs of names in the project's namespace: version 5, RFC 9562, section 5.5. */
export function idsBy(sha1: Sha1): IdOf {
  return (name) => uuidOf(NAMESPACE, name, sha1);
}

/** A UUID of version 5 in any namespace. */
export function uuidOf(namespace: string, name: string, sha1: Sha1): string {
  const hash = sha1(namespace.replaceAll('-', ''), name).slice(0, 32);
  const variant = ((Number.parseInt(hash.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-${variant}${hash.slice(18, 20)}-${hash.slice(20)}`;
}
