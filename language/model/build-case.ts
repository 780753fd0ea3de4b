import type { Json, MapNode, Node } from '../syntax/tree.js';
import { entryOf, get, toJson } from '../syntax/tree.js';
import {
  type Case,
  type CaseFeedback,
  EXPECTED_DECISIONS,
  type ExampleMark,
  type Expectation,
  type ExpectedDecision,
  REVIEWS,
  type RecordedAnswer,
  SCRIPTED_DECISIONS,
  type ScriptedApproval,
  type ScriptedTask,
  type ScriptedTurn,
  type ScriptedUndo,
  TRUTHS,
} from './case.js';
import {
  asText,
  booleanAt,
  durationAt,
  entriesOf,
  jsonObject,
  listAt,
  mapAt,
  numberAt,
  textAt,
  textsAt,
  wordAt,
} from './read.js';

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
    truth: wordAt(root, 'truth', TRUTHS)?.value,
    injected: booleanAt(root, 'injected'),
    feedback: buildFeedback(root),
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
    undo: itemsOf(root, 'undo').flatMap(buildUndo),
    sampled: listAt(root, 'sampled') ? textsAt(root, 'sampled') : undefined,
    expect: buildExpectation(root),
  };
}

/** The `approvals:` list of a case, or of an approvals file. */
export function buildApprovals(root: Node | undefined): ScriptedApproval[] {
  return itemsOf(root, 'approvals').flatMap((node) => {
    const gate = textAt(node, 'gate');
    const decision = wordAt(node, 'decision', SCRIPTED_DECISIONS)?.value;
    const to = textAt(node, 'to')?.value;
    const changes = jsonObject(get(node, 'with'));
    if (!gate || !decision || (decision === 'escalate' && to === undefined)) return [];
    if (decision === 'modify' && Object.keys(changes).length === 0) return [];
    const as = textAt(node, 'as')?.value ?? '';
    const call = numberAt(node, 'call')?.value ?? 1;
    const after = durationAt(node, 'after')?.value ?? 0;
    return [{ gate, as, decision, after, reason: textAt(node, 'reason')?.value, call, with: changes, to }];
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
  if (!step) return [];
  const as = textAt(node, 'as')?.value ?? '';
  return [{ step, as, after: durationAt(node, 'after')?.value ?? 0, output: jsonObject(get(node, 'output')) }];
}

function buildUndo(node: Node): ScriptedUndo[] {
  const step = textAt(node, 'step');
  if (!step) return [];
  const as = textAt(node, 'as')?.value ?? '';
  return [{ step, as, after: durationAt(node, 'after')?.value ?? 0, reason: textAt(node, 'reason')?.value }];
}

function buildFeedback(root: Node | undefined): CaseFeedback | undefined {
  const node = mapAt(root, 'feedback');
  if (!node) return undefined;
  const source = mapAt(node, 'source');
  return {
    run: textAt(source, 'run')?.value ?? '',
    trace: textAt(source, 'trace')?.value ?? '',
    by: textsAt(node, 'by').map(({ value }) => value),
    reviewed: wordAt(node, 'reviewed', REVIEWS)?.value,
    example: buildExample(node),
  };
}

function buildExample(feedback: MapNode): ExampleMark | undefined {
  const node = mapAt(feedback, 'example');
  const [by, at, digest] = [textAt(node, 'by'), textAt(node, 'at'), textAt(node, 'digest')];
  return by && at && digest ? { by: by.value, at: at.value, digest: digest.value } : undefined;
}

function buildExpectation(root: Node | undefined): Expectation | undefined {
  const node = mapAt(root, 'expect');
  if (!node) return undefined;
  const acts = mapAt(node, 'acts');
  return {
    verdict: textAt(node, 'verdict')?.value,
    outcome: textAt(node, 'outcome')?.value,
    mustAct: textsAt(acts, 'must').map((tool) => tool.value),
    mayAct: textsAt(acts, 'may').map((tool) => tool.value),
    mustNotAct: textsAt(acts, 'must-not').map((tool) => tool.value),
    decided: itemsOf(node, 'decided').flatMap(buildDecision),
    range: node.range,
  };
}

function buildDecision(node: Node): ExpectedDecision[] {
  const at = textAt(node, 'at');
  if (!at) return [];
  const decision = wordAt(node, 'decision', EXPECTED_DECISIONS)?.value;
  return [{ at, role: textAt(node, 'role')?.value, by: textAt(node, 'by')?.value, decision }];
}
