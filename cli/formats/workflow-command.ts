import { visible } from '../../language/visible.js';

export type AnnotationKind = 'error' | 'warning' | 'notice';

/**
 * A workflow command of GitHub Actions that becomes an annotation, as one line
 * (https://docs.github.com/actions/reference/workflow-commands-for-github-actions). Whatever the values hold, it stays one command.
 */
export function annotation(
  kind: AnnotationKind,
  properties: { readonly [name: string]: string | number },
  message: string,
): string {
  const written = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${kind}${written.length === 0 ? '' : ` ${written.join(',')}`}::${escapeData(visible(message))}\n`;
}

/** As actions/toolkit escapes the words after the second `::`; the rest of the line is theirs. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property ends at a comma, or at the `::` before the words. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
