import { closest } from '../suggest.js';
import { type CelNode, MACROS, type Name } from './ast.js';
import { type CelFunction, FUNCTIONS, MACRO_SIGNATURES } from './functions.js';
import type { ParsedExpression } from './parse.js';
import {
  ANY,
  BOOL,
  describeType,
  INT,
  isAssignable,
  mayBeEqual,
  NUMBER,
  STRING,
  union,
  type ValueType,
} from './types.js';

/** What an expression sees. */
export interface Scope {
  readonly variables: ReadonlyMap<string, ValueType>;
}

/** A fault at a word of the expression; offsets into its text. */
export interface ExpressionProblem {
  readonly rule: 'expression-syntax' | 'unknown-variable' | 'unknown-member' | 'unknown-function' | 'type-mismatch';
  readonly start: number;
  readonly end: number;
  readonly message: string;
  /** What to write instead of the word. */
  readonly suggestion?: string;
}

/** A value that is read: a variable and the members that follow, as far as they are names. */
export interface Reference {
  readonly path: readonly Name[];
  readonly start: number;
  readonly end: number;
}

export interface CheckResult {
  readonly type: ValueType;
  readonly problems: readonly ExpressionProblem[];
  readonly references: readonly Reference[];
}

/** The type of an expression, every fault in it, and every value it reads. Never throws. */
export function checkExpression(expression: ParsedExpression, scope: Scope): CheckResult {
  if (!expression.ast) {
    const problems = expression.error ? [{ rule: 'expression-syntax' as const, ...expression.error }] : [];
    return { type: ANY, problems, references: [] };
  }
  const checker = new Checker(expression.text);
  const type = checker.typeOf(expression.ast, scope.variables);
  return { type, problems: checker.problems, references: checker.references };
}

type Variables = ReadonlyMap<string, ValueType>;

/**
 * `steps["id"]`: the same reading of a step as `steps.id`, and to count as such wherever it matters which step is read.
 */
function isStepByText(
  node: CelNode,
): node is CelNode & { readonly kind: 'index'; readonly index: CelNode & { readonly value: string } } {
  return (
    node.kind === 'index' &&
    node.object.kind === 'identifier' &&
    node.object.name === 'steps' &&
    node.index.kind === 'literal' &&
    typeof node.index.value === 'string'
  );
}

class Checker {
  readonly problems: ExpressionProblem[] = [];
  /** Made anew with each one: most expressions have one, and a list that grew has room for 16 more. */
  references: readonly Reference[] = [];
  /** Variables a macro binds: their values are not the run's. */
  private readonly bound: string[] = [];

  constructor(private readonly text: string) {}

  typeOf(node: CelNode, variables: Variables): ValueType {
    switch (node.kind) {
      case 'literal':
        if (node.type === 'other')
          this.mismatch(node, 'Playbooks have neither unsigned numbers nor bytes. Write a number, or text in quotes.');
        return literalType(node);
      case 'identifier':
      case 'member':
        return this.path(node, variables);
      case 'index':
        return isStepByText(node) ? this.path(node, variables) : this.index(node, variables);
      case 'call':
        return this.call(node, variables);
      case 'unary': {
        const operand = this.typeOf(node.operand, variables);
        const wanted = node.operator === '!' ? BOOL : NUMBER;
        if (!couldBe(operand, wanted))
          this.mismatch(
            node.operand,
            `"${node.operator}" needs ${describeType(wanted)}, and this is ${describeType(operand)}.`,
          );
        return node.operator === '!' ? BOOL : operand;
      }
      case 'binary':
        return this.binary(node, variables);
      case 'conditional': {
        const condition = this.typeOf(node.condition, variables);
        if (!couldBe(condition, BOOL))
          this.mismatch(
            node.condition,
            `The part before "?" must be true or false, and it is ${describeType(condition)}.`,
          );
        const then = this.typeOf(node.then, variables);
        const otherwise = this.typeOf(node.else, variables);
        if (!isAlike(then, otherwise))
          this.mismatch(
            node.else,
            `Both results of "?" must be of one type: the first is ${describeType(then)}, and this is ${describeType(otherwise)}.`,
          );
        return union([then, otherwise]);
      }
      case 'list':
        return { kind: 'list', items: union(node.items.map((item) => this.typeOf(item, variables))) };
      case 'map': {
        const members = new Map<string, { type: ValueType; required: boolean; description: undefined }>();
        let open = false;
        for (const { key, value } of node.entries) {
          const type = this.typeOf(value, variables);
          if (key.kind === 'literal' && typeof key.value === 'string')
            members.set(key.value, { type, required: true, description: undefined });
          else {
            open = true;
            this.typeOf(key, variables);
          }
        }
        return { kind: 'object', members, open };
      }
    }
  }

