import type { ScalarNode } from '../syntax/tree.js';
import type { ParsedExpression } from './parse.js';

/** A CEL expression where it stands: the whole of a scalar, or one `${{ }}` of a template. */
export interface Expression {
  readonly parsed: ParsedExpression;
  /** The scalar it is written in. */
  readonly node: ScalarNode;
  /** Where the expression's first character stands in the scalar's decoded text. */
  readonly offset: number;
}

/** A value with `${{ }}` in it: any YAML value whose strings may hold expressions. */
export type Template =
  | {
      readonly kind: 'constant';
      readonly value: string | number | boolean | null;
      readonly node: ScalarNode | undefined;
    }
  /** The whole scalar is one `${{ }}`: the value keeps the expression's type. */
  | { readonly kind: 'expression'; readonly expression: Expression; readonly node: ScalarNode }
  /** Text with expressions in it: always a string. */
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[]; readonly node: ScalarNode }
  | { readonly kind: 'list'; readonly items: readonly Template[] }
  | { readonly kind: 'map'; readonly entries: readonly { readonly key: string; readonly value: Template }[] };

/** Every expression in a template, in source order. */
export function* expressionsOf(template: Template): Generator<Expression> {
  switch (template.kind) {
    case 'constant':
      return;
    case 'expression':
      yield template.expression;
      return;
    case 'text':
      for (const part of template.parts) if (typeof part !== 'string') yield part;
      return;
    case 'list':
      for (const item of template.items) yield* expressionsOf(item);
      return;
    case 'map':
      for (const entry of template.entries) yield* expressionsOf(entry.value);
      return;
  }
}
