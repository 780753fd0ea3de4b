import { sourceRange } from '../syntax/scalar-map.js';
import type { Json, Node, Range, ScalarNode } from '../syntax/tree.js';
import type { Evaluator } from './evaluate.js';
import type { Expression, Template } from './expression.js';
import { parseExpression } from './parse.js';

/** The template a YAML value is. An unclosed `${{` is an expression with an error at that place. */
export function parseTemplate(node: Node | undefined): Template {
  if (node === undefined) return { kind: 'constant', value: null, node: undefined };
  switch (node.kind) {
    case 'list':
      return { kind: 'list', items: node.items.map(parseTemplate) };
    case 'map':
      return {
        kind: 'map',
        entries: node.entries.map((entry) => ({ key: entry.key.text, value: parseTemplate(entry.value) })),
      };
    case 'scalar':
      return parseText(node);
  }
}

function parseText(node: ScalarNode): Template {
  const { text } = node;
  if (typeof node.value !== 'string' || !text.includes('${{')) return { kind: 'constant', value: node.value, node };
  const parts: (string | Expression)[] = [];
  let at = 0;
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', at)) {
    if (open > at) parts.push(text.slice(at, open));
    const close = closing(text, open + 3);
    if (close === undefined) {
      const rest = text.slice(open);
      const message = 'This "${{" is never closed. Close it with "}}".';
      parts.push({ parsed: { text: rest, ast: undefined, error: { start: 0, end: 3, message } }, node, offset: open });
      at = text.length;
      break;
    }
    parts.push({ parsed: parseExpression(text.slice(open + 3, close)), node, offset: open + 3 });
    at = close + 2;
  }
  if (at < text.length) parts.push(text.slice(at));
  const [first] = parts;
  // A block scalar ends with a line break that nobody means as part of the value.
  const only = parts.length === 1 || (parts.length === 2 && typeof parts[1] === 'string' && parts[1].trim() === '');
  return only && first !== undefined && typeof first !== 'string'
    ? { kind: 'expression', expression: first, node }
    : { kind: 'text', parts, node };
}

/** The `}}` that ends an expression: not one inside its quotes. */
function closing(text: string, from: number): number | undefined {
  let quote = '';
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const here = text[at] ?? '';
    if (quote !== '') {
      if (here === '\\') at++;
      else if (here === quote) quote = '';
    } else if (here === '"' || here === "'") quote = here;
    else if (here === '{') depth++;
    else if (here === '}' && depth > 0) depth--;
    else if (here === '}' && text[at + 1] === '}') return at;
  }
  // With an unclosed quote the expression is broken anyway; then the first "}}" ends it.
  const plain = text.indexOf('}}', from);
  return plain < 0 ? undefined : plain;
}

/** Where a stretch of an expression's text stands in the file whose text is `fileText`. */
export function problemRange(expression: Expression, start: number, end: number, fileText: string): Range {
  return sourceRange(expression.node, fileText, expression.offset + start, expression.offset + end);
}

export type TemplateResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: string };

/** The value of a template. Text with expressions is text; a whole expression keeps its type. Never throws. */
export function evaluateTemplate(
  template: Template,
  variables: { readonly [name: string]: Json },
  evaluator: Evaluator,
): TemplateResult {
  switch (template.kind) {
    case 'constant':
      return { ok: true, value: template.value };
    case 'expression':
      return evaluator.evaluate(template.expression.parsed, variables);
    case 'text': {
      let text = '';
      for (const part of template.parts) {
        if (typeof part === 'string') {
          text += part;
          continue;
        }
        const result = evaluator.evaluate(part.parsed, variables);
        if (!result.ok) return result;
        text += asText(result.value);
      }
      return { ok: true, value: text };
    }
    case 'list': {
      const items: Json[] = [];
      for (const item of template.items) {
        const result = evaluateTemplate(item, variables, evaluator);
        if (!result.ok) return result;
        items.push(result.value);
      }
      return { ok: true, value: items };
    }
    case 'map': {
      const out: { [key: string]: Json } = Object.create(null);
      for (const entry of template.entries) {
        const result = evaluateTemplate(entry.value, variables, evaluator);
        if (!result.ok) return result;
        out[entry.key] = result.value;
      }
      return { ok: true, value: out };
    }
  }
}

/** A value inside text: text and numbers as they are, lists of such joined by commas, anything else as JSON. */
function asText(value: Json): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string'))
    return value.join(', ');
  return JSON.stringify(value);
}