  /** A variable with the members after it: one reference. */
  private path(node: CelNode & { kind: 'identifier' | 'member' | 'index' }, variables: Variables): ValueType {
    const names: Name[] = [];
    let root: CelNode = node;
    for (;;) {
      if (root.kind === 'member') names.unshift(root.name);
      else if (isStepByText(root))
        names.unshift({ name: root.index.value, start: root.index.start, end: root.index.end });
      else break;
      root = root.object;
    }
    if (root.kind !== 'identifier') {
      let type = this.typeOf(root, variables);
      for (const name of names) type = this.member(type, name);
      return type;
    }
    let type = variables.get(root.name);
    if (type === undefined) {
      if (['string', 'int', 'double', 'bool'].includes(root.name)) return ANY;
      const suggestion = closest(root.name, variables.keys());
      this.problems.push({
        rule: 'unknown-variable',
        start: root.start,
        end: root.end,
        message: `There is no variable "${root.name}".${suggestion ? ` Did you mean "${suggestion}"?` : ` Here are: ${[...variables.keys()].join(', ')}.`}`,
        ...(suggestion ? { suggestion } : {}),
      });
      return ANY;
    }
    if (!this.bound.includes(root.name)) {
      const path = [{ name: root.name, start: root.start, end: root.end }, ...names];
      this.references = [...this.references, { path, start: node.start, end: node.end }];
    }
    for (const name of names) {
      const quote = this.text[name.start] ?? '';
      type = this.member(type, name, (spelt) => (quote === '"' || quote === "'" ? `${quote}${spelt}${quote}` : spelt));
    }
    return type;
  }

  private member(type: ValueType, name: Name, spell: (name: string) => string = (name) => name): ValueType {
    switch (type.kind) {
      case 'any':
        return ANY;
      case 'object': {
        const member = type.members.get(name.name);
        if (member) return member.type;
        if (type.open) return ANY;
        const suggestion = closest(name.name, type.members.keys());
        const known = [...type.members.keys()];
        const hint = suggestion
          ? ` Did you mean "${suggestion}"?`
          : known.length === 0
            ? ' It has no members.'
            : ` It has: ${known.slice(0, 12).join(', ')}${known.length > 12 ? ' …' : ''}.`;
        this.problems.push({
          rule: 'unknown-member',
          start: name.start,
          end: name.end,
          message: `There is no "${name.name}" in ${this.text.slice(0, name.start).match(/[\w.\]["']+(?=\.\s*$)/)?.[0] ?? 'this value'}.${hint}`,
          ...(suggestion ? { suggestion: spell(suggestion) } : {}),
        });
        return ANY;
      }
      case 'union': {
        const objects = type.options.filter((option) => option.kind === 'object' || option.kind === 'any');
        const found = objects.filter(
          (option) => option.kind !== 'object' || option.open || option.members.has(name.name),
        );
        if (found.length > 0) return union(found.map((option) => this.member(option, name, spell)));
        return this.member(objects[0] ?? { kind: 'null' }, name, spell);
      }
      default:
        this.problems.push({
          rule: 'type-mismatch',
          start: name.start,
          end: name.end,
          message: `"${name.name}" is read of ${describeType(type)}, which has no members.`,
        });
        return ANY;
    }
  }

  private index(node: CelNode & { kind: 'index' }, variables: Variables): ValueType {
    const object = this.typeOf(node.object, variables);
    const index = this.typeOf(node.index, variables);
    if (object.kind === 'list') {
      if (!couldBe(index, NUMBER))
        this.mismatch(node.index, `A list is indexed by a number, and this is ${describeType(index)}.`);
      return object.items;
    }
    if (object.kind === 'object') {
      if (!couldBe(index, STRING))
        this.mismatch(node.index, `A map is indexed by text, and this is ${describeType(index)}.`);
      if (node.index.kind === 'literal' && typeof node.index.value === 'string') {
        const { value, start, end } = node.index;
        const quote = this.text[start] ?? '"';
        return this.member(object, { name: value, start, end }, (name) => `${quote}${name}${quote}`);
      }
      return ANY;
    }
    if (object.kind !== 'any' && object.kind !== 'union')
      this.mismatch(node.object, `This is ${describeType(object)} and cannot be indexed with [].`);
    return ANY;
  }

