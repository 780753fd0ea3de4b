import { plain } from './terminal.js';

/** Lines of columns, numbers to the right. */
export function columns(rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? String(cell) : plain(cell))));
  const widths = (texts[0] ?? []).map((_, at) => Math.max(...texts.map((row) => row[at]?.length ?? 0)));
  const right = (rows[1] ?? []).map((cell) => typeof cell === 'number');
  return texts.map((row) => {
    const cells = row.map((text, at) => (right[at] ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0)));
    return `${cells.join('  ').trimEnd()}\n`;
  });
}
