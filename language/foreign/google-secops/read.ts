import { once } from '../../once.js';
import type { SyntaxTree } from '../../syntax/parse.js';
import type { MapNode, Node } from '../../syntax/tree.js';
import { meaningOf } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { given, givenOn, holding } from '../given.js';
import type { Doing, ForeignEdge, ForeignPlaybook, NotUnderstood } from '../model.js';
import { at, hasKeys, isFalse, isTrue, itemsOf, rangeOf, short, textAt, textOf } from '../read-node.js';
import { branchesIn, type ConditionBranch, fieldsIn, namedFieldsIn } from './in-text.js';

/**
 * Reads playbooks and blocks of Google SecOps (Siemplify), as github.com/chronicle/content-hub keeps them: `definition.yaml`, and
 * a file for each step in `steps/`. A step names those before it, and in `previous_result_condition` which answer of theirs it is
 * for.
 *
 * People come in as questions (`MultiChoiceQuestion`), and as steps with `is_automatic: false`, which wait until somebody runs
 * them. Somebody may skip such a step if it `is_skippable`, and a pending time that is over goes on without anybody.
 */
export function isGoogleSecops(root: Node | undefined): root is MapNode {
  return (
    hasKeys(root, 'identifier', 'is_enable', 'name') &&
    (hasKeys(root, 'original_workflow_identifier') || hasKeys(root, 'creation_source'))
  );
}

interface StepFile {
  readonly uri: string;
  readonly tree: Pick<SyntaxTree, 'root' | 'problems'>;
}

interface Step {
  readonly id: string;
  readonly node: Node;
  readonly draft: Draft;
  /** Of a condition: what it leads to, by number. */
  readonly branches: () => ReadonlyMap<string, ConditionBranch>;
  readonly does: Doing;
}

export function readGoogleSecops(uri: string, root: MapNode, files: readonly StepFile[]): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const name = textAt(root, 'name') ?? 'A playbook without a name';
  const builder = stepBuilder(uri, rangeOf(at(root, 'name')));
  const steps = new Map<string, Step>();
  let stepsInFile = 0;
  const add = (node: Node, file: string, container: string | undefined): void => {
    stepsInFile++;
    const id = textAt(node, 'identifier') ?? `${file} ${stepsInFile}`;
    const named = at(node, 'instance_name') ?? at(node, 'name');
    const does = doingOf(node);
    const draft = builder.step(textOf(named) ?? id, id.slice(0, 8), rangeOf(named ?? node), does, { uri: file });
    const branches = once(
      () => new Map(branchesIn(parameterOf(node, 'Branches')).map((branch) => [branch.number, branch])),
    );
    steps.set(id, { id, node, draft, does, branches });
    if (container !== undefined) inContainer.set(id, container);
    for (const one of itemsOf(at(node, 'parallel_actions'))) add(one, file, id);
  };
  const inContainer = new Map<string, string>();
  for (const { uri: file, tree } of files) {
    for (const { range, severity, message } of tree.problems) {
      if (severity === 'error')
        notUnderstood.push({
          uri: file,
          range: { start: range.start, end: range.end },
          what: `The file has a fault here, so parts of it may be missing: ${message}`,
          breaks: true,
        });
    }
    if (hasKeys(tree.root, 'identifier') && tree.root) add(tree.root, file, undefined);
    else
      notUnderstood.push({
        uri: file,
        range: { start: 0, end: 0 },
        what: 'This file is among the steps and is no step.',
        breaks: true,
      });
  }

  for (const step of steps.values()) {
    const container = inContainer.get(step.id);
    const parents = container !== undefined ? [container] : parentsOf(step.node);
    const wanted = container !== undefined ? new Map<string, string>() : resultsWanted(step.node);
    if (parents.length === 0) builder.edge('start', { to: step.draft.index, kind: 'begin' });
    for (const parent of parents) {
      const before = steps.get(parent);
      if (!before) {
        notUnderstood.push({
          uri,
          range: rangeOf(at(root, 'identifier')),
          what: `"${step.draft.id}" follows a step that the playbook does not have.`,
        });
        builder.edge('start', { to: step.draft.index, kind: 'begin' });
        continue;
      }
      builder.edge(before.draft, { to: step.draft.index, ...edgeFrom(before, wanted.get(parent)) });
    }
  }
  for (const step of steps.values()) {
    // What a loop ends with goes round again.
    if (textAt(step.node, 'type') === 'for_each_end_loop') {
      const start = steps.get(textAt(step.node, 'start_loop_step_id') ?? '');
      if (start) builder.edge(step.draft, { to: start.draft.index, kind: 'item' });
    }
    if (!builder.leads(step.draft) || textAt(step.node, 'type') === 'for_each_end_loop')
      builder.edge(step.draft, { to: 'end', ...edgeFrom(step, undefined) });
  }
  return {
    format: 'google-secops',
    uri,
    name,
    names: [textAt(root, 'identifier') ?? name, name, textAt(root, 'original_workflow_identifier') ?? name],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile,
  };
}

