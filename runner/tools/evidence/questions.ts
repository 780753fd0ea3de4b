import type { JsonObject } from '../../protocol/trace.js';
import type { BuiltInAnswer } from '../behaviour/built-ins.js';
import type { QueryAnswer } from './database.js';
import type { Cell, EventTable } from './table.js';

/** What the thread is started with. */
export interface ThreadData {
  readonly tables: readonly EventTable[];
  /** Milliseconds since 1970: what SQLite takes for the present. */
  readonly now: number;
}

/** What goes into the thread. */
export type Question =
  /** Forgets the database it has and takes other data: questions from then on are about that. It has no reply. Without tables: the same. */
  | { readonly id: number; readonly kind: 'take'; readonly tables?: readonly EventTable[]; readonly now: number }
  /** Fills the database, so that queries do not have to. */
  | { readonly id: number; readonly kind: 'fill' }
  | {
      readonly id: number;
      readonly kind: 'query';
      readonly sql: string;
      readonly parameters: { readonly [name: string]: Cell };
    }
  | { readonly id: number; readonly kind: 'built-in'; readonly name: string; readonly arguments: JsonObject };

/** What comes out of it, for each question once. */
export type Reply =
  | { readonly id: number; readonly kind: 'fill' }
  | { readonly id: number; readonly kind: 'query'; readonly answer: QueryAnswer }
  | { readonly id: number; readonly kind: 'built-in'; readonly answer: BuiltInAnswer };
