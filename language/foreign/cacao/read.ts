import type { MapNode, Node, Range } from '../../syntax/tree.js';
import { meaningOf } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { decisionIn } from '../conditions.js';
import { argumentOf, argumentsIn, givenOn, holding } from '../given.js';
import type { Doing, ForeignArgument, ForeignEdge, ForeignPlaybook, NotUnderstood } from '../model.js';
import { at, entriesOf, hasKeys, itemsOf, rangeOf, short, textAt, textOf } from '../read-node.js';

/**
 * Reads CACAO Security Playbooks 2.0 (OASIS, https://docs.oasis-open.org/cacao/security-playbooks/v2.0/): a map of workflow
 * steps, each with the next by how it ended. Steps with others inside (parallel, conditions) go on once a branch has come to an
 * `end` step.
 *
 * People come in as commands of type `manual`. What they answer is in the step's `out_args`, which a condition may read. A step
 * with `on_completion` alone goes there as well when its `timeout` is over and nobody did anything.
 */
export function isCacao(root: Node | undefined): root is MapNode {
  return (
    hasKeys(root, 'workflow') &&
    at(root, 'workflow')?.kind === 'map' &&
    (textAt(root, 'spec_version')?.startsWith('cacao') === true || hasKeys(root, 'workflow_start'))
  );
}

/** Kinds of agents that are people. */
const PEOPLE = new Set(['individual', 'group', 'organization', 'sector', 'location']);

interface Step {
  readonly id: string;
  readonly node: Node | undefined;
  readonly first: Draft;
  readonly last: Draft;
  /** The manual command with an answer, if any. */
  readonly ask: Draft | undefined;
  readonly people: readonly Draft[];
}

export function readCacao(uri: string, root: MapNode): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const id = textAt(root, 'id') ?? '';
  const name = textAt(root, 'name') ?? (id || 'A playbook without a name');
  const builder = stepBuilder(uri, rangeOf(at(root, 'name') ?? root));
  const workflow = entriesOf(at(root, 'workflow'));
  const steps = new Map<string, Step>();
  for (const { key, value } of workflow) steps.set(key.text, draftStep(root, key.text, value, key.range));

  function draftStep(root: MapNode, id: string, node: Node | undefined, keyRange: Range): Step {
    const named = textAt(node, 'name') ?? `${textAt(node, 'type') ?? 'step'} ${id.replace(/^.*?--/, '').slice(0, 8)}`;
    const range = textAt(node, 'name') === undefined ? keyRange : rangeOf(at(node, 'name'));
    const doings = doingsOf(root, node);
    const drafts = doings.map((does, index) =>
      builder.step(
        index === 0 ? named : `${named}, command ${index + 1}`,
        id,
        range,
        does,
        index === 0 ? {} : { part: true },
      ),
    );
    const [first, ...more] = drafts;
    if (!first) throw new Error('a step does nothing, which `doingsOf` never says');
    const people = drafts.filter((_, index) => doings[index]?.kind === 'ask' || doings[index]?.kind === 'task');
    return {
      id,
      node,
      first,
      last: more.at(-1) ?? first,
      ask: drafts.find((_, index) => doings[index]?.kind === 'ask'),
      people,
    };
  }

  for (const step of steps.values()) chainCommands(step);
  function chainCommands({ first, last }: Step): void {
    for (let index = first.index; index < last.index; index++) {
      builder.edge({ index, id: '' }, { to: index + 1, kind: 'ok' });
    }
  }

  const targetOf = (from: Step, node: Node | undefined): number | 'end' | undefined => {
    const named = textOf(node);
    if (named === undefined) return undefined;
    const to = steps.get(named);
    if (!to)
      notUnderstood.push({
        uri,
        range: rangeOf(node),
        what: `"${from.first.id}" goes on to a step that the playbook does not have.`,
      });
    return to?.first.index;
  };
  const link = (from: Step, node: Node | undefined, edge: Omit<ForeignEdge, 'to'>): void => {
    const to = targetOf(from, node);
    if (to !== undefined) builder.edge(from.last, { ...edge, to });
  };
  const exception = at(root, 'workflow_exception');
  const answers = answersOf(steps);
  for (const step of steps.values()) addEdges(step);

  function addEdges(step: Step): void {
    const { node, last } = step;
    const type = textAt(node, 'type');
    const next = at(node, 'on_completion') ?? at(node, 'on_success');
    switch (type) {
      case 'end':
        break;
      case 'if-condition':
      case 'while-condition': {
        const condition = textAt(node, 'condition') ?? '';
        const decision = decisionIn(condition, answers);
        const said = (says: 'whenTrue' | 'whenFalse'): Pick<ForeignEdge, 'person'> =>
          decision ? { person: { says: decision[says], asked: decision.asked } } : {};
        link(step, at(node, 'on_true'), { kind: 'branch', branch: 'true', ...holding(condition), ...said('whenTrue') });
        if (textAt(node, 'on_false') !== undefined)
          link(step, at(node, 'on_false'), { kind: 'branch', branch: 'false', ...said('whenFalse') });
        else if (next) link(step, next, { kind: 'branch', branch: 'false', ...said('whenFalse') });
        else builder.edge(last, { to: 'end', kind: 'branch', branch: 'false', ...said('whenFalse') });
        break;
      }
      case 'switch-condition': {
        const on = textAt(node, 'switch') ?? '';
        const asked = answers(on);
        for (const { key, value } of entriesOf(at(node, 'cases'))) {
          const says = asked === undefined ? undefined : (meaningOf(key.text) ?? 'refuses');
          link(step, value, {
            kind: 'branch',
            branch: key.text,
            ...(key.text === 'default' ? {} : holding(`${on} is ${key.text}`)),
            ...(says && asked !== undefined ? { person: { says, asked } } : {}),
          });
        }
        if (!at(node, 'cases', 'default') && next) link(step, next, { kind: 'branch', branch: 'default' });
        break;
      }
      case 'parallel':
        for (const one of itemsOf(at(node, 'next_steps'))) link(step, one, { kind: 'branch' });
        break;
      default: {
        const asked = step.people.at(-1);
        const person = asked ? { person: { says: 'someone', asked: asked.id } as const } : {};
        if (next) link(step, next, { kind: 'ok', ...person });
        const ignoresFailure = at(node, 'on_completion') !== undefined;
        if (asked && ignoresFailure && at(node, 'timeout')) link(step, next, { kind: 'timed-out' });
        if (!asked && ignoresFailure) link(step, next, { kind: 'failed' });
      }
    }
    if (type !== 'end' && type !== 'start') {
      if (at(node, 'on_failure')) link(step, at(node, 'on_failure'), { kind: 'failed' });
      else if (at(node, 'on_completion') === undefined && exception) link(step, exception, { kind: 'failed' });
    }
    if (!builder.leads(last)) builder.edge(last, { to: 'end', kind: 'ok' });
  }

  returnFromBranches(steps, (from, to, kind) => {
    const target = steps.get(to);
    const end = steps.get(from);
    if (target && end) builder.edge(end.last, { to: target.first.index, kind });
  });

  const start = steps.get(textAt(root, 'workflow_start') ?? '');
  if (start) builder.edge('start', { to: start.first.index, kind: 'begin' });
  else {
    notUnderstood.push({
      uri,
      range: rangeOf(at(root, 'workflow_start') ?? at(root, 'workflow')),
      what: 'The step the playbook starts with is missing, so every step is taken to be where a run may start.',
    });
    for (const { first } of steps.values()) builder.edge('start', { to: first.index, kind: 'begin' });
  }
  return {
    format: 'cacao',
    uri,
    name,
    names: [id, name],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: workflow.length,
  };
}

