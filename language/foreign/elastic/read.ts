import type { MapNode, Node } from '../../syntax/tree.js';
import { meaningOf } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { decisionIn } from '../conditions.js';
import { connect, type Exits } from '../exits.js';
import { argumentsIn, given, givenOn, holding } from '../given.js';
import type { Doing, ForeignArgument, ForeignEdge, ForeignPlaybook, NotUnderstood } from '../model.js';
import { at, hasKeys, isTrue, itemsOf, oneLine, rangeOf, short, textAt, textOf } from '../read-node.js';

/**
 * Reads Elastic (Kibana) workflows: a list of steps, each with a `type`, run from top to bottom. Source: the documentation of
 * Elastic Workflows and github.com/elastic/workflows.
 *
 * People come in as `waitForApproval` and `waitForInput`. That a step comes behind one says only that somebody answered or, with
 * `on-failure: continue`, that the time was over: the answer is in `steps.<name>.output.response` and has to be tested.
 */
export function isElastic(root: Node | undefined): root is MapNode {
  const steps = itemsOf(at(root, 'steps'));
  if (!hasKeys(root, 'name', 'steps')) return false;
  if (at(root, 'triggers')?.kind === 'list') return steps.some((step) => textAt(step, 'type') !== undefined);
  // Other formats have steps with a name as well, so without triggers all has to be as here.
  const whole = steps.every((step) => textAt(step, 'type') !== undefined && textAt(step, 'name') !== undefined);
  return steps.length > 0 && whole && ['enabled', 'consts', 'inputs'].some((key) => at(root, key) !== undefined);
}

/** Steps that only shape the data or the way of a run. */
const FLOW = new Set([
  'console', 'wait', 'if', 'foreach', 'while', 'switch', 'parallel', 'merge', 'atomic', 'loop.break', 'loop.continue', 'flow.break',
  'flow.continue', 'break', 'continue', 'workflow.output', 'workflow.fail', 'transform',
]); // biome-ignore format: a list
const ENDS = new Set(['workflow.output', 'workflow.fail']);
const ASKS = new Set(['waitforapproval', 'waitforinput']);
const CALLS = new Set(['workflow.execute', 'workflow.executeasync']);

export function readElastic(uri: string, root: MapNode): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const name = textAt(root, 'name') ?? 'A workflow without a name';
  const builder = stepBuilder(uri, rangeOf(at(root, 'name')));
  const asks = new Map<string, string>();
  let count = 0;

  const askedIn = (text: string): string | undefined => {
    for (const [, plain, quoted] of text.matchAll(/\bsteps(?:\.([A-Za-z0-9_-]+)|\[\s*["']([^"']+)["']\s*\])/g)) {
      const asked = asks.get(plain ?? quoted ?? '');
      if (asked !== undefined) return asked;
    }
    return undefined;
  };

  function addList(list: Node | undefined, entry: Exits): Exits {
    let exits = entry;
    for (const item of itemsOf(list)) exits = addStep(item, exits);
    if (list !== undefined && list.kind !== 'list')
      notUnderstood.push({ uri, range: list.range, what: 'Here a list of steps is expected.' });
    return exits;
  }

  function addStep(node: Node, entry: Exits): Exits {
    count++;
    const type = textAt(node, 'type');
    const named = textAt(node, 'name') ?? `${type ?? 'step'} ${count}`;
    const does = doingOf(node, type);
    const step = builder.step(named, `step ${count}`, rangeOf(at(node, 'name') ?? at(node, 'type') ?? node), does);
    if (does.kind === 'ask') asks.set(named, step.id);
    connect(builder, entry, step);
    const exits: { from: Draft; edge: Omit<ForeignEdge, 'to'> }[] = [];
    const inside = insideOf(node, type ?? '', step);
    exits.push(...inside);
    const guard = textAt(node, 'if');
    if (guard !== undefined) {
      const decision = decisionIn(guard, askedIn);
      exits.push({
        from: step,
        edge: {
          kind: 'skipped',
          ...holding(`not: ${guard}`),
          ...(decision ? { person: { says: decision.whenFalse, asked: decision.asked } } : {}),
        },
      });
    }
    const failure = at(node, 'on-failure');
    const failed: Exits = [{ from: step, edge: { kind: does.kind === 'ask' ? 'timed-out' : 'failed' } }];
    const afterFallback = at(failure, 'fallback') ? addList(at(failure, 'fallback'), failed) : failed;
    if (isTrue(at(failure, 'continue'))) exits.push(...afterFallback.flatMap(asDraft));
    else connect(builder, afterFallback, 'end');
    return exits;
  }

  function insideOf(node: Node, type: string, step: Draft): { from: Draft; edge: Omit<ForeignEdge, 'to'> }[] {
    const branch = (name: string, when?: string, person?: ForeignEdge['person']): Exits => [
      { from: step, edge: { kind: 'branch', branch: name, ...holding(when), ...(person ? { person } : {}) } },
    ];
    switch (type) {
      case 'if': {
        const condition = textAt(node, 'condition') ?? '';
        const decision = decisionIn(condition, askedIn);
        const says = (one: 'whenTrue' | 'whenFalse'): ForeignEdge['person'] =>
          decision && { says: decision[one], asked: decision.asked };
        return [
          ...addList(at(node, 'steps'), branch('then', condition, says('whenTrue'))),
          ...addList(at(node, 'else'), branch('else', undefined, says('whenFalse'))),
        ].flatMap(asDraft);
      }
      case 'switch': {
        const expression = textAt(node, 'expression') ?? '';
        const asked = askedIn(expression);
        const exits = itemsOf(at(node, 'cases')).flatMap((one) => {
          const match = textAt(one, 'match') ?? '';
          const says = asked === undefined ? undefined : (meaningOf(match) ?? 'refuses');
          const person = says && asked !== undefined ? { says, asked } : undefined;
          return addList(at(one, 'steps'), branch(match, `${expression} is ${match}`, person));
        });
        return [...exits, ...addList(at(node, 'default'), branch('default'))].flatMap(asDraft);
      }
      case 'foreach':
      case 'while': {
        const back = addList(at(node, 'steps'), [{ from: step, edge: { kind: 'item' } }]);
        for (const { from, edge } of back) builder.edge(from, { ...edge, to: step.index });
        return [{ from: step, edge: { kind: 'done' } }];
      }
      case 'parallel': {
        const branches = itemsOf(at(node, 'branches'));
        const exits = branches.flatMap((one) => {
          const edge = { kind: 'branch', branch: textAt(one, 'name') ?? 'branch', alone: true } as const;
          return addList(at(one, 'steps'), [{ from: step, edge }]);
        });
        return exits.length > 0 ? exits.flatMap(asDraft) : [{ from: step, edge: { kind: 'ok' } }];
      }
      default: {
        const inner = at(node, 'steps');
        if (inner) return addList(inner, [{ from: step, edge: { kind: 'ok' } }]).flatMap(asDraft);
        if (ENDS.has(type)) {
          builder.edge(step, { to: 'end', kind: 'stopped' });
          return [];
        }
        const asked = ASKS.has(type.toLowerCase()) ? { person: { says: 'someone', asked: step.id } as const } : {};
        return [{ from: step, edge: { kind: 'ok', ...asked } }];
      }
    }
  }

  const exits = addList(at(root, 'steps'), [{ from: 'start', edge: { kind: 'begin' } }]);
  connect(builder, exits, 'end');
  const whole = at(root, 'settings', 'on-failure', 'fallback');
  if (whole) {
    // It may begin after any failure, so nothing that happened before is relied on.
    connect(builder, addList(whole, [{ from: 'start', edge: { kind: 'failed' } }]), 'end');
  }
  return {
    format: 'elastic',
    uri,
    name,
    names: [name, textAt(root, 'id') ?? name],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: countSteps(at(root, 'steps')) + countSteps(whole),
  };
}

