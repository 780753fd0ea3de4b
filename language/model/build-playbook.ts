import { parseTemplate } from '../expressions/template.js';
import type { Located, MapNode, Node, Range } from '../syntax/tree.js';
import { entryOf, get } from '../syntax/tree.js';
import { AUTONOMY_LEVELS, OPERATING_MODELS } from './levels.js';
import {
  type ActionStep,
  type AgentStep,
  type Approval,
  type Argument,
  type Budget,
  type GateStep,
  type Handler,
  type Notify,
  type Playbook,
  STEP_KINDS,
  STOP_OUTCOMES,
  type Step,
  type StepKind,
  type SwitchCase,
  type ToolGrant,
} from './playbook.js';
import {
  asExpression,
  asText,
  durationAt,
  entriesOf,
  expressionAt,
  listAt,
  mapAt,
  numberAt,
  shareAt,
  textAt,
  textsAt,
  wordAt,
  wordRange,
} from './read.js';
import { objectSchemaOf } from './value-schema.js';

const NOTHING: MapNode = { kind: 'map', entries: [], flow: false, range: { start: 0, end: 0 } };

/** The playbook in a YAML tree. Total: whatever the tree, a playbook comes out, with what could be understood. */
export function buildPlaybook(root: Node | undefined): Playbook {
  const node = root?.kind === 'map' ? root : NOTHING;
  const trigger = mapAt(node, 'trigger');
  return {
    id: textAt(node, 'playbook'),
    version: textAt(node, 'version'),
    title: textAt(node, 'title')?.value,
    operatingModel: wordAt(node, 'operating-model', OPERATING_MODELS),
    owner: textAt(node, 'owner'),
    accountable: textAt(node, 'accountable'),
    attack: textsAt(node, 'attack'),
    catalogs: textsAt(node, 'catalogs'),
    policy: textAt(node, 'policy'),
    trigger: trigger && { class: textAt(trigger, 'class'), when: expressionAt(trigger, 'when') },
    autonomy: wordAt(node, 'autonomy', AUTONOMY_LEVELS),
    defaults: { autonomy: wordAt(mapAt(node, 'defaults'), 'autonomy', AUTONOMY_LEVELS) },
    budget: buildBudget(get(node, 'budget')),
    verdict: expressionAt(node, 'verdict'),
    steps: buildSteps(get(node, 'steps')),
    node,
  };
}

/** The kinds a step's map names, in source order: exactly one in a valid step. */
export function stepKindsOf(node: MapNode): { readonly kind: StepKind; readonly range: Range }[] {
  const found: { kind: StepKind; range: Range }[] = [];
  for (const entry of node.entries) {
    const kind = STEP_KINDS.find((candidate) => candidate === entry.key.text);
    if (kind) found.push({ kind, range: entry.key.range });
  }
  return found;
}

function buildSteps(node: Node | undefined): Step[] {
  const steps: Step[] = [];
  for (const item of node?.kind === 'list' ? node.items : []) {
    const step = item?.kind === 'map' ? buildStep(item) : undefined;
    if (step) steps.push(step);
  }
  return steps;
}

function buildStep(node: MapNode): Step | undefined {
  const kind = stepKindsOf(node)[0];
  if (!kind) return undefined;
  // A step without a usable id still takes part in the analysis, under a name no reference can spell.
  const base = {
    id: textAt(node, 'id') ?? { value: `step at ${node.range.start}`, range: kind.range },
    title: textAt(node, 'title')?.value,
    when: expressionAt(node, 'when'),
    autonomy: wordAt(node, 'autonomy', AUTONOMY_LEVELS),
    onError: buildHandler(node, 'on-error'),
    accountable: textAt(node, 'accountable'),
    timeout: durationAt(node, 'timeout'),
    review: shareAt(node, 'review'),
    node,
    keyRange: kind.range,
  };
  switch (kind.kind) {
    case 'action': {
      const tool = textAt(node, 'action') ?? { value: '', range: kind.range };
      return {
        ...base,
        kind: 'action',
        tool,
        with: buildArguments(get(node, 'with')),
        where: expressionAt(node, 'where'),
        approval: buildInlineApproval(node),
        notify: buildNotify(node),
        undoWithin: durationAt(node, 'undo-within'),
      } satisfies ActionStep;
    }
    case 'agent': {
      const agent = mapAt(node, 'agent');
      const output = mapAt(agent, 'output');
      return {
        ...base,
        kind: 'agent',
        goal: parseTemplate(get(agent, 'goal')),
        tools: buildGrants(agent),
        output: output && objectSchemaOf(output),
        outputRange: output?.range,
        budget: buildBudget(get(node, 'budget')),
        approval: buildInlineApproval(node),
        notify: buildNotify(node),
      } satisfies AgentStep;
    }
    case 'gate':
      return buildGate(base, mapAt(node, 'gate') ?? NOTHING, node);
    case 'manual': {
      const manual = mapAt(node, 'manual');
      const output = mapAt(manual, 'output');
      return {
        ...base,
        kind: 'manual',
        task: parseTemplate(get(manual, 'task')),
        role: textAt(manual, 'role'),
        output: output && objectSchemaOf(output),
      };
    }
    case 'if': {
      const condition = expressionAt(node, 'if');
      return {
        ...base,
        kind: 'if',
        condition,
        then: buildSteps(get(node, 'then')),
        else: buildSteps(get(node, 'else')),
      };
    }
    case 'switch':
      return {
        ...base,
        kind: 'switch',
        on: expressionAt(node, 'switch'),
        cases: buildCases(get(node, 'cases')),
        default: get(node, 'default') && buildSteps(get(node, 'default')),
        defaultRange: entryOf(node, 'default')?.key.range,
      };
    case 'stop': {
      const stop = mapAt(node, 'stop');
      return {
        ...base,
        kind: 'stop',
        outcome: wordAt(stop, 'outcome', STOP_OUTCOMES) ?? { value: 'failed', range: kind.range },
        reason: get(stop, 'reason') && parseTemplate(get(stop, 'reason')),
        verdict: expressionAt(stop, 'verdict'),
      };
    }
  }
}

