import type { Json } from '../syntax/tree.js';

/** A JSON value on one line as the samples write it: `{ type: string, enum: [a, b] }`. */
export function flowYaml(value: Json): string {
  if (typeof value === 'string') return word(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isList(value)) return `[${value.map(flowYaml).join(', ')}]`;
  const entries = Object.entries(value).map(([key, one]) => `${word(key)}: ${flowYaml(one)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** Plain where it reads as the same text in every YAML, else in quotes. */
export function word(text: string): string {
  const plain = /^[A-Za-z_/][\w./@ -]*$/.test(text) && !/\s$/.test(text);
  return plain && !/^(true|false|null|yes|no|on|off|y|n|nan|inf)$/i.test(text) ? text : JSON.stringify(text);
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
