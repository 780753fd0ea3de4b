import type { MapNode, Node } from '../../syntax/tree.js';
import { type Draft, stepBuilder } from '../build.js';
import { decisionIn } from '../conditions.js';
import { argumentAt, argumentOf, argumentsIn, given, holding } from '../given.js';
import type { Doing, ForeignArgument, ForeignEdge, ForeignPlaybook, NotUnderstood } from '../model.js';
import { at, entriesOf, hasKeys, itemsOf, rangeOf, short, textAt, textOf, textsIn } from '../read-node.js';

/**
 * Reads StackStorm's Orquesta workflows and action chains. Tasks go on by the transitions in `next`, whose `when` is YAQL or
 * Jinja; a task with `join` waits for all that lead to it. Source: docs.stackstorm.com/orquesta.
 *
 * People come in as `core.ask`. That the task succeeded says only that somebody answered; the answer is in the fields of
 * `result().response` (or in what was published from it), and a `when` has to read it.
 */
export function isStackstorm(root: Node | undefined): root is MapNode {
  if (hasKeys(root, 'chain'))
    return itemsOf(at(root, 'chain')).some(
      (task) => textAt(task, 'ref') !== undefined || textAt(task, 'action') !== undefined,
    );
  const tasks = at(root, 'tasks');
  if (tasks?.kind !== 'map' || hasKeys(root, 'starttaskid') || tasks.entries.length === 0) return false;
  return (
    tasks.entries.every(({ value }) => value === undefined || value.kind === 'map' || value.kind === 'scalar') &&
    tasks.entries.some(({ value }) => textAt(value, 'action') !== undefined || at(value, 'next') !== undefined)
  );
}

/** What a workflow may go on to without a task of that name: the engine's own commands. */
const COMMANDS = new Set(['noop', 'fail', 'continue', 'retry']);

interface Task {
  readonly name: string;
  readonly node: Node | undefined;
  readonly draft: Draft;
  readonly does: Doing;
}

