import { createHash } from 'node:crypto';
import {
  indexLines,
  type LineIndex,
  type Problem,
  type Range,
  type Related,
  RULES,
  rulePage,
  type Severity,
} from '../../language/index.js';
import { visible } from '../../language/visible.js';
import { VERSION } from '../../runner/version.js';
import type { CheckedText, CheckRun } from '../check-files.js';
import { shownPath, uriOf } from '../files.js';

const LEVELS: { readonly [S in Severity]: string } = { error: 'error', warning: 'warning', information: 'note' };
/** What relative paths are relative to: the folder the command ran in, which a reader knows and the file need not say. */
export const BASE = '%SRCROOT%';

/**
 * SARIF 2.1.0. Suppressed problems are in it, marked as such, with the reason. A rule has no `helpUri`, which would have to
 * be absolute and our pages are wherever the repository is: `help` holds the page, `properties.docs` its path.
 */
export function sarifOf({ files, host }: CheckRun): string {
  const linesOf = lineIndexes(files, (uri) => host.read(uri));
  const run = {
    tool: {
      driver: {
        name: 'Countersign',
        semanticVersion: VERSION,
        rules: RULES.map((rule) => ({
          id: rule.name,
          shortDescription: { text: rule.what },
          fullDescription: { text: `${rule.what} ${rule.why}` },
          help: { text: `${rule.why} ${rule.fix}`, markdown: rulePage(rule) },
          defaultConfiguration: { level: LEVELS[rule.severity] },
          properties: { docs: `docs/rules/${rule.name}.md`, tags: [rule.group] },
        })),
      },
    },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [BASE]: { description: { text: 'The folder the check was started in.' } } },
    results: files.flatMap((file) => resultsOf(file, linesOf)),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
}

type LinesOf = (uri: string) => LineIndex;

/** The results of a file in source order. All have `suppressions`, so that an empty list says "not suppressed". */
function resultsOf(file: CheckedText, linesOf: LinesOf): object[] {
  const seen = new Map<string, number>();
  return [
    ...file.problems.map((problem) => ({ problem, reason: undefined })),
    ...file.suppressed.map(({ problem, by }) => ({ problem, reason: by.reason })),
  ]
    .sort((a, b) => a.problem.range.start - b.problem.range.start)
    .map(({ problem, reason }) => ({
      ruleId: problem.rule,
      ruleIndex: RULES.findIndex(({ name }) => name === problem.rule),
      level: LEVELS[problem.severity],
      message: messageOf(problem.message),
      locations: [{ physicalLocation: placeOf(uriOf(file.file), problem.range, file.lines) }],
      relatedLocations: problem.related.map((related, id) => relatedOf(related, id + 1, linesOf)),
      partialFingerprints: { 'countersign/v1': fingerprint(file, problem, seen) },
      suppressions:
        reason === undefined ? [] : [{ kind: 'external', status: 'accepted', justification: visible(reason) }],
    }));
}

function relatedOf({ uri, range, message }: Related, id: number, linesOf: LinesOf): object {
  return { id, physicalLocation: placeOf(uri, range, linesOf(uri)), message: messageOf(message) };
}

/** Lines and columns count from 1; the end column is the one after the last character. */
export function placeOf(uri: string, { start, end }: Range, lines: LineIndex): object {
  const first = lines.positionAt(start);
  const last = lines.positionAt(Math.max(start, end));
  return {
    artifactLocation: artifactOf(uri),
    region: {
      startLine: first.line + 1,
      startColumn: first.character + 1,
      endLine: last.line + 1,
      endColumn: last.character + 1,
    },
  };
}

/** Relative to `BASE` for what lies below the folder; otherwise absolute. */
function artifactOf(uri: string): object {
  const base = `${uriOf('.').replace(/\/$/, '')}/`;
  return uri.startsWith(base) ? { uri: uri.slice(base.length), uriBaseId: BASE } : { uri };
}

/** Brackets before parentheses would be read as a link into the log. */
export function messageOf(text: string): { readonly text: string } {
  const shown = visible(text);
  return { text: /\]\(/.test(shown) ? shown.replace(/[[\]\\]/g, '\\$&') : shown };
}

/**
 * What tells a problem from others while lines above it come and go: its rule, file and words, and which of several
 * alike it is.
 */
function fingerprint({ file, text }: CheckedText, { rule, range }: Problem, seen: Map<string, number>): string {
  const alike = JSON.stringify([rule, shownPath(file), text.slice(range.start, range.end)]);
  const before = seen.get(alike) ?? 0;
  seen.set(alike, before + 1);
  return createHash('sha256').update(`${alike}${before}`).digest('hex').slice(0, 32);
}

function lineIndexes(files: readonly CheckedText[], read: (uri: string) => string | undefined): LinesOf {
  // Of the others the text was not kept.
  const known = new Map(files.flatMap(({ file, text, lines }) => (text === '' ? [] : [[uriOf(file), lines]])));
  return (uri) => {
    const lines = known.get(uri) ?? indexLines(read(uri) ?? '');
    known.set(uri, lines);
    return lines;
  };
}
