import { Environment } from '@marcbachmann/cel-js';

/** Longer expressions are not read. UTF-16 code units. */
export const MAX_EXPRESSION_LENGTH = 4096;

/**
 * The CEL environment every expression is parsed and evaluated in. Variables are dynamic: types are checked by `check.ts`,
 * which knows JSON Schema, before anything runs. Limits keep parsing and evaluation bounded.
 */
export function createEnvironment(): Environment {
  return new Environment({
    unlistedVariablesAreDyn: true,
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: 1000, maxDepth: 50, maxListElements: 200, maxMapEntries: 100, maxCallArguments: 20 },
  });
}
