import { createHash } from 'node:crypto';
import { visible } from '../../language/visible.js';
import { type DiffReport, fileOf, isOpen, lineOf, type ReportedChange, recordWords, whyWords } from './report.js';

/**
 * A Code Quality report of GitLab: what counts as widened and nobody agreed to, and boundary records that are not right. One
 * JSON array of `description`, `check_name`, `fingerprint`, `severity`, `location.path` and `location.lines.begin`
 * (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format). Paths are relative to the folder the command
 * runs in, which has to be the root of the repository.
 */
export function diffGitlab(report: DiffReport): string {
  const seen = new Map<string, number>();
  const issues = [
    ...report.changes.filter(isOpen).map((change) => issueOf(change, report, seen)),
    ...report.records.map((record) => ({
      description: visible(recordWords([record]).join(' ')),
      check_name: 'boundary-stale',
      fingerprint: printOf(['boundary-stale', record.file, record.why]),
      severity: 'major',
      location: { path: record.file, lines: { begin: 1 } },
    })),
  ];
  return `${JSON.stringify(issues, null, 2)}\n`;
}

function issueOf(change: ReportedChange, report: DiffReport, seen: Map<string, number>): object {
  const rule = change.violates ? 'boundary-violated' : 'boundary-widened';
  const path = fileOf(change, report);
  const own = change.fingerprint ?? JSON.stringify([change.file, change.step, change.tool]);
  const before = seen.get(own) ?? 0;
  seen.set(own, before + 1);
  return {
    description: visible(`${change.tool} at "${change.step}" of "${change.playbook}": ${whyWords(change)}`),
    check_name: rule,
    fingerprint: printOf([rule, own, before]),
    severity: change.violates ? 'blocker' : change.withoutPerson ? 'critical' : 'major',
    location: { path, lines: { begin: lineOf(change, report) } },
  };
}

function printOf(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}
