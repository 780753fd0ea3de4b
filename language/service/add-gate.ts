import type { Act } from '../authority/acts.js';
import type { ActionStep } from '../model/playbook.js';
import type { Problem, TextEdit } from '../problem.js';
import { entryOf, type Node, type Range } from '../syntax/tree.js';
import { approversFor } from './approver-roles.js';
import type { Proposal } from './proposal.js';
import type { SourceFile } from './source-file.js';
import { surroundingsOf } from './step-order.js';
import {
  entryLines,
  freshId,
  gapAt,
  lastWord,
  lineBreak,
  moved,
  nextLine,
  type StepText,
  stepText,
  written,
} from './step-text.js';

/** How long people have to answer, and how long their answer holds, where nobody said otherwise. */
const TIMEOUT = '15m';
const EXPIRES = '30m';

/** For each act that a selection touches and that needs a person's approval nobody gives: a gate before it, or an approval of its own. */
export function gateProposals(source: SourceFile, range: Range): Proposal[] {
  const { playbook } = source;
  if (!playbook) return [];
  return playbook.acts.flatMap((act) => {
    const { step, toolName } = act;
    // What nobody has decided on is decided first.
    if (act.autonomy.level !== 'approve' || step.approval || step.undecided) return [];
    const verdict = playbook.verdictOf.get(act);
    if (verdict && verdict.kind !== 'violated' && verdict.kind !== 'unknown') return [];
    const head = { start: Math.min(step.id.range.start, step.keyRange.start), end: toolName.range.end };
    if (!(head.start <= range.end && range.start <= head.end)) return [];
    const problems = source.problems.filter(
      (one) => one.rule === 'ungated-act' && one.range.start === toolName.range.start,
    );
    const own = approvalProposal(source, act, problems);
    return step.kind === 'action' ? [gateProposal(source, act, step, problems), own] : [own];
  });
}

function gateProposal(source: SourceFile, act: Act, step: ActionStep, problems: readonly Problem[]): Proposal {
  const place = stepText(source, step);
  const guard = step.when === undefined ? undefined : entryLines(source.text, step.node, 'when');
  const disabled =
    place === undefined
      ? 'The step does not begin on a line of its own.'
      : step.when !== undefined && guard === undefined
        ? 'The step begins with its "when". Put the id first.'
        : undefined;
  return {
    title: `Add a gate for "${step.id.value}"`,
    kind: 'quickfix',
    preferred: disabled === undefined,
    makesFile: false,
    problems,
    ...(disabled === undefined ? {} : { disabled }),
    changes: () =>
      place ? [{ uri: source.uri, create: false, edits: gateEdits(source, act, step, place, guard) }] : [],
  };
}

function gateEdits(
  source: SourceFile,
  act: Act,
  step: ActionStep,
  { lines, dash, keys }: StepText,
  guard: Range | undefined,
): TextEdit[] {
  const { text, playbook } = source;
  const newline = lineBreak(text);
  const taken = new Set([...(playbook?.stepOf.keys() ?? []), ...(playbook?.playbook.unfinished ?? [])]);
  const gate = gateLines(source, act, step, freshId(`approve_${step.id.value}`, taken), keys - dash);
  if (!guard) return [{ range: { start: lines.start, end: lines.start }, newText: written(gate, dash, newline) }];
  // A gate that its own guard skips approves nothing, so the guard has to stand around the gate and the act.
  const dashes = `-${' '.repeat(keys - dash - 1)}`;
  const condition = text.slice(guard.start, guard.end).replace('when', 'if');
  const inner = text.slice(lines.start, guard.start) + text.slice(guard.end, lines.end);
  const newText =
    written([`${dashes}id: ${freshId(`check_${step.id.value}`, taken)}`], dash, newline) +
    condition +
    gapAt(condition, condition.length) +
    written(['then:'], keys, newline) +
    written(gate, keys + 2, newline) +
    moved(inner, keys + 2 - dash);
  return [{ range: lines, newText }];
}