/** What leaving a step says of a person, if it is left with this result. */
function edgeFrom({ does, draft, node, branches }: Step, result: string | undefined): Omit<ForeignEdge, 'to'> {
  const way = result === undefined ? undefined : branches().get(result);
  const branch = result === undefined ? {} : { branch: way?.name ?? answerText(node, result), ...holding(way?.when) };
  const kind = result === undefined ? 'ok' : 'branch';
  // Once a pending time is over, the playbook goes on.
  const waits = (parameterOf(node, 'PendingActionTimeout') ?? '') === '';
  if (does.kind === 'ask') {
    const says = result === undefined ? 'someone' : meaningOf(answerText(node, result));
    return {
      kind,
      ...branch,
      ...(says && (waits || result !== undefined) ? { person: { says, asked: draft.id } } : {}),
    };
  }
  const byPerson = does.kind === 'act' && does.byPerson;
  return { kind, ...branch, ...(byPerson && waits ? { person: { says: 'someone', asked: draft.id } } : {}) };
}

/** The text of an answer, by its number. */
function answerText(node: Node, result: string): string {
  const answers = parameterOf(node, 'Answers') ?? '';
  const found = new RegExp(`"${result.replace(/\D/g, '')}"\\s*:\\s*"((?:[^"\\\\]|\\\\.)*)"`).exec(answers)?.[1];
  return found ?? result;
}

function parentsOf(node: Node): readonly string[] {
  const listed = itemsOf(at(node, 'parent_step_ids')).flatMap((one) => textOf(one) ?? []);
  const written = (textAt(node, 'parent_step_id') ?? '').split(';').filter((one) => one !== '');
  return [...new Set([...listed, ...written])];
}

/** Which result of which step before a step is for: a JSON object in a text. */
function resultsWanted(node: Node): Map<string, string> {
  const written = textAt(node, 'previous_result_condition') ?? '';
  return new Map([...written.matchAll(/"([^"]+)"\s*:\s*"([^"]*)"/g)].map(([, id = '', result = '']) => [id, result]));
}

function parameterOf(node: Node, name: string): string | undefined {
  return textAt(
    itemsOf(at(node, 'parameters')).find((one) => textAt(one, 'name') === name),
    'value',
  );
}

const FLOW = new Set([
  'condition',
  'output',
  'for_each_start_loop',
  'for_each_end_loop',
  'parallel_actions_container',
  'if_flow_condition',
  'previous_action',
]);

function doingOf(node: Node): Doing {
  const type = textAt(node, 'type') ?? '';
  const provider = textAt(node, 'action_provider') ?? '';
  const action = textAt(node, 'action_name') ?? '';
  if (type === 'multi_choice_question' || action === 'MultiChoiceQuestion') {
    return {
      kind: 'ask',
      question: short(parameterOf(node, 'Question') ?? '', 200),
      who: assigned(node),
      expires: parameterOf(node, 'PendingActionTimeout') || null,
    };
  }
  if (FLOW.has(type)) {
    const over = parameterOf(node, 'ListLoopItems') || parameterOf(node, 'SelectedScopeName');
    return type === 'for_each_start_loop' && over ? { kind: 'flow', over } : { kind: 'flow' };
  }
  if (type === 'block') {
    const target = itemsOf(at(node, 'parameters')).find((one) => textAt(one, 'name') === 'NestedWorkflowIdentifier');
    const value = at(target, 'value');
    return textOf(value) === undefined
      ? { kind: 'unknown', why: 'It runs a block and does not say which.' }
      : {
          kind: 'call',
          target: { value: textOf(value) ?? '', range: rangeOf(value) },
          args: namedFieldsIn(parameterOf(node, 'NestedWorkflowInputs')),
        };
  }
  if (type !== 'action' || action === '')
    return { kind: 'unknown', why: `This version does not know steps of type "${short(type, 40)}".` };
  if (provider === 'Flow') return { kind: 'flow' };
  const integration = textAt(node, 'integration') ?? '';
  const verb = action.startsWith(`${integration}_`) ? action.slice(integration.length + 1) : action;
  const byPerson = isFalse(at(node, 'is_automatic')) && !isTrue(at(node, 'is_automatic'));
  const args = fieldsIn(parameterOf(node, 'ScriptParametersEntityFields'));
  return {
    kind: 'act',
    action,
    verb,
    ...(parameterOf(node, 'SelectedScopeName')
      ? givenOn(parameterOf(node, 'SelectedScopeName') ?? '', args)
      : given(args)),
    description: textAt(node, 'description') ?? '',
    hint: undefined,
    byPerson,
  };
}

function assigned(node: Node): readonly string[] {
  const users = parameterOf(node, 'AssignedUsers');
  return users ? [short(users)] : [];
}
