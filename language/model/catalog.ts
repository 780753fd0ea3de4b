import type { Located, Node, Range } from '../syntax/tree.js';
import type { JsonSchema } from './json-schema.js';
import type { AutonomyLevel, Effect } from './levels.js';

/** What a tool takes, returns and does to the world. */
export interface Tool {
  /** The exact name. Names match by equality only, never by prefix, pattern or case. */
  readonly name: Located<string>;
  readonly description: string;
  /** `undefined` when missing or unknown; such a tool is consequential and irreversible. */
  readonly effect: Effect | undefined;
  readonly reversible: boolean;
  readonly undo: Located<string> | undefined;
  /** An object schema: one property per argument. All are required unless the entry is marked `optional: true`. */
  readonly input: JsonSchema;
  readonly inputRanges: ReadonlyMap<string, Range>;
  readonly output: JsonSchema;
  /** The input that names what is acted on. */
  readonly target: Located<string> | undefined;
  /** The highest level at which the tool may ever run. */
  readonly autonomy: Located<AutonomyLevel> | undefined;
  readonly idempotent: boolean;
  /** What answers where nothing is recorded. */
  readonly backend: Backend;
  /** The catalog file it came from. */
  readonly uri: string;
  readonly node: Node;
}

/** What answers a tool's calls where they are not recorded. */
export type Backend =
  | { readonly kind: 'recorded' }
  /** SQL over a case's event data, with inputs bound by name. */
  | { readonly kind: 'evidence'; readonly query: string }
  | { readonly kind: 'mcp'; readonly server: string; readonly tool: string }
  | { readonly kind: 'built-in'; readonly name: string };

export interface Catalog {
  readonly uri: string;
  readonly tools: ReadonlyMap<string, Tool>;
}
