import type { Fix, Problem } from '../problem.js';
import { closest } from '../suggest.js';
import type { Node } from '../syntax/tree.js';
import { stepKindsOf } from './build-playbook.js';
import { STEP_KINDS } from './playbook.js';
import { wordRange } from './read.js';

/** Reports steps of no kind or of two. The schema's conditions cannot say so at the right word. */
export function checkStepKinds(node: Node | undefined, problems: Problem[]): void {
  if (node?.kind !== 'map') return;
  for (const entry of node.entries) {
    if (['steps', 'then', 'else', 'default', 'on-error', 'on-reject', 'on-timeout'].includes(entry.key.text)) {
      checkStepList(entry.value, problems);
    } else if ((entry.key.text === 'cases' || entry.key.text === 'branches') && entry.value?.kind === 'map') {
      for (const branch of entry.value.entries) checkStepList(branch.value, problems);
    }
  }
}

function checkStepList(node: Node | undefined, problems: Problem[]): void {
  if (node?.kind === 'map') checkStepKinds(node, problems);
  else for (const item of node?.kind === 'list' ? node.items : []) checkStepItem(item, problems);
}

/** The same of one step. */
export function checkStepItem(item: Node | undefined, problems: Problem[]): void {
  if (item?.kind !== 'map') return;
  const kinds = stepKindsOf(item);
  if (kinds.length === 0) {
    const known = new Set(['id', 'title', 'when', 'autonomy', 'with', 'where', 'timeout', 'on-error', 'budget']);
    const candidate = item.entries.find((entry) => !known.has(entry.key.text) && closest(entry.key.text, STEP_KINDS));
    const kind = candidate && closest(candidate.key.text, STEP_KINDS);
    const word = (candidate ?? item.entries[0])?.key;
    const range = word ? wordRange(word) : item.range;
    problems.push({
      rule: 'step-kind',
      severity: 'error',
      range,
      message: kind
        ? `"${candidate.key.text}" is no kind of step. Did you mean "${kind}"?`
        : `This step does nothing: it names no kind. Add one of ${STEP_KINDS.join(', ')}.`,
      related: [],
      fixes: kind ? [changeTo(kind, range)] : [],
    });
  }
  const second = kinds[1];
  if (kinds[0] && second) {
    problems.push({
      rule: 'step-kind',
      severity: 'error',
      range: second.range,
      message: `A step has exactly one kind, and this one is "${kinds[0].kind}" and "${second.kind}". Move "${second.kind}" to a step of its own.`,
      related: [],
      fixes: [],
    });
  }
  checkStepKinds(item, problems);
}

function changeTo(word: string, range: Problem['range']): Fix {
  return { title: `Change to "${word}"`, edits: [{ range, newText: word }], safe: false };
}
