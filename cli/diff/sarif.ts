import { createHash } from 'node:crypto';
import { countsAsWidened } from '../../language/authority/diff/order.js';
import { edgeWord } from '../../language/authority/paths.js';
import { VERSION } from '../../runner/version.js';
import { BASE, messageOf, placeOf } from '../formats/sarif.js';
import { count } from '../terminal.js';
import {
  agreedWords,
  causeWords,
  type DiffReport,
  type ReportedChange,
  sideOfPath,
  standingChange,
  whyWords,
} from './report.js';

/** What is left out of a log. */
export interface SarifLimits {
  /** Results of a run. */
  readonly results: number;
  /** Places in the flows of a result; those next to the act stay. */
  readonly places: number;
}

/** What code scanning takes (https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support). */
const LIMITS: SarifLimits = { results: 25_000, places: 10_000 };

const RULES = [
  {
    id: 'boundary-widened',
    shortDescription: { text: 'An act may do more than before.' },
    fullDescription: {
      text: 'An act may do more than before, or it cannot be told that it may not: at a higher level, with a weaker approval, outside of a bound, or on something else.',
    },
    help: {
      text: 'Follow the path. If it is meant, have the owners of the policy agree; docs/review.md has the order acts are compared by.',
    },
    defaultConfiguration: { level: 'warning' },
  },
  {
    id: 'boundary-violated',
    shortDescription: { text: 'An act may do more than before, against the policy.' },
    fullDescription: {
      text: 'A path leads to an act without the approval that its level asks, by the policy as it was before the change.',
    },
    help: { text: 'Follow the path, and put a gate on it. docs/review.md tells how the policy of before judges.' },
    defaultConfiguration: { level: 'error' },
  },
] as const;

/** SARIF 2.1.0: what counts as widened, each with the path to it. What is beyond the limits is said in a notification. */
export function diffSarif(report: DiffReport, limits = LIMITS): string {
  const widened = report.changes.filter((change) => countsAsWidened(change.class));
  const seen = new Map<string, number>();
  const run = {
    tool: { driver: { name: 'Countersign', semanticVersion: VERSION, rules: RULES } },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { [BASE]: { description: { text: 'The folder the comparison was started in.' } } },
    invocations: [{ executionSuccessful: true, toolExecutionNotifications: notificationsOf(widened, limits) }],
    properties: { base: report.base, head: report.head },
    results: widened.slice(0, limits.results).map((change) => resultOf(change, report, seen, limits)),
  };
  return `${JSON.stringify({ $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] }, null, 2)}\n`;
}

/** That something is not in the log, and where it is. */
function notificationsOf(widened: readonly ReportedChange[], { results, places }: SarifLimits): readonly object[] {
  const left = widened.length - results;
  const cut = widened.slice(0, results).filter(({ path }) => path.length > places).length;
  const said = [
    ...(left > 0
      ? [`${count(left, 'change')} of ${widened.length} left out: code scanning takes ${results} results.`]
      : []),
    ...(cut > 0
      ? [`${count(cut, 'path')} cut at the beginning: code scanning takes ${places} places of a result.`]
      : []),
  ];
  return said.map((text) => ({
    level: 'warning',
    message: { text: `${text} countersign diff --format json has all.` },
  }));
}

function resultOf(
  change: ReportedChange,
  report: DiffReport,
  seen: Map<string, number>,
  { places }: SarifLimits,
): object {
  const ruleIndex = change.violates ? 1 : 0;
  const { id, defaultConfiguration } = RULES[ruleIndex];
  const place = change.after?.place;
  const standing = standingChange(change);
  const at = change.path.slice(-places).map(({ step, edge, branch, uri, range }, index, all) => {
    const way = edge === undefined ? '' : edgeWord({ kind: edge, branch });
    const words =
      index === all.length - 1 ? `${change.tool} runs at ${step}.` : `${step}${way === '' ? '' : `: ${way}`}`;
    return {
      location: {
        physicalLocation: placeOf(uri, range, report.linesOf(sideOfPath(change), uri)),
        message: messageOf(words),
      },
    };
  });
  return {
    ruleId: id,
    ruleIndex,
    level: defaultConfiguration.level,
    message: messageOf(
      `${change.tool} at "${change.step}" of "${change.playbook}": ${whyWords(change)}${standing ? ` Before: ${standing.before}. Now: ${standing.now}.` : ''} Cause: ${causeWords(change)}.`,
    ),
    locations: place
      ? [{ physicalLocation: placeOf(place.uri, place.range, report.linesOf(sideOfPath(change), place.uri)) }]
      : [],
    codeFlows: [{ message: messageOf(`A path to ${change.tool}.`), threadFlows: [{ locations: at }] }],
    ...(change.acknowledged
      ? {
          suppressions: [
            { kind: 'external', status: 'accepted', justification: `Acknowledged ${agreedWords(change.acknowledged)}` },
          ],
        }
      : {}),
    ...(change.fingerprint === undefined ? {} : { properties: { change: change.fingerprint } }),
    partialFingerprints: { 'countersign/v1': fingerprint(id, change, seen) },
  };
}

/** What tells a change from others while the text moves: rule, playbook, step, tool, and in what it changed. */
function fingerprint(
  rule: string,
  { file, step, tool, differences }: ReportedChange,
  seen: Map<string, number>,
): string {
  const facts = [...new Set(differences.map(({ dimension, direction }) => `${dimension} ${direction}`))].sort();
  const alike = JSON.stringify([rule, file, step, tool, facts]);
  const before = seen.get(alike) ?? 0;
  seen.set(alike, before + 1);
  return createHash('sha256').update(`${alike}${before}`).digest('hex').slice(0, 32);
}
