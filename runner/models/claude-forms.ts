import type { ModelRequest } from './port.js';
import { strictSchema } from './strict-schema.js';

type Schema = { readonly [keyword: string]: unknown };

/** What of a request Claude is held to by form: the answer, and the input of tools. */
export interface Forms {
  /** The form of the answer, as text; `null`: it is handed in through a tool, or none is asked for. */
  readonly answer: Schema | null;
  /** The strict input of a tool, by the tool's own name. */
  readonly tools: ReadonlyMap<string, Schema>;
}

/** Holds to nothing: for a model that does not take what is strict. */
export const NO_FORMS: Forms = { answer: null, tools: new Map() };

/** Limits of one request, over all its strict schemas together: see `strict-schema.ts` for where they are from. */
const MOST = { tools: 20, optional: 24, unions: 16 } as const;

/** The forms of a request, as far as they have a strict form and together stay within the limits; the answer first. */
export function formsOf({ tools, output }: Pick<ModelRequest, 'tools' | 'output'>): Forms {
  let optional = 0;
  let unions = 0;
  const take = (schema: Parameters<typeof strictSchema>[0]): Schema | undefined => {
    const strict = strictSchema(schema);
    if (!strict || optional + strict.optional > MOST.optional || unions + strict.unions > MOST.unions) return undefined;
    optional += strict.optional;
    unions += strict.unions;
    return strict.schema;
  };
  const answer = output === null ? undefined : take(output);
  const strictTools = new Map<string, Schema>();
  for (const tool of tools) {
    if (strictTools.size >= MOST.tools) break;
    const strict = take(tool.input);
    if (strict) strictTools.set(tool.name, strict);
  }
  return { answer: answer ?? null, tools: strictTools };
}
