import type { Evaluation } from '../../runner/index.js';
import type { Terminal } from '../terminal.js';
import { textOf } from './text.js';

export const FORMATS = ['text', 'json'] as const;

/** @param folder where the evaluation is kept, by its whole path: traces are named from there */
export function formatted(
  format: string | undefined,
  evaluation: Evaluation,
  terminal: Pick<Terminal, 'paint'>,
  _folder: string,
): string {
  switch (FORMATS.find((one) => one === format) ?? 'text') {
    case 'json':
      return `${JSON.stringify(evaluation, null, 2)}\n`;
    case 'text':
      return textOf(evaluation, terminal);
  }
}
