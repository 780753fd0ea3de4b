import type { Located, Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { AUTONOMY_LEVELS, EFFECTS } from './levels.js';
import { type ExpectedAct, OUTCOMES, type PolicyTest } from './policy-test.js';
import { listAt, mapAt, numberAt, textAt, textsAt, wordAt } from './read.js';

/** The tests in a YAML tree. What has the wrong shape is absent here and a problem of the schema check. */
export function buildPolicyTest(uri: string, root: Node | undefined): PolicyTest {
  return {
    uri,
    id: textAt(root, 'policy-test'),
    policy: textAt(root, 'policy'),
    catalogs: textsAt(root, 'catalogs'),
    tests: (listAt(root, 'tests')?.items ?? []).flatMap((item) => (item?.kind === 'map' ? [buildAct(item)] : [])),
  };
}

function buildAct(item: Node): ExpectedAct {
  const any = mapAt(item, 'approved-by-any');
  const role = textAt(any, 'role');
  const expect = mapAt(item, 'expect');
  const approvers = listAt(expect, 'approvers');
  return {
    title: textAt(item, 'title') ?? { value: '', range: item.range },
    tool: textAt(item, 'tool'),
    effect: wordAt(item, 'effect', EFFECTS),
    reversible: reversibleOf(item),
    target: textAt(item, 'target'),
    tag: textAt(item, 'tag'),
    autonomy: wordAt(item, 'autonomy', AUTONOMY_LEVELS),
    approvedBy: textsAt(item, 'approved-by'),
    approvedByAny: any && role ? { role, count: numberAt(any, 'count')?.value ?? 1, range: any.range } : undefined,
    roles: listAt(item, 'roles') && textsAt(item, 'roles'),
    quorum: numberAt(item, 'quorum')?.value ?? 1,
    requester: textAt(item, 'requester'),
    distinctFrom: textsAt(item, 'distinct-from'),
    expect: {
      outcome: wordAt(expect, 'outcome', OUTCOMES),
      level: wordAt(expect, 'level', AUTONOMY_LEVELS),
      quorum: numberAt(expect, 'quorum'),
      approvers: approvers && { value: textsAt(expect, 'approvers'), range: approvers.range },
    },
    range: item.range,
  };
}

function reversibleOf(item: Node): Located<boolean> | undefined {
  const node = get(item, 'reversible');
  return node?.kind === 'scalar' && typeof node.value === 'boolean'
    ? { value: node.value, range: node.range }
    : undefined;
}