function asDraft({ from, edge }: Exits[number]): { from: Draft; edge: Omit<ForeignEdge, 'to'> }[] {
  return from === 'start' ? [] : [{ from, edge }];
}

function doingOf(node: Node, type: string | undefined): Doing {
  if (type === undefined) return { kind: 'unknown', why: 'It has no type.' };
  if (FLOW.has(type) || type.startsWith('data.')) {
    const over = textAt(node, 'foreach') ?? textAt(node, 'condition');
    return (type === 'foreach' || type === 'while') && over !== undefined ? { kind: 'flow', over } : { kind: 'flow' };
  }
  const input = at(node, 'with');
  if (ASKS.has(type.toLowerCase())) {
    return {
      kind: 'ask',
      question: short(textAt(input, 'message') ?? '', 200),
      who: [],
      expires: textAt(node, 'timeout') ?? null,
    };
  }
  if (CALLS.has(type.toLowerCase())) {
    const target = at(input, 'workflow-id') ?? at(input, 'workflowId');
    return textOf(target) === undefined
      ? { kind: 'unknown', why: 'It runs a workflow and does not say which.' }
      : {
          kind: 'call',
          target: { value: textOf(target) ?? '', range: rangeOf(target) },
          args: argumentsIn(at(input, 'inputs')),
        };
  }
  const description = [textAt(node, 'name'), textAt(node, 'description')].filter(Boolean).join('. ');
  const args = argumentsOf(input);
  const on = given(args, ABOUT_REQUEST);
  const common = { kind: 'act', ...on, description, byPerson: false } as const;
  const path = textAt(input, 'path') ?? textAt(input, 'url');
  if (path !== undefined && (type === 'http' || type.endsWith('.request'))) {
    const method = (textAt(input, 'method') ?? 'GET').toUpperCase();
    const whole = textAt(input, 'path') === undefined ? 'url' : 'path';
    return {
      ...common,
      ...(on.target === undefined ? givenOn(path, args, whole) : {}),
      action: `${type} ${method} ${oneLine(path)}`,
      hint: { kind: 'http', method, path },
    };
  }
  return { ...common, action: type, hint: undefined };
}

const ABOUT_REQUEST: readonly string[] = ['method', 'path', 'url', 'headers'];

/** What is in the body of a request stands for the body. */
function argumentsOf(node: Node | undefined): readonly ForeignArgument[] {
  const body = at(node, 'body');
  return body?.kind === 'map' ? [...argumentsIn(node, ['body']), ...argumentsIn(body)] : argumentsIn(node);
}

/** Steps of a list and of all lists in it, whatever they are: what has a `type` in a list of steps. */
function countSteps(list: Node | undefined): number {
  let count = 0;
  for (const step of itemsOf(list)) {
    count++;
    for (const key of ['steps', 'else', 'default']) count += countSteps(at(step, key));
    for (const key of ['cases', 'branches'])
      for (const one of itemsOf(at(step, key))) count += countSteps(at(one, 'steps'));
    count += countSteps(at(step, 'on-failure', 'fallback'));
  }
  return count;
}
