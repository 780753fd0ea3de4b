import type { ForeignBoundary } from '../../language/foreign/boundary.js';
import { boundariesOf, foreignFolder } from '../../language/foreign/folder.js';
import { summaryOf } from '../../language/foreign/summary.js';
import { pathOf } from '../../runner/node-files.js';
import type { FileBoundary } from '../boundary/boundary.js';
import { plain, type Terminal } from '../terminal.js';
import { type FoundForeign, findForeign } from './found.js';
import { summaryMarkdown } from './summary-markdown.js';
import { summaryText } from './summary-text.js';

/** The boundaries of playbooks of other products that paths name or contain. */
export interface ForeignBoundaries {
  readonly found: FoundForeign;
  readonly results: readonly FileBoundary[];
  /** What they do together, for a person at a terminal or as Markdown. */
  readonly summary: (format: 'text' | 'markdown') => string;
}

export function foreignBoundaries(paths: readonly string[], terminal: Terminal): ForeignBoundaries {
  const found = findForeign(paths);
  for (const complaint of found.complaints) terminal.err(`${plain(complaint)}\n`);
  const boundaries = boundariesOf(found.folder, found.chosen, found.catalogs);
  return {
    found,
    results: boundaries.map((one) => shown(one, found)),
    summary: (format) => {
      // What only lies beside was not asked for.
      const asked = foreignFolder(found.chosen);
      const roots = new Set(asked.roots);
      const counted = boundaries.filter(({ playbook }) => roots.has(playbook));
      const summary = summaryOf(asked, counted);
      return format === 'text' ? summaryText(summary, found, terminal) : summaryMarkdown(summary, found);
    },
  };
}

function shown({ playbook, boundary, unread }: ForeignBoundary, { linesOf, nameOf }: FoundForeign): FileBoundary {
  const { format, notUnderstood, uri } = playbook;
  return { file: pathOf(uri) ?? uri, boundary, linesOf, nameOf, foreign: { format, notUnderstood, unread } };
}
