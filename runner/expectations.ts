import type { LoadedCase } from '../language/load-case.js';
import { get, type Node } from '../language/syntax/tree.js';
import { pathOf } from './node-files.js';
import type { RunResult, Unmet } from './protocol/result.js';

/** What a case's author expected and did not happen; empty when all of it did. A run that fails must be expected. */
export function unmetExpectations(
  sample: Pick<LoadedCase, 'case' | 'tree' | 'lines' | 'uri'>,
  { verdict, outcome, acts, reason }: Pick<RunResult, 'verdict' | 'outcome' | 'acts' | 'reason'>,
): readonly Unmet[] {
  const expected = sample.case.expect;
  const written = get(sample.tree.root, 'expect');
  const placeOf = (node: Node | undefined): Unmet['place'] => {
    if (!node) return null;
    const { line, character } = sample.lines.positionAt(node.range.start);
    return { file: pathOf(sample.uri) ?? sample.uri, line, character };
  };
  /** The name of a tool in `acts`, where the case says something of it. */
  const actNode = (key: string, tool: string): Node | undefined => {
    const list = get(get(written, 'acts'), key);
    if (list?.kind !== 'list') return list;
    return list.items.find((item) => item?.kind === 'scalar' && item.text === tool) ?? list;
  };
  const unmet: Unmet[] = [];
  if (expected?.verdict !== undefined && expected.verdict !== verdict) {
    unmet.push({
      message: `The verdict was to be "${expected.verdict}" and is ${verdict === null ? 'none' : `"${verdict}"`}.`,
      expected: expected.verdict,
      actual: verdict ?? 'none',
      place: placeOf(get(written, 'verdict')),
    });
  }
  if (expected?.outcome !== undefined && expected.outcome !== outcome) {
    unmet.push({
      message: `The outcome was to be "${expected.outcome}" and is "${outcome}".`,
      expected: expected.outcome,
      actual: outcome,
      place: placeOf(get(written, 'outcome')),
    });
  }
  if (expected?.outcome === undefined && outcome === 'failed') {
    const message = `The run failed, which the case does not say it should: ${reason}`;
    unmet.push({ message, expected: null, actual: null, place: placeOf(written) });
  }
  const executed = new Set(acts.filter((act) => act.executed).map((act) => act.tool));
  for (const tool of expected?.mustAct ?? []) {
    if (executed.has(tool)) continue;
    const place = placeOf(actNode('must', tool));
    unmet.push({ message: `${tool} was to run and did not.`, expected: null, actual: null, place });
  }
  for (const tool of expected?.mustNotAct ?? []) {
    if (!executed.has(tool)) continue;
    const place = placeOf(actNode('must-not', tool));
    unmet.push({ message: `${tool} was not to run and did.`, expected: null, actual: null, place });
  }
  return unmet;
}
