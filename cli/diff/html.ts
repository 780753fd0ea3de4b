import { escaped, pageOf } from '../page.js';
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

/** As one page that needs nothing else. It follows the reader's light or dark scheme. */
export function diffHtml(report: DiffReport): string {
  const groups = REPORT_GROUPS.map((group) => section(group, report)).filter((part) => part !== '');
  const notes = [...recordWords(report.records), ...report.idle.map(idleWords)];
  const title = titleOf(report);
  return pageOf({
    title,
    style: STYLE,
    body: `<main>
<h1>${escaped(title)}</h1>
<p class="sides">Head: <code>${escaped(report.names.head)}</code> Base: <code>${escaped(report.names.base)}</code></p>
<p>${escaped(countWords(report))}.</p>
${groups.join('\n')}${notes.length === 0 ? '' : `\n<section>\n<h2>Records and acknowledgements</h2>\n<ul>\n${notes.map((words) => `<li>${escaped(words)}</li>`).join('\n')}\n</ul>\n</section>`}
</main>`,
  });
}

function section(group: ReportGroup, report: DiffReport): string {
  const changes = report.changes.filter((change) => reportGroupOf(change) === group);
  if (changes.length === 0)
    return group === 'alone'
      ? `<section>\n<h2>${escaped(GROUP_TITLES[group])}</h2>\n<p>Nothing more than before.</p>\n</section>`
      : '';
  const items = changes.map((change) => article(change, report));
  return `<section>\n<h2>${escaped(GROUP_TITLES[group])} <span class="count">${changes.length}</span></h2>\n${items.join('\n')}\n</section>`;
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
    ([name, text]) => `<div><dt>${escaped(name)}</dt><dd>${name === 'change' ? code(text) : escaped(text)}</dd></div>`,
  );
  return `<article>
<h3><span class="mark ${more}">${MARKS[change.class]}</span> ${code(change.tool)} (${escaped(cell?.effect ?? 'unknown')}) at ${code(change.step)}${violated}</h3>
<p class="place">${escaped(placeWords(change, report))}${cell ? `, on ${escaped(cell.scope)}` : ''}</p>
<dl>
${facts.join('\n')}
</dl>
</article>`;
}

function code(text: string): string {
  return `<code>${escaped(text)}</code>`;
}
