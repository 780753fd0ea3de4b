import { MACROS } from '../expressions/ast.js';
import { completeExpression, type ExpressionItem } from '../expressions/complete.js';
import { FUNCTIONS } from '../expressions/functions.js';
import type { Range } from '../syntax/tree.js';
import type { Completion, CompletionKind } from './completion.js';
import type { TypingPlace } from './cursor.js';
import { plain } from './explain.js';
import { escapeSnippet } from './snippets.js';
import type { SourceFile } from './source-file.js';
import { surroundingsOf } from './step-order.js';
import { scopeOn } from './visible.js';

/** The expression of the `${{ }}` around `offset`, within `value`; also while it is not closed yet. */
export function templateAt(text: string, value: Range, offset: number): Range | undefined {
  const before = text.slice(value.start, offset);
  const open = before.lastIndexOf('${{');
  if (open < 0 || before.indexOf('}}', open) >= 0) return undefined;
  const close = text.indexOf('}}', offset);
  const end = close < 0 || close > value.end ? Math.max(offset, value.end) : close;
  return { start: value.start + open + 3, end };
}

/** What fits at `offset` of the CEL expression that `expression` covers in the file's text. */
export function expressionCompletions(
  source: SourceFile,
  place: TypingPlace,
  expression: Range,
  offset: number,
): Completion[] {
  const scope = scopeOn(source, place.path);
  if (!scope || offset < expression.start) return [];
  // Read as written: an escape before the cursor shifts nothing, since only what is around the cursor counts.
  const text = source.text.slice(expression.start, expression.end);
  const { start, end, items } = completeExpression(text, offset - expression.start, scope);
  const range = { start: expression.start + start, end: expression.start + end };
  const quote = quoteAround(source.text, expression);
  const isStep = /(^|[^.\w])steps\.$/.test(text.slice(0, start));
  const offered = isStep ? stepItems(source, items, place.replace.start) : items;
  return offered
    .filter((item) => item.kind !== 'value' || quote === undefined || !item.label.includes(quote))
    .map((item, index) => toCompletion(item, index, range, place.prefix, text.charAt(end)));
}

function toCompletion(item: ExpressionItem, index: number, range: Range, prefix: string, next: string): Completion {
  const calls = item.kind === 'function' && next !== '(';
  const name = escapeSnippet(prefix + item.label);
  return {
    label: item.label,
    kind: KINDS[item.kind],
    detail: item.type,
    documentation: item.description === undefined ? '' : plain(item.description),
    edit: { range, newText: calls ? name + callSnippet(item) : name },
    snippet: true,
    filterText: item.label,
    sortText: `1${String(index).padStart(4, '0')}`,
  };
}

/** Steps as people know them; only those that ran before have anything to read. */
function stepItems(source: SourceFile, items: readonly ExpressionItem[], offset: number): ExpressionItem[] {
  const { playbook } = source;
  if (!playbook) return [];
  const before = new Set(surroundingsOf(playbook.playbook, offset).visible.map((step) => step.id.value));
  return items
    .filter((item) => before.has(item.label))
    .map((item) => {
      const step = playbook.stepOf.get(item.label);
      return step ? { ...item, type: step.title ?? step.kind } : item;
    });
}

/** `(x, …)` for a macro, `()` for a method that takes nothing, else a stop between the brackets. */
function callSnippet(item: ExpressionItem): string {
  if (MACROS.some((macro) => macro === item.label)) return '(${1:x}, $2)';
  const takesNothing = item.type.endsWith('()') && FUNCTIONS.has(item.label);
  return takesNothing ? '()' : '($1)';
}

const KINDS = {
  variable: 'variable',
  member: 'member',
  function: 'function',
  value: 'word',
} as const satisfies { [K in ExpressionItem['kind']]: CompletionKind };

/** The quote of the scalar an expression is in, which its own strings cannot use. */
function quoteAround(text: string, expression: Range): string | undefined {
  const before = text.charAt(expression.start - 1);
  return before === '"' || before === "'" ? before : undefined;
}
