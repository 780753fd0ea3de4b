import type { Carried } from '../carried.js';
import { parseTemplate } from '../expressions/template.js';
import type { Located, MapNode, Node, Range } from '../syntax/tree.js';
import { entryOf, get } from '../syntax/tree.js';
import { unchangedEnds } from '../unchanged-ends.js';
import { AUTONOMY_LEVELS, EFFORTS, OPERATING_MODELS } from './levels.js';
import {
  type ActionStep,
  type AgentStep,
  type Approval,
  type Argument,
  type Budget,
  type Handler,
  type Notify,
  type Playbook,
  type Retry,
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

/** The step that was made of a map, and under which defaults. */
export interface MadeStep {
  readonly step: Step;
  readonly under: MapNode | undefined;
}

/** The steps that were made earlier, to be had again. */
export interface MadeSteps {
  readonly each: Carried<MapNode, MadeStep>;
  /** The playbook's own list, where each item was a step that told nothing but itself. */
  list?:
    | { readonly items: readonly unknown[]; readonly under: MapNode | undefined; readonly steps: readonly Step[] }
    | undefined;
}

/**
 * The playbook in a YAML tree. Total: whatever the tree, a playbook comes out, with what could be understood. `made` of an
 * earlier tree: as long as the map of a step is the same, so is the step.
 */
export function buildPlaybook(root: Node | undefined, made?: MadeSteps): Playbook {
  const node = root?.kind === 'map' ? root : NOTHING;
  const trigger = mapAt(node, 'trigger');
  const inputs = mapAt(node, 'inputs');
  const defaults = mapAt(node, 'defaults');
  const unfinished = new Set<string>();
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
    inputs: inputs && objectSchemaOf(inputs),
    context: entriesOf(get(node, 'context')).flatMap(({ key, value }) => {
      const file = asText(value);
      return file ? [{ name: { value: key.text, range: wordRange(key) }, file }] : [];
    }),
    autonomy: wordAt(node, 'autonomy', AUTONOMY_LEVELS),
    defaults: { autonomy: wordAt(defaults, 'autonomy', AUTONOMY_LEVELS) },
    budget: buildBudget(get(node, 'budget')),
    verdict: expressionAt(node, 'verdict'),
    feedback: textsAt(node, 'feedback'),
    examples: textsAt(node, 'examples'),
    steps: buildOwnSteps(get(node, 'steps'), {
      then: wordAt(defaults, 'on-error', ['stop', 'continue'])?.value ?? 'stop',
      timeout: durationAt(defaults, 'timeout'),
      node: defaults,
      made,
      unfinished,
      told: 0,
      nameless: 0,
    }),
    unfinished,
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

/** What steps take when they do not say. */
interface Defaults {
  readonly then: Handler['then'];
  readonly timeout: Located<number> | undefined;
  readonly node: MapNode | undefined;
  readonly made: MadeSteps | undefined;
  /** Collects the ids of steps without a kind. */
  readonly unfinished: Set<string>;
  /** Counts what steps tell but themselves: that they have no kind, and that they have no id. */
  told: number;
  /** Counts the steps without an id. */
  nameless: number;
}

/** The steps of the playbook's own list: those at its ends that are as they were are taken over without a look at each. */
function buildOwnSteps(node: Node | undefined, defaults: Defaults): readonly Step[] {
  const { made } = defaults;
  if (!made || node?.kind !== 'list') return buildSteps(listItems(node), defaults);
  const { items } = node;
  const known = made.list?.under === defaults.node && made.each.isWhole ? made.list : undefined;
  const { start, end } = known ? unchangedEnds(known.items, items) : { start: 0, end: 0 };
  const between = buildSteps(items.slice(start, items.length - end), defaults);
  made.each.count(start + end);
  const before = known?.steps ?? [];
  const steps = before.slice(0, start).concat(between, before.slice(before.length - end));
  const isPlain = defaults.told === 0 && steps.length === items.length;
  made.list = isPlain ? { items, under: defaults.node, steps } : undefined;
  return steps;
}

function listItems(node: Node | undefined): readonly (Node | undefined)[] {
  return node?.kind === 'list' ? node.items : [];
}

function buildSteps(items: readonly (Node | undefined)[], defaults: Defaults): Step[] {
  const steps: Step[] = [];
  for (const item of items) {
    const step = item?.kind === 'map' ? stepOf(item, defaults) : undefined;
    if (step) steps.push(step);
    else if (item?.kind === 'map') tellUnfinished(defaults, textAt(item, 'id')?.value);
  }
  return steps;
}

function stepOf(node: MapNode, defaults: Defaults): Step | undefined {
  const { made } = defaults;
  const known = made?.each.get(node);
  if (known && known.under === defaults.node) return known.step;
  const { told } = defaults;
  const step = buildStep(node, defaults);
  // What else a step tells must be told each time.
  if (step && defaults.told === told) made?.each.set(node, { step, under: defaults.node });
  return step;
}

/** Whatever stands there: a step with the key is undecided, even where its text cannot be read. */
function undecidedAt(node: MapNode): Located<string> | undefined {
  const entry = entryOf(node, 'undecided');
  return entry && (textAt(node, 'undecided') ?? { value: '', range: entry.key.range });
}

function tellUnfinished(defaults: Defaults, id: string | undefined): void {
  defaults.told++;
  if (id !== undefined) defaults.unfinished.add(id);
}

function buildStep(node: MapNode, defaults: Defaults): Step | undefined {
  const kind = stepKindsOf(node)[0];
  if (!kind) return undefined;
  // A step without a usable id still takes part in the analysis, under a name no reference can spell.
  const { range: keyRange } = kind;
  const named = textAt(node, 'id');
  const nameless = named ? 0 : ++defaults.nameless;
  if (!named) defaults.told++;
  const id = named ?? { value: `step ${nameless} without an id`, range: keyRange };
  const title = textAt(node, 'title')?.value;
  const when = expressionAt(node, 'when');
  const autonomy = wordAt(node, 'autonomy', AUTONOMY_LEVELS);
  const undecided = undecidedAt(node);
  const onError = buildHandler(node, 'on-error', defaults, defaults.then);
  const accountable = textAt(node, 'accountable');
  const timeout = durationAt(node, 'timeout');
  const review = shareAt(node, 'review');
  // Each kind names all it has in one literal: an object that is made by spreading another grows property by property, and
  // reading a playbook of 10,000 lines took a quarter more time.
  switch (kind.kind) {
    case 'action': {
      const tool = textAt(node, 'action') ?? { value: '', range: keyRange };
      return {
        kind: 'action',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout: timeout ?? defaults.timeout,
        review,
        node,
        keyRange,
        tool,
        with: buildArguments(get(node, 'with')),
        where: expressionAt(node, 'where'),
        retry: buildRetry(node),
        approval: buildInlineApproval(node),
        notify: buildNotify(node),
        undoWithin: durationAt(node, 'undo-within'),
      } satisfies ActionStep;
    }
    case 'agent': {
      const agent = mapAt(node, 'agent');
      const output = mapAt(agent, 'output');
      return {
        kind: 'agent',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout: timeout ?? defaults.timeout,
        review,
        node,
        keyRange,
        goal: parseTemplate(get(agent, 'goal')),
        tools: buildGrants(agent),
        output: output && objectSchemaOf(output),
        outputRange: output?.range,
        model: textAt(agent, 'model'),
        effort: wordAt(agent, 'effort', EFFORTS),
        budget: buildBudget(get(node, 'budget')),
        retry: buildRetry(node),
        approval: buildInlineApproval(node),
        notify: buildNotify(node),
      } satisfies AgentStep;
    }
    case 'gate': {
      const gate = mapAt(node, 'gate') ?? NOTHING;
      return {
        kind: 'gate',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        ask: parseTemplate(get(gate, 'ask')),
        evidence: (listAt(gate, 'evidence')?.items ?? []).map(asExpression).filter((item) => item !== undefined),
        grants: textsAt(gate, 'grants'),
        approval: buildGateApproval(gate, keyRange),
        onReject: buildHandler(node, 'on-reject', defaults, 'stop'),
        onTimeout: buildHandler(node, 'on-timeout', defaults, 'stop'),
      };
    }
    case 'manual': {
      const manual = mapAt(node, 'manual');
      const output = mapAt(manual, 'output');
      return {
        kind: 'manual',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        task: parseTemplate(get(manual, 'task')),
        role: textAt(manual, 'role'),
        output: output && objectSchemaOf(output),
      };
    }
    case 'if': {
      const condition = expressionAt(node, 'if');
      return {
        kind: 'if',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        condition,
        then: buildSteps(listItems(get(node, 'then')), defaults),
        else: buildSteps(listItems(get(node, 'else')), defaults),
      };
    }
    case 'switch':
      return {
        kind: 'switch',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        on: expressionAt(node, 'switch'),
        cases: buildCases(get(node, 'cases'), defaults),
        default: get(node, 'default') && buildSteps(listItems(get(node, 'default')), defaults),
        defaultRange: entryOf(node, 'default')?.key.range,
      };
    case 'for-each': {
      const loop = mapAt(node, 'for-each');
      return {
        kind: 'for-each',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        item: textAt(loop, 'item'),
        in: expressionAt(loop, 'in'),
        max: numberAt(loop, 'max')?.value ?? 0,
        steps: buildSteps(listItems(get(node, 'steps')), defaults),
      };
    }
    case 'parallel':
      return {
        kind: 'parallel',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        join: wordAt(node, 'parallel', ['all', 'any']) ?? { value: 'any', range: keyRange },
        atOnce: numberAt(node, 'at-once'),
        branches: entriesOf(get(node, 'branches')).map(({ key, value }) => ({
          name: { value: key.text, range: wordRange(key) },
          steps: buildSteps(listItems(value), defaults),
        })),
      };
    case 'call':
      return {
        kind: 'call',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        target: textAt(node, 'call') ?? { value: '', range: keyRange },
        with: buildArguments(get(node, 'with')),
      };
    case 'stop': {
      const stop = mapAt(node, 'stop');
      return {
        kind: 'stop',
        id,
        title,
        when,
        autonomy,
        undecided,
        onError,
        accountable,
        timeout,
        review,
        node,
        keyRange,
        outcome: wordAt(stop, 'outcome', STOP_OUTCOMES) ?? { value: 'failed', range: keyRange },
        reason: get(stop, 'reason') && parseTemplate(get(stop, 'reason')),
        verdict: expressionAt(stop, 'verdict'),
      };
    }
  }
}

function buildGateApproval(gate: MapNode, keyRange: Range): Approval {
  const approvers = mapAt(gate, 'approvers');
  const range = approvers ? (entryOf(gate, 'approvers')?.key.range ?? approvers.range) : keyRange;
  return approvalOf(gate, approvers, numberAt(gate, 'uses'), range);
}

function buildInlineApproval(step: MapNode): Approval | undefined {
  const node = mapAt(step, 'approval');
  const key = entryOf(step, 'approval')?.key.range;
  return node && key ? approvalOf(node, node, undefined, key) : undefined;
}

/** The times stand at a gate itself, and who may approve below it; in an approval of a step's own all stand together. */
function approvalOf(
  times: MapNode,
  who: MapNode | undefined,
  uses: Located<number> | undefined,
  range: Range,
): Approval {
  return {
    roles: textsAt(who, 'roles'),
    quorum: numberAt(who, 'quorum'),
    escalateTo: textsAt(who, 'escalate-to'),
    distinctFrom: textsAt(who, 'distinct-from'),
    timeout: durationAt(times, 'timeout'),
    expires: durationAt(times, 'expires'),
    uses,
    range,
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

function buildCases(node: Node | undefined, defaults: Defaults): SwitchCase[] {
  return entriesOf(node).map((entry) => {
    const value = entry.key.value;
    const located: Located<string | number | boolean> = {
      value: value === null ? 'null' : value,
      range: wordRange(entry.key),
    };
    return { value: located, steps: buildSteps(listItems(entry.value), defaults) };
  });
}

function buildHandler(step: MapNode, key: string, defaults: Defaults, absent: Handler['then']): Handler {
  const entry = entryOf(step, key);
  const value = entry?.value;
  if (!entry) return { steps: [], then: absent, range: undefined };
  if (!value) return { steps: [], then: 'stop', range: undefined };
  const range = entry.key.range;
  if (value.kind === 'list') return { steps: buildSteps(listItems(value), defaults), then: 'stop', range };
  if (value.kind === 'scalar') return { steps: [], then: value.value === 'continue' ? 'continue' : 'stop', range };
  return {
    steps: buildSteps(listItems(get(value, 'steps')), defaults),
    then: textAt(value, 'then')?.value === 'continue' ? 'continue' : 'stop',
    range,
  };
}

function buildRetry(step: MapNode): Retry | undefined {
  const node = mapAt(step, 'retry');
  const key = entryOf(step, 'retry')?.key.range;
  const attempts = numberAt(node, 'attempts')?.value;
  if (!node || !key || attempts === undefined) return undefined;
  const backoff = wordAt(node, 'backoff', ['fixed', 'exponential'] as const)?.value ?? 'fixed';
  return { attempts, delay: durationAt(node, 'delay')?.value ?? 0, backoff, range: key };
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