/** What a step does: one for each command, and at least one. */
function doingsOf(root: MapNode, node: Node | undefined): readonly Doing[] {
  const type = textAt(node, 'type') ?? '';
  switch (type) {
    case 'start':
    case 'end':
    case 'parallel':
    case 'if-condition':
    case 'while-condition':
    case 'switch-condition':
      return [{ kind: 'flow' }];
    case 'playbook-action': {
      const target = at(node, 'playbook_id');
      return [
        textOf(target) === undefined
          ? { kind: 'unknown', why: 'It calls a playbook and does not say which.' }
          : {
              kind: 'call',
              target: { value: textOf(target) ?? '', range: rangeOf(target) },
              args: namedIn(root, at(node, 'in_args')),
            },
      ];
    }
    case 'action': {
      const commands = itemsOf(at(node, 'commands'));
      if (commands.length === 0) return [{ kind: 'unknown', why: 'It is an action without a command.' }];
      const agent = textAt(root, 'agent_definitions', textAt(node, 'agent') ?? '', 'type') ?? '';
      return commands.map((command) => commandDoing(root, node, command, PEOPLE.has(agent)));
    }
    default:
      return [{ kind: 'unknown', why: `This version does not know steps of type "${short(type, 40)}".` }];
  }
}

function commandDoing(root: MapNode, node: Node | undefined, command: Node, agentIsPerson: boolean): Doing {
  const type = textAt(command, 'type') ?? 'a command without a type';
  const text = textAt(command, 'command') ?? '';
  if (type === 'manual') {
    const asks = itemsOf(at(node, 'out_args')).length > 0;
    return asks
      ? { kind: 'ask', question: short(text, 200), who: targetsOf(root, node), expires: null }
      : { kind: 'task', text: short(text, 200) };
  }
  const description = [textAt(node, 'name'), textAt(node, 'description'), textAt(command, 'description')]
    .filter(Boolean)
    .join('. ');
  const args = [
    ...(text === '' ? [] : [argumentOf('command', text)]),
    ...argumentsIn(command, ['type', 'command', 'description', 'version', 'playbook_activity', 'external_references']),
    ...namedIn(root, at(node, 'in_args')),
  ];
  const common = {
    kind: 'act',
    ...givenOn(targetsOf(root, node).join(', '), args),
    description,
    byPerson: agentIsPerson,
  } as const;
  // What our own export writes. Its expressions, loops and ends do nothing outside a run, and nobody else's product knows them.
  if (type === 'countersign-expression' || type === 'countersign-loop' || type === 'countersign-stop')
    return { kind: 'flow' };
  if (type === 'countersign-tool') {
    const tool = /^\S+/.exec(text)?.[0] ?? type;
    return { ...common, action: tool, verb: tool.slice(tool.lastIndexOf('.') + 1), hint: undefined };
  }
  const request = /^\s*([A-Z]+)\s+(\S+)/.exec(text);
  if (type === 'http-api' && request) {
    const [, method = '', path = ''] = request;
    return {
      ...common,
      action: `${method} ${path.replace(/\?.*$/, '')}`,
      hint: { kind: 'http', method, path },
    };
  }
  const openc2 = /"action"\s*:\s*"([a-z_]{1,40})"/i.exec(text)?.[1];
  if (type.startsWith('openc2')) return { ...common, action: openc2 ? `openc2 ${openc2}` : 'openc2', hint: undefined };
  return { ...common, action: type, hint: undefined };
}

