import { shownAsIs } from '../formats/as-is.js';
import { addressOf, type Block, type Document, type Inline, piecesOf } from './document.js';

export function markdownOf({ title, blocks }: Document): string {
  return `${[`# ${shownAsIs(title)}`, ...blocks.map(blockOf)].join('\n\n')}\n`;
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${shownAsIs(block.text)}`;
    case 'text':
      return inlineOf(block.text);
    case 'missing':
      return `> **Not shown.** ${inlineOf(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${inlineOf(item)}`).join('\n');
    case 'table':
      return [
        `| ${block.head.map(shownAsIs).join(' | ')} |`,
        `|${block.head.map(() => ' --- |').join('')}`,
        ...block.rows.map((row) => `| ${row.map(inlineOf).join(' | ')} |`),
      ].join('\n');
  }
}

function inlineOf(inline: Inline): string {
  return piecesOf(inline)
    .map((piece) => {
      if (typeof piece === 'string') return spaced(piece);
      if ('strong' in piece) return `**${shownAsIs(piece.strong)}**`;
      return `[${shownAsIs(piece.text)}](${addressOf(piece.href)})`;
    })
    .join('')
    .trim();
}

/** With the space it has towards its neighbours, which text that stands alone does not keep. */
function spaced(piece: string): string {
  const shown = shownAsIs(piece);
  if (shown === '') return piece === '' ? '' : ' ';
  return `${/^\s/.test(piece) ? ' ' : ''}${shown}${/\s$/.test(piece) ? ' ' : ''}`;
}
