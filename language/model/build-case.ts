import type { Json, Node } from '../syntax/tree.js';
import { entryOf, get, toJson } from '../syntax/tree.js';
import type { Case, Expectation, RecordedAnswer, ScriptedApproval, ScriptedTask, ScriptedTurn } from './case.js';
import { asText, entriesOf, jsonObject, listAt, mapAt, textAt, textsAt, wordAt } from './read.js';

/** The case in a YAML tree. */
export function buildCase(uri: string, root: Node | undefined): Case {
  const turns = new Map<string, readonly ScriptedTurn[]>();
  for (const entry of entriesOf(get(root, 'turns'))) {
    turns.set(entry.key.text, entry.value?.kind === 'list' ? entry.value.items.map(buildTurn) : []);
  }
  return {
    uri,
    id: textAt(root, 'case'),
    title: textAt(root, 'title')?.value,
    description: textAt(root, 'description')?.value,
    playbook: textAt(root, 'playbook'),
    alert: textAt(root, 'alert'),
    inputs: jsonObject(get(root, 'inputs')),
    events: entriesOf(get(root, 'events')).flatMap(({ key, value }) => {
      const file = asText(value);
      return file ? [{ table: key.text, file }] : [];
    }),
    answers: itemsOf(root, 'answers').flatMap(buildAnswer),
    turns,
    approvals: buildApprovals(root),
    tasks: itemsOf(root, 'tasks').flatMap(buildTask),
    expect: buildExpectation(root),
  };
}

/** The `approvals:` list of a case, or of an approvals file. */
export function buildApprovals(root: Node | undefined): ScriptedApproval[] {
  return itemsOf(root, 'approvals').flatMap((node) => {
    const gate = textAt(node, 'gate');
    const decision = wordAt(node, 'decision', ['approve', 'reject', 'silence'] as const);
    if (!gate || !decision) return [];
    const as = textAt(node, 'as')?.value ?? '';
    return [{ gate, as, decision: decision.value, reason: textAt(node, 'reason')?.value }];
  });
}

function itemsOf(root: Node | undefined, key: string): Node[] {
  return (listAt(root, key)?.items ?? []).filter((item) => item !== undefined);
}

function buildAnswer(node: Node): RecordedAnswer[] {
  const tool = textAt(node, 'tool');
  if (!tool || node.kind !== 'map') return [];
  const output = entryOf(node, 'output');
  const error = textAt(node, 'error')?.value;
  return [
    {
      tool,
      with: jsonObject(get(node, 'with')),
      output: output && error === undefined ? toJson(output.value) : undefined,
      error,
      range: node.range,
    },
  ];
}

function buildTurn(node: Node | undefined): ScriptedTurn {
  const calls = itemsOf(node, 'calls').map((call) => ({
    tool: textAt(call, 'tool')?.value ?? '',
    with: jsonObject(get(call, 'with')),
  }));
  const output: Json | undefined =
    node?.kind === 'map' && entryOf(node, 'output') ? toJson(get(node, 'output')) : undefined;
  return { text: textAt(node, 'text')?.value, calls, output };
}

function buildTask(node: Node): ScriptedTask[] {
  const step = textAt(node, 'step');
  return step ? [{ step, as: textAt(node, 'as')?.value ?? '', output: jsonObject(get(node, 'output')) }] : [];
}

function buildExpectation(root: Node | undefined): Expectation | undefined {
  const node = mapAt(root, 'expect');
  if (!node) return undefined;
  const acts = mapAt(node, 'acts');
  return {
    verdict: textAt(node, 'verdict')?.value,
    outcome: textAt(node, 'outcome')?.value,
    mustAct: textsAt(acts, 'must').map((tool) => tool.value),
    mustNotAct: textsAt(acts, 'must-not').map((tool) => tool.value),
    range: node.range,
  };
}
