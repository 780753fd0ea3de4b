import { asText, entriesOf, textAt, textsAt, wordRange } from '../model/read.js';
import { sourceRange } from '../syntax/scalar-map.js';
import type { Node, ScalarNode } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { type Home, named, type Occurrence, type Owner, optional } from './occurrence.js';
import { namedArguments, namedOutputs } from './occurrences-members.js';

/**
 * The names in a case: its playbook with the steps, inputs and outputs of it and of what it calls, and tools. A step of a
 * called playbook has the call before it, as in `contain/ask`: two names.
 */
export function inCase(root: Node | undefined, text: string): Occurrence[] {
  const playbook = textAt(root, 'playbook');
  const id = playbook?.value;
  const pathTo = (node: Node | undefined): StepPath =>
    node?.kind === 'scalar' && id !== undefined ? stepPath(node, text, id) : NO_STEP;
  return [
    ...named('file', optional(textAt(root, 'alert'))),
    ...named(
      'file',
      entriesOf(get(root, 'events')).flatMap(({ value }) => optional(asText(value))),
    ),
    ...named('playbook', optional(playbook)),
    ...(id === undefined ? [] : inputs(root, id)),
    ...itemsAt(root, 'answers').flatMap(inCall),
    ...entriesOf(get(root, 'turns')).flatMap(({ key, value }) => {
      const path = pathTo(key);
      const turns = value?.kind === 'list' ? value.items : [];
      return [
        ...path.names,
        ...turns.flatMap((turn) => [...itemsAt(turn, 'calls').flatMap(inCall), ...given(turn, path)]),
      ];
    }),
    ...itemsAt(root, 'approvals').flatMap((item) => pathTo(get(item, 'gate')).names),
    ...(id === undefined ? [] : handedTo(root, id)),
    ...itemsAt(root, 'tasks').flatMap((item) => {
      const path = pathTo(get(item, 'step'));
      return [...path.names, ...given(item, path)];
    }),
    ...itemsAt(root, 'undo').flatMap((item) => pathTo(get(item, 'step')).names),
    ...itemsAt(root, 'sampled').flatMap((item) => pathTo(item).names),
    ...itemsAt(get(root, 'expect'), 'decided').flatMap((item) => pathTo(get(item, 'at')).names),
    ...['must', 'may', 'must-not'].flatMap((key) => named('tool', textsAt(get(get(root, 'expect'), 'acts'), key))),
  ];
}

/** Where a path like `contain/ask` leads. */
interface StepPath {
  readonly names: readonly Occurrence[];
  readonly step: Pick<Owner, 'kind' | 'name'> | undefined;
  readonly home: Home | undefined;
}

const NO_STEP: StepPath = { names: [], step: undefined, home: undefined };

function stepPath(node: ScalarNode, text: string, id: string): StepPath {
  const names: Occurrence[] = [];
  const calls: string[] = [];
  let at = 0;
  for (const name of node.text.split('/')) {
    const home: Home = { kind: 'playbook', id, calls: [...calls] };
    const range = sourceRange(node, text, at, at + name.length);
    if (name !== '') names.push({ kind: 'step', name, range, declares: false, home });
    calls.push(name);
    at += name.length + 1;
  }
  const last = names.at(-1);
  return { names, step: last && { kind: 'step', name: last.name }, home: last?.home };
}

/** What a step gives back in a case: its `output`. */
function given(node: Node | undefined, { step, home }: StepPath): Occurrence[] {
  return step ? namedOutputs(get(node, 'output'), step, home) : [];
}

/** A call of a tool with its arguments, and what it answers if that is there. */
function inCall(node: Node | undefined): Occurrence[] {
  const tool = textAt(node, 'tool');
  if (!tool) return [];
  return [
    ...named('tool', [tool]),
    ...namedArguments(entriesOf(get(node, 'with')), tool.value, false),
    ...namedOutputs(get(node, 'output'), { kind: 'tool', name: tool.value }),
  ];
}

function inputs(root: Node | undefined, id: string): Occurrence[] {
  const home: Home = { kind: 'playbook', id, calls: [] };
  return entriesOf(get(root, 'inputs')).map(({ key }) => ({
    kind: 'input',
    name: key.text,
    range: wordRange(key),
    declares: false,
    home,
  }));
}

/** The roles that questions are handed to, and those that are to decide. Whatever asks, they are those of the policy of the playbook the case is for. */
function handedTo(root: Node | undefined, id: string): Occurrence[] {
  const home: Home = { kind: 'playbook', id, calls: [] };
  const roles = [
    ...itemsAt(root, 'approvals').flatMap((item) => optional(textAt(item, 'to'))),
    ...itemsAt(get(root, 'expect'), 'decided').flatMap((item) => optional(textAt(item, 'role'))),
  ];
  return named('role', roles).map((one) => ({ ...one, home }));
}

function itemsAt(node: Node | undefined, key: string): readonly (Node | undefined)[] {
  const list = get(node, key);
  return list?.kind === 'list' ? list.items : [];
}