function gateLines(source: SourceFile, { tool }: Act, step: ActionStep, id: string, width: number): string[] {
  const { roles, quorum } = approversFor(source, tool);
  const asked = question(step);
  const shown = evidence(source, step, asked.includes('${{'));
  const attempts = step.retry?.attempts ?? 1;
  const people = `{ roles: [${roles.join(', ')}]${quorum > 1 ? `, quorum: ${quorum}` : ''} }`;
  const inside = [
    'gate:',
    '  ask: >',
    `    ${asked}`,
    ...(shown === undefined ? [] : [`  evidence: [${shown}]`]),
    `  grants: [${step.id.value}]`,
    `  approvers: ${people}`,
    `  timeout: ${TIMEOUT} # silence denies`,
    // Each attempt uses an approval, and nobody knows how long the attempts take.
    ...(attempts > 1 ? [`  uses: ${attempts}`] : [`  expires: ${EXPIRES}`]),
  ];
  return [`-${' '.repeat(width - 1)}id: ${id}`, ...inside.map((line) => ' '.repeat(width) + line)];
}

/**
 * What speaks for or against the act: what the last agent before it found. Without one, where the question holds no value of
 * the case (`isTold`), what the last step before it returned.
 */
function evidence({ playbook }: SourceFile, step: ActionStep, isTold: boolean): string | undefined {
  if (!playbook) return undefined;
  const { visible } = surroundingsOf(playbook.playbook, step.node.range.start);
  const agent = visible.findLast((one) => one.kind === 'agent' && one.output !== undefined);
  if (agent?.kind === 'agent') {
    const fields = Object.keys(agent.output?.properties ?? {});
    const field = fields.includes('summary') ? '.summary' : '';
    return `steps.${agent.id.value}.output${field}`;
  }
  const last = visible.findLast((one) => one.kind === 'action' || (one.kind === 'manual' && one.output !== undefined));
  return isTold || !last ? undefined : `steps.${last.id.value}.output`;
}

/** What people are asked, with the values of the call. */
function question(step: ActionStep): string {
  const what = (step.title ?? `Run ${step.tool.value}`).replace(/\s+/g, ' ').replace(/[?.!]+$/, '');
  const values = step.with.flatMap(({ name }) => {
    const value = onOneLine(argumentNode(step, name.value));
    return value === undefined ? [] : [`${name.value} ${value}`];
  });
  return `${what}${values.length > 0 ? `: ${values.join(', ')}` : ''}?`;
}

function argumentNode(step: ActionStep, name: string): Node | undefined {
  const given = entryOf(step.node, 'with')?.value;
  return given?.kind === 'map' ? entryOf(given, name)?.value : undefined;
}

function onOneLine(node: Node | undefined): string | undefined {
  if (node?.kind === 'scalar') return node.text.replace(/\s+/g, ' ').trim();
  if (node?.kind !== 'list') return undefined;
  const items = node.items.map(onOneLine);
  return items.every((item) => item !== undefined) ? items.join(', ') : undefined;
}

/** `approval:` as the last key of the step. */
function approvalProposal(source: SourceFile, act: Act, problems: readonly Problem[]): Proposal {
  const { step } = act;
  const { text } = source;
  const place = stepText(source, step);
  return {
    title: `Ask right before the call: add an approval to "${step.id.value}"`,
    kind: 'quickfix',
    preferred: place !== undefined && step.kind === 'agent',
    makesFile: false,
    problems,
    ...(place ? {} : { disabled: 'The step does not begin on a line of its own.' }),
    changes: () => {
      if (!place) return [];
      // An agent may make several of these calls; whoever asks most counts.
      const acts = source.playbook?.acts.filter((one) => one.step === step && one.autonomy.level === 'approve') ?? [
        act,
      ];
      const choices = acts.map(({ tool }) => approversFor(source, tool));
      const most = choices.reduce((a, b) => (b.quorum > a.quorum ? b : a), choices[0] ?? { roles: [], quorum: 1 });
      const quorum = most.quorum > 1 ? `, quorum: ${most.quorum}` : '';
      const line = `approval: { roles: [${most.roles.join(', ')}]${quorum}, timeout: ${TIMEOUT} }`;
      const at = nextLine(text, lastWord(step.node));
      const newText = gapAt(text, at) + written([line], place.keys, lineBreak(text));
      return [{ uri: source.uri, create: false, edits: [{ range: { start: at, end: at }, newText }] }];
    },
  };
}
