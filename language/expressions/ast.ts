/** The syntax tree of a CEL expression: plain data. Offsets are UTF-16 code units into the expression's text. */
interface At {
  readonly start: number;
  readonly end: number;
}

/** A name and where it stands. */
export interface Name extends At {
  readonly name: string;
}

export type CelNode =
  | (At & {
      readonly kind: 'literal';
      readonly value: string | number | boolean | null;
      readonly type: 'string' | 'int' | 'double' | 'bool' | 'null' | 'other';
    })
  | (At & { readonly kind: 'identifier'; readonly name: string })
  | (At & { readonly kind: 'member'; readonly object: CelNode; readonly name: Name })
  | (At & { readonly kind: 'index'; readonly object: CelNode; readonly index: CelNode })
  /** `object` is the value before the dot, for a method or macro. */
  | (At & {
      readonly kind: 'call';
      readonly function: Name;
      readonly object: CelNode | undefined;
      readonly arguments: readonly CelNode[];
    })
  | (At & { readonly kind: 'unary'; readonly operator: '!' | '-'; readonly operand: CelNode })
  | (At & {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: CelNode;
      readonly right: CelNode;
    })
  | (At & { readonly kind: 'conditional'; readonly condition: CelNode; readonly then: CelNode; readonly else: CelNode })
  | (At & { readonly kind: 'list'; readonly items: readonly CelNode[] })
  | (At & { readonly kind: 'map'; readonly entries: readonly { readonly key: CelNode; readonly value: CelNode }[] });

export const BINARY_OPERATORS = ['==', '!=', 'in', '<', '<=', '>', '>=', '+', '-', '*', '/', '%', '&&', '||'] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number];

/** The methods that bind a variable: `list.exists(x, x > 1)`. */
export const MACROS = ['all', 'exists', 'exists_one', 'filter', 'map'] as const;