  private call(node: CelNode & { kind: 'call' }, variables: Variables): ValueType {
    const { name } = node.function;
    if (!node.object && name === 'has') return this.has(node, variables);
    if (node.object && MACROS.some((macro) => macro === name)) return this.macro(node, node.object, variables);
    const on = node.object && this.typeOf(node.object, variables);
    const given = node.arguments.map((argument) => this.typeOf(argument, variables));
    const overloads = FUNCTIONS.get(name)?.filter((one) => (one.on === undefined) === (on === undefined)) ?? [];
    if (overloads.length === 0) {
      this.unknownFunction(node.function, on !== undefined);
      return ANY;
    }
    const [first] = overloads;
    const fitting = overloads.find((one) => one.takes.length === given.length);
    if (!fitting) {
      this.problems.push({
        rule: 'type-mismatch',
        start: node.function.start,
        end: node.function.end,
        message: `"${name}" takes ${first?.takes.length ?? 0} argument${first?.takes.length === 1 ? '' : 's'}: ${first?.signature}.`,
      });
      return first?.gives ?? ANY;
    }
    this.arguments(fitting, node, on, given);
    return fitting.gives;
  }

  private arguments(
    fitting: CelFunction,
    node: CelNode & { kind: 'call' },
    on: ValueType | undefined,
    given: readonly ValueType[],
  ): void {
    if (on && fitting.on && !hasKind(on, fitting.on)) {
      this.problems.push({
        rule: 'type-mismatch',
        start: node.function.start,
        end: node.function.end,
        message: `"${fitting.signature}" is for ${fitting.on.map((kind) => describeType({ kind, items: ANY, members: new Map(), open: true } as ValueType)).join(' or ')}, and this is ${describeType(on)}.`,
      });
    }
    if (on && node.function.name === 'join' && !hasKind(itemsOf(on), ['string'])) {
      this.problems.push({
        rule: 'type-mismatch',
        start: node.function.start,
        end: node.function.end,
        message: `Only texts can be joined, and this is ${describeType(on)}. Make texts of its items first: map(x, string(x)).`,
      });
    }
    for (const [index, kinds] of fitting.takes.entries()) {
      const type = given[index];
      const argument = node.arguments[index];
      if (type && argument && kinds.length > 0 && !hasKind(type, kinds))
        this.mismatch(argument, `"${fitting.signature}" cannot take ${describeType(type)} here.`);
    }
  }

  private has(node: CelNode & { kind: 'call' }, variables: Variables): ValueType {
    const [argument] = node.arguments;
    if (node.arguments.length !== 1 || argument?.kind !== 'member') {
      this.mismatch(node, '"has" asks whether one member is there: has(alert.device).');
      return BOOL;
    }
    this.typeOf(argument, variables);
    return BOOL;
  }

  private macro(node: CelNode & { kind: 'call' }, object: CelNode, variables: Variables): ValueType {
    const over = this.typeOf(object, variables);
    const [variable, body] = node.arguments;
    const { name } = node.function;
    const signature = MACRO_SIGNATURES.get(name)?.[0] ?? name;
    if (variable?.kind !== 'identifier' || !body || node.arguments.length > 2) {
      this.mismatch(node, `Write ${signature}.`);
      return name === 'filter' || name === 'map' ? { kind: 'list', items: ANY } : BOOL;
    }
    if (!hasKind(over, ['list', 'object']))
      this.mismatch(object, `"${name}" goes over a list, and this is ${describeType(over)}.`);
    // Over a map a macro goes through its keys.
    const item = over.kind === 'object' ? STRING : itemsOf(over);
    this.bound.push(variable.name);
    const type = this.typeOf(body, new Map([...variables, [variable.name, item]]));
    this.bound.pop();
    if (name === 'map') return { kind: 'list', items: type };
    if (!couldBe(type, BOOL))
      this.mismatch(body, `The condition of "${name}" must be true or false, and it is ${describeType(type)}.`);
    return name === 'filter' ? { kind: 'list', items: item } : BOOL;
  }

