import { argumentScope } from '../authority/scope.js';
import type { ExpressionSite } from '../authority/sites.js';
import { hoverExpression } from '../expressions/complete.js';
import { sourceRange } from '../syntax/scalar-map.js';
import { topAround } from '../top-steps.js';
import { plain } from './explain.js';
import { explainVariable } from './explain-given.js';
import { explainStepFully } from './explain-step.js';
import type { HoverText } from './hover.js';
import { type Occurrence, occurrenceAt } from './occurrences.js';
import type { Texts } from './place-link.js';
import type { SourceFile } from './source-file.js';

/** Explains the variable, member or function of an expression at `offset`: its type, and what it is. */
export function explainExpressionAt(source: SourceFile, offset: number, texts: Texts): HoverText | undefined {
  const { playbook } = source;
  if (!playbook) return undefined;
  for (const site of playbook.head.concat(topAround(playbook.tops, offset)?.sites ?? [])) {
    const { node, parsed, offset: first } = site.expression;
    if (offset < node.range.start || offset > node.range.end) continue;
    const at = offsetIn(source.text, site, offset);
    if (at === undefined) continue;
    const around = (site.step && playbook.scopes.get(site.step)) ?? playbook.scope;
    const scope = site.slot === 'where' ? argumentScope(around, source.tools.get(site.tool ?? '')) : around;
    const found = hoverExpression(parsed, at, scope);
    if (!found) continue;
    const range = sourceRange(node, source.text, first + found.start, first + found.end);
    const step = /^steps\.(\w+)$/.exec(found.label)?.[1];
    const named = step === undefined ? undefined : playbook.stepOf.get(step);
    // A function's type is its signature.
    const signature = found.type.endsWith(')') ? `\`${found.type}\`` : `\`${found.label}\`: ${plain(found.type)}`;
    const given = named ? undefined : occurrenceAt(source, offset);
    const about = given && isGiven(given.kind) ? explainVariable(source, given.kind, given.name) : undefined;
    const parts = named
      ? [explainStepFully(named, source, texts)]
      : [signature, about ?? plain(found.description ?? WHOLE[found.label] ?? '')];
    return { markdown: parts.filter((part) => part !== '').join('\n\n'), range };
  }
  return undefined;
}

/** What the variables that every expression has are, as a whole. */
const WHOLE: { readonly [variable: string]: string } = {
  alert: 'The alert, typed by its class. Attackers write parts of it.',
  steps: 'Results of the steps that ran before.',
  inputs: 'What whoever calls this playbook gives it. Untrusted.',
  context: "The organization's own data, from the files the playbook names. Trusted.",
  args: 'The arguments of the call that is bounded.',
};

function isGiven(kind: Occurrence['kind']): kind is 'item' | 'input' | 'context' {
  return kind === 'item' || kind === 'input' || kind === 'context';
}

/** The offset in the expression's own text of an offset in the file; `undefined` outside of it. */
function offsetIn(text: string, { expression }: ExpressionSite, offset: number): number | undefined {
  const { node, parsed, offset: first } = expression;
  const placeOf = (at: number): number => sourceRange(node, text, first + at, first + at).start;
  let low = 0;
  let high = parsed.text.length;
  if (offset < placeOf(low) || offset > placeOf(high)) return undefined;
  // Places grow with offsets: the last one that is not past the cursor.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (placeOf(middle) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
