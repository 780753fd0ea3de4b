import type { Json, JsonObject } from '../protocol/trace.js';

/** Whether a JSON value is an object. Of a value that may be anything `isObject` in `shape.ts` tells. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
