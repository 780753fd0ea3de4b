import { createHash } from 'node:crypto';
import { idsBy, type Sha1 } from '../../language/foreign/cacao/ids.js';

export const sha1: Sha1 = (bytes, text) =>
  createHash('sha1').update(Buffer.from(bytes, 'hex')).update(text, 'utf8').digest('hex');

/** The id of a name in the project's namespace. */
export const idOfName = idsBy(sha1);
