import type { Evaluation } from '../../runner/index.js';
import { htmlOf } from '../document/to-html.js';
import type { Terminal } from '../terminal.js';
import type { Compared } from './compared.js';
import { evaluationDocument } from './document.js';
import { junitOf } from './junit.js';
import { textOf } from './text.js';

export const FORMATS = ['text', 'json', 'junit', 'html'] as const;

export function formatted(
  format: string | undefined,
  evaluation: Evaluation,
  compared: Compared,
  terminal: Pick<Terminal, 'paint'>,
): string {
  switch (FORMATS.find((one) => one === format) ?? 'text') {
    case 'json':
      return `${JSON.stringify(compared ? { ...evaluation, compared } : evaluation, null, 2)}\n`;
    case 'junit':
      return junitOf(evaluation, compared);
    case 'html':
      return htmlOf(evaluationDocument(evaluation, compared));
    case 'text':
      return textOf(evaluation, compared, terminal);
  }
}
