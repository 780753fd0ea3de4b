import { escaped, pageOf } from '../page.js';
import { addressOf, type Block, type Document, type Inline, piecesOf } from './document.js';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h1, h2, h3 { line-height: 1.2; margin: 2em 0 .5em }
h1 { margin-top: 0 }
table { border-collapse: collapse; margin: 1em 0; display: block; overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .3em .8em .3em 0; border-bottom: 1px solid #8886 }
.missing { border-left: .25rem solid #b8860b; padding: .1em 0 .1em 1em; margin: 1em 0 }
@media print { a { color: inherit } table { display: table } }
`;

/** A document as one page that needs nothing else. */
export function htmlOf({ title, blocks }: Document): string {
  return pageOf({ title, style: STYLE, body: `<h1>${escaped(title)}</h1>\n${blocks.map(blockOf).join('\n')}` });
}

function blockOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escaped(block.text)}</h${block.level}>`;
    case 'text':
      return `<p>${inlineOf(block.text)}</p>`;
    case 'missing':
      return `<p class="missing"><strong>Not shown.</strong> ${inlineOf(block.text)}</p>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${inlineOf(item)}</li>`).join('\n')}\n</ul>`;
    case 'table':
      return `<table>\n<thead><tr>${block.head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>\n<tbody>\n${block.rows
        .map((row) => `<tr>${row.map((cell) => `<td>${inlineOf(cell)}</td>`).join('')}</tr>`)
        .join('\n')}\n</tbody>\n</table>`;
  }
}

function inlineOf(inline: Inline): string {
  return piecesOf(inline)
    .map((piece) => {
      if (typeof piece === 'string') return escaped(piece);
      if ('strong' in piece) return `<strong>${escaped(piece.strong)}</strong>`;
      return `<a href="${escaped(addressOf(piece.href))}">${escaped(piece.text)}</a>`;
    })
    .join('');
}