export function readStackstorm(uri: string, root: MapNode): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const file = uri.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  const chain = at(root, 'chain');
  const builder = stepBuilder(uri, rangeOf(at(root, 'tasks') ?? chain ?? root));
  const entries = chain
    ? itemsOf(chain).map((node, index) => ({
        name: textAt(node, 'name') ?? `task ${index + 1}`,
        range: rangeOf(at(node, 'name') ?? node),
        node,
      }))
    : entriesOf(at(root, 'tasks')).map(({ key, value }) => ({ name: key.text, range: key.range, node: value }));
  const tasks = new Map<string, Task>();
  for (const { name, range, node } of entries) {
    const does = doingOf(node);
    const join = at(node, 'join') && textAt(node, 'join') !== '1' ? ({ join: 'all' } as const) : {};
    tasks.set(name, { name, node, does, draft: builder.step(name, name, range, does, join) });
  }
  const askedIn = answersIn([...tasks.values()]);
  const led = new Set<string>();

  const lead = (from: Task, target: string, where: Node | undefined, edge: Omit<ForeignEdge, 'to'>): void => {
    const to = tasks.get(target);
    if (to) {
      led.add(target);
      builder.edge(from.draft, { ...edge, to: to.draft.index });
    } else if (COMMANDS.has(target)) builder.edge(from.draft, { ...edge, to: 'end' });
    else
      notUnderstood.push({
        uri,
        range: rangeOf(where),
        what: `Task "${from.name}" goes on to a task "${short(target, 60)}" that the workflow does not have.`,
      });
  };

  for (const task of tasks.values()) {
    const { node, does, draft } = task;
    const someone = does.kind === 'ask' ? ({ says: 'someone', asked: draft.id } as const) : undefined;
    const next = itemsOf(at(node, 'next'));
    for (const transition of next) {
      const when = textAt(transition, 'when') ?? '';
      const failed = /\bfailed\s*\(/.test(when);
      const succeeded = /\bsucceeded\s*\(/.test(when);
      const person = decidedBy(when, task, askedIn) ?? (succeeded ? someone : undefined);
      const edge = {
        kind: failed && !succeeded ? 'failed' : 'ok',
        ...holding(besidesState(when)),
        // Every transition whose condition holds is taken.
        alone: true,
        ...(person ? { person } : {}),
      } as const;
      const targets = targetsOf(at(transition, 'do'));
      if (targets.length === 0) builder.edge(draft, { ...edge, to: 'end' });
      for (const target of targets) lead(task, target, at(transition, 'do') ?? transition, edge);
    }
    for (const [key, kind] of [
      ['on-success', 'ok'],
      ['on-failure', 'failed'],
    ] as const) {
      const target = textAt(node, key);
      if (target !== undefined)
        lead(task, target, at(node, key), { kind, ...(someone && kind === 'ok' ? { person: someone } : {}) });
    }
    if (!builder.leads(draft)) builder.edge(draft, { to: 'end', kind: 'ok', ...(someone ? { person: someone } : {}) });
  }

  const first = textAt(root, 'default');
  const starts = chain
    ? [tasks.get(first ?? '') ?? [...tasks.values()][0]]
    : [...tasks.values()].filter(({ name }) => !led.has(name));
  // In a circle of tasks nothing is first, so any may be.
  const begun = starts.length > 0 ? starts : [...tasks.values()];
  for (const task of begun) if (task) builder.edge('start', { to: task.draft.index, kind: 'begin' });
  return {
    format: 'stackstorm',
    uri,
    name: textAt(root, 'name') ?? file,
    names: [file, textAt(root, 'name') ?? file],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: entries.length,
  };
}

function doingOf(node: Node | undefined): Doing {
  const written = textAt(node, 'action') ?? textAt(node, 'ref') ?? '';
  if (written === '') return { kind: 'flow' };
  if (/<%|\{\{/.test(written.split(/\s/, 1)[0] ?? ''))
    return { kind: 'unknown', why: 'Which action it runs is only known when it runs.' };
  const action = written.trim().split(/\s/, 1)[0] ?? '';
  const input = at(node, 'input') ?? at(node, 'params') ?? at(node, 'parameters');
  if (action === 'core.ask') {
    const who = textsIn(at(input, 'users'), 10).concat(textsIn(at(input, 'roles'), 10));
    return {
      kind: 'ask',
      question: short(textsIn(at(input, 'schema', 'properties'), 20).join(' '), 200),
      who,
      expires: null,
    };
  }
  if (action === 'core.pause') return { kind: 'task', text: 'somebody resumes the workflow' };
  const method = textAt(input, 'method');
  const url = textAt(input, 'url');
  const hint =
    action === 'core.http' && url !== undefined
      ? ({ kind: 'http', method: method ?? 'GET', path: url } as const)
      : undefined;
  const whole = input?.kind === 'map' ? [] : [argumentAt('input', input)];
  const args = [...behindName(written), ...argumentsIn(input), ...whole, itemsOfTask(node)].filter(
    (one) => one !== undefined,
  );
  return {
    kind: 'act',
    action,
    verb: action.replace(/^[^.]*\./, ''),
    ...given(args, hint ? ['username'] : []),
    description: '',
    hint,
    byPerson: false,
  };
}

/** Arguments behind the name of an action: `core.local cmd="…" timeout=5`. Source: orquesta/utils/parameters.py. */
function behindName(written: string): readonly ForeignArgument[] {
  const found = written.matchAll(/(?<=\s)(\w+)=(?:"([^"]*)"|'([^']*)'|(<%[^%]*%>|\{\{[^{}]*\}\}|\[[^[\]]*\]|\S+))/g);
  return [...found].map(([, name = '', double, single, plain = '']) => argumentOf(name, double ?? single ?? plain));
}

/** What a task is done for each of: `with: x in <% … %>`, or `with: { items: … }`. */
function itemsOfTask(node: Node | undefined): ForeignArgument | undefined {
  const list = at(node, 'with');
  return argumentAt('with', list?.kind === 'map' ? at(list, 'items') : list);
}

/** `task2, task4`, a list, or nothing. */
function targetsOf(node: Node | undefined): readonly string[] {
  if (node?.kind === 'list') return itemsOf(node).flatMap((one) => textOf(one) ?? []);
  return (textOf(node) ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

const STATE = /^(?:succeeded|failed|completed)\s*\(\s*\)$/;

/** What a condition asks for beside the state of the task, which the kind of the edge says; the whole of one that is not plainly both. */
function besidesState(when: string): string {
  const text = when.trim();
  const [, open, inside = '', close] = /^(<%|\{\{)(.*)(%>|\}\})$/s.exec(text) ?? [];
  // What is in brackets of its own belongs together.
  if (/\bor\b/.test(inside.replaceAll('()', '').replace(/\([^()]*\)/g, ''))) return text;
  const parts = inside.split(/\band\b/).map((part) => part.trim());
  const rest = parts.filter((part) => !STATE.test(part));
  if (rest.length === parts.length) return text;
  return rest.length === 0 ? '' : `${open} ${rest.join(' and ')} ${close}`;
}

function decidedBy(
  when: string,
  task: Task,
  askedIn: (task: Task) => (text: string) => string | undefined,
): ForeignEdge['person'] {
  // `succeeded() and …`: the state of the task is no answer.
  const said = when.replace(/\b(?:succeeded|failed|completed)\s*\(\s*\)/g, 'true');
  const decision = decisionIn(said, askedIn(task));
  return decision && { says: decision.whenTrue, asked: decision.asked };
}

/** Which question's answer a text at a task reads: its own result, or a variable that was published from one. */
function answersIn(tasks: readonly Task[]): (task: Task) => (text: string) => string | undefined {
  const variables = new Map<string, string>();
  for (const { node, does, draft } of tasks) {
    if (does.kind !== 'ask') continue;
    for (const transition of itemsOf(at(node, 'next'))) {
      const published = at(transition, 'publish');
      const pairs = published?.kind === 'list' ? itemsOf(published).flatMap(entriesOf) : entriesOf(published);
      for (const { key, value } of pairs)
        if (/result\(\)[^%}]*response/.test(textOf(value) ?? '')) variables.set(key.text, draft.id);
      const plain = /^\s*([\w-]+)\s*=\s*(.*)$/.exec(textOf(published) ?? '');
      if (plain && /result\(\)[^%}]*response/.test(plain[2] ?? '')) variables.set(plain[1] ?? '', draft.id);
    }
  }
  return (task) => (text) => {
    if (task.does.kind === 'ask' && /result\(\)[^%}]*response|\bresponse\b/.test(text)) return task.draft.id;
    for (const [, dotted, quoted] of text.matchAll(/\bctx\(\)\.([\w-]+)|\bctx\(\s*["']?([\w-]+)["']?\s*\)/g)) {
      const asked = variables.get(dotted ?? quoted ?? '');
      if (asked !== undefined) return asked;
    }
    return undefined;
  };
}