/** Variables that a step is given, with what they hold from the first. */
function namedIn(root: MapNode, list: Node | undefined): readonly ForeignArgument[] {
  return itemsOf(list).flatMap((one) => {
    const name = textOf(one);
    if (name === undefined) return [];
    return [argumentOf(name, textAt(root, 'playbook_variables', name, 'value') || `${name}:value`)];
  });
}

/** The names of what a step acts on, or of whom it is for. */
function targetsOf(root: MapNode, node: Node | undefined): readonly string[] {
  return itemsOf(at(node, 'targets')).flatMap((target) => {
    const id = textOf(target);
    return id === undefined ? [] : [short(textAt(root, 'target_definitions', id, 'name') ?? id, 60)];
  });
}

/** Which question a text refers to: by the variables in which answers are kept. */
function answersOf(steps: ReadonlyMap<string, Step>): (text: string) => string | undefined {
  const asked = new Map<string, string>();
  for (const { node, ask } of steps.values()) {
    if (!ask) continue;
    for (const argument of itemsOf(at(node, 'out_args'))) asked.set(textOf(argument) ?? '', ask.id);
  }
  asked.delete('');
  // One name may be a part of another.
  const longestFirst = [...asked].sort(([one], [other]) => other.length - one.length);
  return (text) => longestFirst.find(([name]) => text.includes(name))?.[1];
}

/** A branch that has come to an `end` goes on with the step it is a branch of: again (while), or with what follows it. */
function returnFromBranches(
  steps: ReadonlyMap<string, Step>,
  back: (from: string, to: string, kind: 'joined' | 'item') => void,
): void {
  const nextOf = (node: Node | undefined): readonly string[] =>
    [
      textAt(node, 'on_completion'), textAt(node, 'on_success'), textAt(node, 'on_failure'), textAt(node, 'on_true'), textAt(node, 'on_false'),
      ...itemsOf(at(node, 'next_steps')).map(textOf),
      ...entriesOf(at(node, 'cases')).map(({ value }) => textOf(value)),
    ].filter((one) => one !== undefined); // biome-ignore format: one list
  for (const { id, node } of steps.values()) {
    const type = textAt(node, 'type');
    const follows = textAt(node, 'on_completion') ?? textAt(node, 'on_success');
    const goal = type === 'while-condition' ? id : follows;
    if (goal === undefined || !['parallel', 'if-condition', 'while-condition', 'switch-condition'].includes(type ?? ''))
      continue;
    const outside = new Set([id, ...(follows === undefined ? [] : [follows]), textAt(node, 'on_failure') ?? '']);
    const queue = nextOf(node).filter((one) => !outside.has(one));
    const seen = new Set(queue);
    for (const one of queue) {
      const inside = steps.get(one)?.node;
      if (textAt(inside, 'type') === 'end') back(one, goal, goal === id ? 'item' : 'joined');
      for (const next of nextOf(inside)) {
        if (seen.has(next) || outside.has(next)) continue;
        seen.add(next);
        queue.push(next);
      }
    }
  }
}