function buildGate(
  base: Omit<GateStep, 'kind' | 'ask' | 'evidence' | 'grants' | 'approval' | 'onReject' | 'onTimeout'>,
  gate: MapNode,
  step: MapNode,
): GateStep {
  const evidence = (listAt(gate, 'evidence')?.items ?? []).map(asExpression).filter((item) => item !== undefined);
  const approvers = mapAt(gate, 'approvers');
  return {
    ...base,
    kind: 'gate',
    ask: parseTemplate(get(gate, 'ask')),
    evidence,
    grants: textsAt(gate, 'grants'),
    approval: {
      ...approversOf(approvers),
      timeout: durationAt(gate, 'timeout'),
      expires: durationAt(gate, 'expires'),
      uses: numberAt(gate, 'uses'),
      range: approvers ? (entryOf(gate, 'approvers')?.key.range ?? approvers.range) : base.keyRange,
    },
    onReject: buildHandler(step, 'on-reject'),
    onTimeout: buildHandler(step, 'on-timeout'),
  };
}

function approversOf(node: MapNode | undefined): Pick<Approval, 'roles' | 'quorum' | 'distinctFrom'> {
  return {
    roles: textsAt(node, 'roles'),
    quorum: numberAt(node, 'quorum'),
    distinctFrom: textsAt(node, 'distinct-from'),
  };
}

function buildInlineApproval(step: MapNode): Approval | undefined {
  const node = mapAt(step, 'approval');
  const key = entryOf(step, 'approval')?.key.range;
  if (!node || !key) return undefined;
  return {
    ...approversOf(node),
    timeout: durationAt(node, 'timeout'),
    expires: durationAt(node, 'expires'),
    uses: undefined,
    range: key,
  };
}

function buildNotify(step: MapNode): Notify | undefined {
  const node = mapAt(step, 'notify');
  const key = entryOf(step, 'notify')?.key.range;
  return node && key ? { roles: textsAt(node, 'roles'), range: key } : undefined;
}

function buildArguments(node: Node | undefined): Argument[] {
  return entriesOf(node).map((entry) => ({
    name: { value: entry.key.text, range: wordRange(entry.key) },
    value: parseTemplate(entry.value),
  }));
}

function buildGrants(agent: MapNode | undefined): ToolGrant[] {
  const grants: ToolGrant[] = [];
  for (const item of listAt(agent, 'tools')?.items ?? []) {
    const tool = item?.kind === 'map' ? textAt(item, 'use') : asText(item);
    if (tool) grants.push({ tool, where: expressionAt(item, 'where'), maxCalls: numberAt(item, 'max-calls') });
  }
  return grants;
}

function buildCases(node: Node | undefined): SwitchCase[] {
  return entriesOf(node).map((entry) => {
    const value = entry.key.value;
    const located: Located<string | number | boolean> = {
      value: value === null ? 'null' : value,
      range: wordRange(entry.key),
    };
    return { value: located, steps: buildSteps(entry.value) };
  });
}

function buildHandler(step: MapNode, key: string): Handler {
  const entry = entryOf(step, key);
  const value = entry?.value;
  if (!entry || !value) return { steps: [], then: 'stop', range: undefined };
  const range = entry.key.range;
  if (value.kind === 'list') return { steps: buildSteps(value), then: 'stop', range };
  if (value.kind === 'scalar') return { steps: [], then: value.value === 'continue' ? 'continue' : 'stop', range };
  return {
    steps: buildSteps(get(value, 'steps')),
    then: textAt(value, 'then')?.value === 'continue' ? 'continue' : 'stop',
    range,
  };
}

function buildBudget(node: Node | undefined): Budget | undefined {
  if (node?.kind !== 'map') return undefined;
  return {
    turns: numberAt(node, 'turns')?.value,
    tokens: numberAt(node, 'tokens')?.value,
    usd: numberAt(node, 'usd')?.value,
    time: durationAt(node, 'time')?.value,
    toolCalls: numberAt(node, 'tool-calls')?.value,
    range: node.range,
  };
}