  private binary(node: CelNode & { kind: 'binary' }, variables: Variables): ValueType {
    const left = this.typeOf(node.left, variables);
    const right = this.typeOf(node.right, variables);
    switch (node.operator) {
      case '&&':
      case '||':
        for (const [side, type] of [
          [node.left, left],
          [node.right, right],
        ] as const) {
          if (!couldBe(type, BOOL))
            this.mismatch(side, `"${node.operator}" joins what is true or false, and this is ${describeType(type)}.`);
        }
        return BOOL;
      case '==':
      case '!=':
        if (!mayBeEqual(left, right)) this.unequal(node, left, right);
        else this.nullTest(node, left, right);
        return BOOL;
      case 'in':
        this.membership(node, left, right);
        return BOOL;
      case '<':
      case '<=':
      case '>':
      case '>=':
        if (!comparable(left, right))
          this.mismatch(
            node.right,
            `${describeType(left)} cannot be compared with ${describeType(right)} by "${node.operator}".`,
          );
        return BOOL;
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return this.arithmetic(node, left, right);
    }
  }

  private membership(node: CelNode & { kind: 'binary' }, left: ValueType, right: ValueType): void {
    if (right.kind === 'list') {
      const neverNull = left.kind === 'null' && !hasKind(right.items, ['null']);
      if (neverNull || !mayBeEqual(left, right.items))
        this.mismatch(
          node.left,
          `This is ${describeType(left)}, and the list holds ${describeType(right.items)}: it is never in it.`,
        );
      return;
    }
    if (!hasKind(right, ['list', 'object']))
      this.mismatch(node.right, `"in" looks into a list, and this is ${describeType(right)}.`);
  }

  private arithmetic(node: CelNode & { kind: 'binary' }, left: ValueType, right: ValueType): ValueType {
    if (left.kind === 'any' || right.kind === 'any') return left.kind === 'any' ? right : left;
    const numeric = (type: ValueType): boolean => hasKind(type, ['int', 'number']);
    if (numeric(left) && numeric(right)) this.wholeNumbers(node, left, right);
    if (numeric(left) && numeric(right)) return left.kind === 'int' && right.kind === 'int' ? INT : NUMBER;
    if (node.operator === '+' && left.kind === right.kind && (left.kind === 'string' || left.kind === 'list'))
      return left.kind === 'string' ? STRING : union([left, right]);
    if (['timestamp', 'duration'].includes(left.kind) && ['timestamp', 'duration'].includes(right.kind)) return left;
    this.mismatch(node.right, `"${node.operator}" cannot join ${describeType(left)} and ${describeType(right)}.`);
    return ANY;
  }

  /** JSON does not tell 1 from 1.0, so a number may be whole at run time, where `/` and `%` are of another kind. */
  private wholeNumbers(node: CelNode & { kind: 'binary' }, left: ValueType, right: ValueType): void {
    const { operator } = node;
    const broken = left.kind === 'number' ? node.left : node.right;
    if (operator === '%' && (left.kind === 'number' || right.kind === 'number')) {
      this.mismatch(broken, '"%" is for whole numbers, and this need not be one. Write int(…) around it.');
    }
    if (
      operator === '/' &&
      (left.kind === 'number' || right.kind === 'number') &&
      ![node.left, node.right].some(isBroken)
    )
      this.mismatch(
        broken,
        'When this happens to be whole, "/" drops what is left over. Write double(…) around it to keep the fraction.',
      );
  }

  /** A value is null only where its schema says so; one that is not there is no null, and reading it fails. */
  private nullTest(node: CelNode & { kind: 'binary' }, left: ValueType, right: ValueType): void {
    const [literal, other, type] =
      left.kind === 'null' ? [node.left, node.right, right] : [node.right, node.left, left];
    if (literal.kind !== 'literal' || literal.type !== 'null' || hasKind(type, ['null'])) return;
    const path = this.text.slice(other.start, other.end);
    const ask = other.kind === 'member' ? ` To ask whether it is there, write has(${path}).` : '';
    this.mismatch(literal, `This is ${describeType(type)}, never null.${ask}`);
  }

