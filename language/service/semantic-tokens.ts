import type { Expression } from '../expressions/expression.js';
import { type Lexeme, lexExpression } from '../expressions/lexer.js';
import type { Tool } from '../model/catalog.js';
import { AUTONOMY_LEVELS, isConsequential } from '../model/levels.js';
import type { Step } from '../model/playbook.js';
import { parseDuration, wordRange } from '../model/read.js';
import { sourceRangesIn } from '../syntax/scalar-map.js';
import type { Node, Range, ScalarNode } from '../syntax/tree.js';
import { occurrencesIn } from './occurrences.js';
import type { SourceFile } from './source-file.js';

/** What a word of a file is, beside what YAML makes of it. */
export type TokenKind =
  | 'step'
  | 'tool'
  | 'role'
  | 'tag'
  | 'level'
  | 'branch'
  | 'case'
  | 'duration'
  | 'item'
  | 'input'
  | 'context'
  /** `${{` and `}}`. */
  | 'delimiter'
  | Lexeme['kind'];

export type TokenModifier =
  /** The place that gives a name its meaning. */
  | 'declaration'
  /** A tool that only reads. */
  | 'readonly'
  /** A tool that needs authority, or that no catalog describes. */
  | 'consequential';

export interface Token {
  readonly kind: TokenKind;
  readonly modifiers: readonly TokenModifier[];
  /** Never over a line break, and never empty. */
  readonly range: Range;
}

/** The words of a file, or those that touch `within`, in the order of the text; none overlaps another. */
export function semanticTokens(source: SourceFile, within?: Range): Token[] {
  const wanted = ({ start, end }: Range): boolean => !within || (start <= within.end && within.start <= end);
  const found: Token[] = [];
  const add = (kind: TokenKind, range: Range, modifiers: readonly TokenModifier[] = []): void => {
    if (!wanted(range)) return;
    for (const line of linesOf(source.text, range)) found.push({ kind, modifiers, range: line });
  };
  const { playbook } = source;
  // Of a long playbook most of the time goes into places in expressions that are not asked for.
  const sites = (playbook?.sites ?? []).filter(({ expression }) => wanted(expression.node.range));
  for (const { kind, name, range, declares } of occurrencesIn(source)) {
    if (kind === 'file' || kind === 'playbook' || kind === 'argument' || kind === 'output') continue;
    const effect = kind === 'tool' ? effectOf(source.tools.get(name), source) : [];
    add(kind, range, declares ? ['declaration', ...effect] : effect);
  }
  addPlainWords(source, wanted, add);
  for (const { expression } of sites) addExpression(expression, source.text, add);
  for (const step of playbook?.steps ?? []) if (wanted(step.node.range)) addBranches(step, add);
  return apart(found);
}

type Add = (kind: TokenKind, range: Range, modifiers?: readonly TokenModifier[]) => void;

/** A tool that a file says nothing of counts as consequential; a policy does not know what tools do. */
function effectOf(tool: Tool | undefined, { kind }: SourceFile): readonly TokenModifier[] {
  if (!tool) return kind === 'playbook' ? ['consequential'] : [];
  if (isConsequential(tool.effect)) return ['consequential'];
  return tool.effect === 'read' ? ['readonly'] : [];
}

const DURATION_KEYS: ReadonlySet<string> = new Set(['timeout', 'time', 'expires', 'delay', 'undo-within']);

/** Levels and durations, which their keys tell. */
function addPlainWords({ root }: SourceFile, wanted: (range: Range) => boolean, add: Add): void {
  const visit = (node: Node | undefined): void => {
    if (!node || node.kind === 'scalar' || !wanted(node.range)) return;
    if (node.kind === 'list') {
      for (const item of node.items) visit(item);
      return;
    }
    for (const { key, value } of node.entries) {
      if (value?.kind !== 'scalar') visit(value);
      else if (key.text === 'autonomy' && AUTONOMY_LEVELS.some((level) => level === value.text))
        add('level', wordRange(value));
      else if (DURATION_KEYS.has(key.text) && parseDuration(value.text) !== undefined)
        add('duration', wordRange(value));
    }
  };
  visit(root);
}

/** Names of branches and values of cases. */
function addBranches(step: Step, add: Add): void {
  if (step.kind === 'parallel') for (const { name } of step.branches) add('branch', name.range, ['declaration']);
  if (step.kind === 'switch') for (const { value } of step.cases) add('case', value.range);
}

function addExpression({ node, parsed, offset }: Expression, text: string, add: Add): void {
  const place = sourceRangesIn(node, text);
  const unclosed = parsed.text.startsWith('${{') ? 3 : 0;
  const inTemplate = unclosed > 0 || isTemplate(node, offset);
  if (inTemplate) add('delimiter', place(offset - 3 + unclosed, offset + unclosed));
  for (const { kind, start, end } of lexExpression(parsed.text.slice(unclosed))) {
    add(kind, place(offset + unclosed + start, offset + unclosed + end));
  }
  const end = offset + parsed.text.length;
  if (inTemplate && node.text.startsWith('}}', end)) add('delimiter', place(end, end + 2));
}

function isTemplate({ text }: ScalarNode, offset: number): boolean {
  return offset >= 3 && text.startsWith('${{', offset - 3);
}

/** A stretch line by line, without the blanks at its lines' beginnings and ends where it has several. */
function linesOf(text: string, range: Range): Range[] {
  const words = text.slice(range.start, range.end);
  if (!/[\r\n]/.test(words)) return range.end > range.start ? [range] : [];
  return [...words.matchAll(/[^\r\n]+/g)].flatMap(({ index, 0: line }) => {
    const start = range.start + index + (line.length - line.trimStart().length);
    const end = range.start + index + line.trimEnd().length;
    return end > start ? [{ start, end }] : [];
  });
}

/** In order; of two that overlap the first that was found stays: names come before what an expression is made of. */
function apart(found: readonly Token[]): Token[] {
  const ordered = found
    .map((token, order) => ({ token, order }))
    .sort((a, b) => a.token.range.start - b.token.range.start || a.order - b.order);
  const kept: Token[] = [];
  for (const { token } of ordered) {
    const last = kept.at(-1);
    if (!last || token.range.start >= last.range.end) kept.push(token);
  }
  return kept;
}
