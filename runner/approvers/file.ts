import { buildCase } from '../../language/model/build-case.js';
import type { Problem } from '../../language/problem.js';
import { parseYaml } from '../../language/syntax/parse.js';
import { get, type Node } from '../../language/syntax/tree.js';
import type { Approver } from '../ports.js';
import { scriptedApprover } from './scripted.js';

export type FileApprover =
  | { readonly ok: true; readonly approver: Approver }
  /** `line` is zero-based. */
  | { readonly ok: false; readonly message: string; readonly line: number };

/**
 * Answers from the text of a YAML or JSON file in the form of a case's `approvals` and `tasks`; a bare list is a list of
 * approvals. A file with anything in it that is not understood is refused: a lost answer must not go unseen.
 */
export function fileApprover(uri: string, text: string): FileApprover {
  const { root, problems, lines } = parseYaml(text);
  const fault = (message: string, offset = 0): FileApprover => ({
    ok: false,
    message,
    line: lines.positionAt(offset).line,
  });
  const broken = problems.find((problem: Problem) => problem.severity === 'error');
  if (broken) return fault(broken.message, broken.range.start);
  const wrapped = root?.kind === 'list' ? asApprovals(root) : root;
  if (wrapped?.kind !== 'map')
    return fault('The file has no "approvals". Write them as in a case: a list of gate, as, decision.');
  for (const { key } of wrapped.entries) {
    if (key.text !== 'approvals' && key.text !== 'tasks') {
      return fault(`"${key.text}" is not known here. An approvals file has "approvals" and "tasks".`, key.range.start);
    }
  }
  const { approvals, tasks } = buildCase(uri, wrapped);
  const faulty =
    oddItem(
      get(wrapped, 'approvals'),
      approvals.map((approval) => approval.gate.range.start),
      'gate',
    ) ??
    oddItem(
      get(wrapped, 'tasks'),
      tasks.map((task) => task.step.range.start),
      'step',
    );
  if (faulty !== undefined) {
    return fault(
      'This answer is not understood. An approval has gate, as, decision (approve, reject, modify with "with", escalate with "to", end or silence) and reason; a task has step, as and output.',
      faulty,
    );
  }
  return { ok: true, approver: scriptedApprover({ approvals, tasks }, 'file') };
}

function asApprovals(list: Node): Node {
  const key = { kind: 'scalar', value: 'approvals', text: 'approvals', style: 'plain', range: list.range } as const;
  return { kind: 'map', flow: false, range: list.range, entries: [{ key, value: list, range: list.range }] };
}

/** The offset of the first item that was not read; `known` holds where the names of those that were stand. */
function oddItem(list: Node | undefined, known: readonly number[], name: string): number | undefined {
  if (list === undefined) return undefined;
  if (list.kind !== 'list') return list.range.start;
  for (const item of list.items) {
    const start = get(item, name)?.range.start;
    if (start === undefined || !known.includes(start)) return item?.range.start ?? list.range.start;
  }
  return undefined;
}