  private unequal(node: CelNode & { kind: 'binary' }, left: ValueType, right: ValueType): void {
    const literal = [node.left, node.right].find((side) => side.kind === 'literal' && typeof side.value === 'string');
    const other = literal === node.left ? right : left;
    if (literal?.kind === 'literal' && typeof literal.value === 'string' && other.kind === 'string' && other.values) {
      const suggestion = closest(literal.value, other.values);
      const quote = this.text[literal.start] ?? '"';
      this.problems.push({
        rule: 'type-mismatch',
        start: literal.start,
        end: literal.end,
        message: `This is never ${quote}${literal.value}${quote}: it is ${describeType(other)}.${suggestion ? ` Did you mean "${suggestion}"?` : ''}`,
        ...(suggestion ? { suggestion: `${quote}${suggestion}${quote}` } : {}),
      });
      return;
    }
    this.mismatch(node.right, `${describeType(left)} and ${describeType(right)} are never equal.`);
  }

  private unknownFunction(name: Name, isMethod: boolean): void {
    const known = [
      ...[...FUNCTIONS]
        .filter(([, all]) => all.some((one) => (one.on !== undefined) === isMethod))
        .map(([known]) => known),
      ...(isMethod ? MACROS : ['has']),
    ];
    const suggestion = closest(name.name, known);
    this.problems.push({
      rule: 'unknown-function',
      start: name.start,
      end: name.end,
      message: `There is no ${isMethod ? 'method' : 'function'} "${name.name}".${suggestion ? ` Did you mean "${suggestion}"?` : ` There are: ${known.join(', ')}.`}`,
      ...(suggestion ? { suggestion } : {}),
    });
  }

  private mismatch(node: CelNode, message: string): void {
    const text = message[0]?.toUpperCase() + message.slice(1);
    this.problems.push({ rule: 'type-mismatch', start: node.start, end: node.end, message: text });
  }
}

function literalType(node: CelNode & { kind: 'literal' }): ValueType {
  switch (node.type) {
    case 'string':
      return typeof node.value === 'string' ? { kind: 'string', values: [node.value] } : STRING;
    case 'int':
      return INT;
    case 'double':
      return NUMBER;
    case 'bool':
      return BOOL;
    case 'null':
      return { kind: 'null' };
    case 'other':
      return ANY;
  }
}

function itemsOf(type: ValueType): ValueType {
  return type.kind === 'list' ? type.items : ANY;
}

/** Whether a value is a fraction by how it is written, whatever number it is. */
function isBroken(node: CelNode): boolean {
  return (
    (node.kind === 'literal' && node.type === 'double') ||
    (node.kind === 'call' && node.object === undefined && node.function.name === 'double')
  );
}

/** Whether two types have a kind in common; whole numbers and others count as one. */
function isAlike(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'list' && b.kind === 'list') return isAlike(a.items, b.items);
  const kindsOf = (type: ValueType): ValueType['kind'][] =>
    (type.kind === 'union' ? type.options : [type]).map((option) => (option.kind === 'int' ? 'number' : option.kind));
  const kinds = kindsOf(a);
  return kinds.includes('any') || kindsOf(b).some((kind) => kind === 'any' || kinds.includes(kind));
}

/** Whether some value of `type` is one of `wanted`. */
function couldBe(type: ValueType, wanted: ValueType): boolean {
  return type.kind === 'union'
    ? type.options.some((option) => isAssignable(option, wanted))
    : isAssignable(type, wanted);
}

function hasKind(type: ValueType, kinds: readonly ValueType['kind'][]): boolean {
  if (type.kind === 'any') return true;
  return type.kind === 'union' ? type.options.some((option) => hasKind(option, kinds)) : kinds.includes(type.kind);
}

function comparable(a: ValueType, b: ValueType): boolean {
  if (a.kind === 'any' || b.kind === 'any') return true;
  if (a.kind === 'union') return a.options.some((option) => comparable(option, b));
  if (b.kind === 'union') return b.options.some((option) => comparable(a, option));
  const numeric = (type: ValueType): boolean => type.kind === 'int' || type.kind === 'number';
  if (numeric(a) && numeric(b)) return true;
  return a.kind === b.kind && ['string', 'bool', 'timestamp', 'duration'].includes(a.kind);
}
