import { createHash } from 'node:crypto';

/** The project's namespace for UUIDs made of names. It never changes: the ids of every export are made with it. */
const NAMESPACE = '9e8f3edd-ce86-4550-83ac-bda441efa4cb';

/** The UUID of a name in the project's namespace: version 5, RFC 9562, section 5.5. */
export function idOfName(name: string): string {
  return uuidOf(NAMESPACE, name);
}

/** A UUID of version 5 in any namespace. */
export function uuidOf(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name, 'utf8')
    .digest();
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
