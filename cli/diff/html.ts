import { createHash } from 'node:crypto';
import { plain } from '../terminal.js';
import { changeFacts } from './facts.js';
import { STYLE } from './html-style.js';
import {
  countWords,
  type DiffReport,
  GROUP_TITLES,
  idleWords,
  placeWords,
  REPORT_GROUPS,
  type ReportedChange,
  type ReportGroup,
  recordWords,
  reportGroupOf,
} from './report.js';
import { titleOf } from './title.js';

/**
 * One page by itself: no script, no picture, no font, nothing that is loaded. The policy admits our own style by its hash and
 * nothing else, so even text that became markup could do nothing. It follows the reader's light or dark scheme.
 */
export function diffHtml(report: DiffReport): string {
  const groups = REPORT_GROUPS.map((group) => section(group, report)).filter((part) => part !== '');
  const notes = [...recordWords(report.records), ...report.idle.map(idleWords)];
  const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'none'; base-uri 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${shown(titleOf(report))}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${shown(titleOf(report))}</h1>
<p class="sides">Head: <code>${shown(report.names.head)}</code> Base: <code>${shown(report.names.base)}</code></p>
<p>${shown(countWords(report))}.</p>
${groups.join('\n')}${notes.length === 0 ? '' : `\n<section>\n<h2>Records and acknowledgements</h2>\n<ul>\n${notes.map((words) => `<li>${shown(words)}</li>`).join('\n')}\n</ul>\n</section>`}
</main>
</body>
</html>
`;
}

function section(group: ReportGroup, report: DiffReport): string {
  const changes = report.changes.filter((change) => reportGroupOf(change) === group);
  if (changes.length === 0)
    return group === 'alone'
      ? `<section>\n<h2>${shown(GROUP_TITLES[group])}</h2>\n<p>Nothing more than before.</p>\n</section>`
      : '';
  const items = changes.map((change) => article(change, report));
  return `<section>\n<h2>${shown(GROUP_TITLES[group])} <span class="count">${changes.length}</span></h2>\n${items.join('\n')}\n</section>`;
}

const MARKS: { readonly [C in ReportedChange['class']]: string } = {
  widened: '▲ widened',
  incomparable: '◆ not comparable',
  narrowed: '▼ narrowed',
  unchanged: 'unchanged',
};

function article(change: ReportedChange, report: DiffReport): string {
  const cell = change.after ?? change.before;
  const more = change.class === 'narrowed' ? 'less' : 'more';
  const violated = change.violates ? ' <strong class="mark more">against the policy</strong>' : '';
  const facts = changeFacts(change).map(
    ([name, text]) => `<div><dt>${shown(name)}</dt><dd>${name === 'change' ? code(text) : shown(text)}</dd></div>`,
  );
  return `<article>
<h3><span class="mark ${more}">${MARKS[change.class]}</span> ${code(change.tool)} (${shown(cell?.effect ?? 'unknown')}) at ${code(change.step)}${violated}</h3>
<p class="place">${shown(placeWords(change, report))}${cell ? `, on ${shown(cell.scope)}` : ''}</p>
<dl>
${facts.join('\n')}
</dl>
</article>`;
}

function code(text: string): string {
  return `<code>${shown(text)}</code>`;
}

/** As it is: hidden characters by name, nothing that begins markup or ends a value. */
function shown(text: string): string {
  return plain(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
