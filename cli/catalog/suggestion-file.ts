import type { Suggestion } from '../../language/foreign/effects/suggest.js';
import type { ForeignFormat } from '../../language/foreign/model.js';
import { EFFECTS } from '../../language/index.js';

/** A file of effects as it is proposed. What nothing is proposed for stands in comments: it stays unknown until somebody says. */
export function suggestionFile(product: ForeignFormat, suggestions: readonly Suggestion[]): string {
  const lines = [
    '# Proposed by `countersign catalog suggest`. Check each line before you keep it.',
    `product: ${product}`,
    'effects:',
  ];
  for (const effect of EFFECTS) {
    const of = suggestions.filter(({ proposed }) => proposed?.effect === effect);
    if (of.length === 0) continue;
    lines.push(
      `  ${effect}:`,
      ...of.map(({ action, proposed }) => `    - ${JSON.stringify(action)} # ${comment(proposed?.reason ?? '')}`),
    );
  }
  if (lines.at(-1) === 'effects:') lines[lines.length - 1] = 'effects: {}';
  const rest = suggestions.filter(({ proposed }) => proposed === undefined);
  if (rest.length > 0)
    lines.push(
      '# Nothing says what these do:',
      ...rest.map(({ action, reason }) => `#   - ${comment(JSON.stringify(action))} (${comment(reason)})`),
    );
  return `${lines.join('\n')}\n`;
}

/** Text of others within a comment: it stays on its line. */
function comment(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
