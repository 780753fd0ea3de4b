import type { MapNode, Node } from '../../syntax/tree.js';
import { meaningOf, meaningOfLiteral } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { drawnAt } from '../drawn-at.js';
import type { Doing, ForeignPlaybook, NotUnderstood, PersonOnEdge } from '../model.js';
import { at, entriesOf, hasKeys, isTrue, itemsOf, rangeOf, short, textAt, textOf, textsIn } from '../read-node.js';

/**
 * Reads playbooks of Cortex XSOAR and XSIAM: a map of tasks, each with the tasks that follow it by the label of its answer.
 * Source of the format: the schema in github.com/demisto/demisto-sdk and the product's documentation of playbook tasks.
 *
 * People come in as manual tasks (no script), as conditions without a condition or script, which an analyst or, with a
 * `message`, whoever gets it answers, and as `collection` forms, whose answers are in `<task name>.Answers.<n>`.
 */
export function isXsoar(root: Node | undefined): root is MapNode {
  return hasKeys(root, 'tasks') && at(root, 'tasks')?.kind === 'map' && hasKeys(root, 'starttaskid');
}

export function readXsoar(uri: string, root: MapNode): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const name = textAt(root, 'name') ?? textAt(root, 'id') ?? 'A playbook without a name';
  const builder = stepBuilder(uri, rangeOf(at(root, 'name') ?? root));
  const tasks = entriesOf(at(root, 'tasks'));
  const forms = formsIn(tasks.map(({ value }) => value));
  const drafts = new Map<string, { readonly draft: Draft; readonly task: Node | undefined; readonly does: Doing }>();
  for (const { key, value } of tasks) {
    const does = doingOf(value);
    const named = at(value, 'task', 'name');
    const label = `${key.text} ${short(textOf(named) ?? '')}`.trim();
    const draft = builder.step(label, key.text, textOf(named) ? rangeOf(named) : key.range, does, {
      drawnAt: drawnAt(value),
    });
    drafts.set(key.text, { draft, task: value, does });
  }

  for (const { draft, task, does } of drafts.values()) {
    const decided = answersRead(task, forms);
    for (const { key, value } of entriesOf(at(task, 'nexttasks'))) {
      const answers = (decided.get(key.text) ?? []).flatMap((one): readonly PersonOnEdge[] => {
        const form = drafts.get(one.task)?.draft;
        return form ? [{ says: one.says, asked: form.id }] : [];
      });
      const people = answers.length > 0 ? answers : [personOn(does, draft, key.text, task)];
      const targets = value?.kind === 'list' ? itemsOf(value) : value ? [value] : [];
      for (const target of targets) {
        const to = drafts.get(textOf(target) ?? '');
        if (!to) {
          notUnderstood.push({
            uri,
            range: rangeOf(target),
            what: `Task "${draft.id}" goes on to a task "${textOf(target) ?? ''}" that the playbook does not have.`,
          });
          continue;
        }
        const kind = key.text === '#error#' ? 'failed' : key.text === '#none#' ? 'ok' : 'branch';
        const branch = kind === 'branch' ? { branch: key.text } : {};
        for (const person of people)
          builder.edge(draft, { to: to.draft.index, kind, ...branch, ...(person ? { person } : {}) });
        // A question that fails, or that nobody can be asked, is passed as if it had been answered.
        if (people[0] && isTrue(at(task, 'continueonerror')) && textAt(task, 'continueonerrortype') !== 'errorPath')
          builder.edge(draft, { to: to.draft.index, kind: 'failed' });
      }
    }
    if (!builder.leads(draft)) {
      const person = personOn(does, draft, '#none#', task);
      builder.edge(draft, { to: 'end', kind: 'ok', ...(person ? { person } : {}) });
    }
  }

  const first = drafts.get(textAt(root, 'starttaskid') ?? '');
  if (first) builder.edge('start', { to: first.draft.index, kind: 'begin' });
  else {
    notUnderstood.push({
      uri,
      range: rangeOf(at(root, 'starttaskid')),
      what: 'The task the playbook starts with is missing, so every task is taken to be where a run may start.',
    });
    for (const { draft } of drafts.values()) builder.edge('start', { to: draft.index, kind: 'begin' });
  }
  return {
    format: 'xsoar',
    uri,
    name,
    names: [name, textAt(root, 'id') ?? name],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: tasks.length,
  };
}

function doingOf(task: Node | undefined): Doing {
  const type = textAt(task, 'type') ?? textAt(task, 'task', 'type') ?? 'a task without a type';
  const script = textAt(task, 'task', 'script') || textAt(task, 'task', 'scriptName');
  switch (type) {
    case 'start':
    case 'title':
      return { kind: 'flow' };
    case 'playbook': {
      const named = [at(task, 'task', 'playbookName'), at(task, 'task', 'playbookId'), at(task, 'task', 'name')];
      const target = named.find((one) => textOf(one));
      return target
        ? { kind: 'call', target: { value: textOf(target) ?? '', range: target.range } }
        : { kind: 'unknown', why: 'It calls a playbook and does not say which.' };
    }
    case 'collection':
      return askOf(task);
    case 'condition':
      if (script) return actOf(script, task);
      return itemsOf(at(task, 'conditions')).length > 0 ? { kind: 'flow' } : askOf(task);
    case 'regular':
      if (script) return actOf(script, task);
      // What the product says of a task with neither: it is manual, whether or not it tells somebody.
      return isTrue(at(task, 'task', 'iscommand'))
        ? { kind: 'unknown', why: 'It runs a command and does not say which.' }
        : { kind: 'task', text: textAt(task, 'task', 'name') ?? '' };
    default:
      return { kind: 'unknown', why: `This version does not know tasks of type "${short(type, 40)}".` };
  }
}

/** `Brand|||command`, where either may be missing. */
function actOf(script: string, task: Node | undefined): Doing {
  const action = script.replace(/^[^|]*\|\|\|/, '');
  return {
    kind: 'act',
    action,
    scope: scopeOf(task),
    description: textAt(task, 'task', 'description') ?? '',
    hint: undefined,
    byPerson: false,
  };
}

function askOf(task: Node | undefined): Doing {
  const message = at(task, 'message');
  const question = textAt(message, 'subject', 'simple') ?? textAt(task, 'task', 'name') ?? '';
  const to = textAt(message, 'to', 'simple');
  return { kind: 'ask', question: short(question, 200), who: to ? [short(to)] : [], expires: null };
}

/** The first argument with a value, as it is written. */
function scopeOf(task: Node | undefined): string {
  for (const { key, value } of entriesOf(at(task, 'scriptarguments'))) {
    if (key.text === 'extend-context') continue;
    const simple = textAt(value, 'simple') ?? (value?.kind === 'scalar' ? textOf(value) : undefined);
    const complex = [textAt(value, 'complex', 'root'), textAt(value, 'complex', 'accessor')].filter(Boolean).join('.');
    const written = simple || complex;
    if (written) return short(`${key.text}: ${written}`);
  }
  return 'something it does not name';
}

/** What a task that people answer says by one of its labels. */
function personOn(does: Doing, draft: Draft, label: string, task: Node | undefined): PersonOnEdge | undefined {
  if (does.kind === 'task') return label === '#error#' ? undefined : { says: 'someone', asked: draft.id };
  if (does.kind !== 'ask' || label === '#error#') return undefined;
  // With this the product goes on by itself once the time is over.
  const goesOnAlone = isTrue(at(task, 'message', 'timings', 'completeaftersla'));
  if (label === '#none#') return goesOnAlone ? undefined : { says: 'someone', asked: draft.id };
  const says = meaningOf(label);
  if (says) return { says, asked: draft.id };
  return goesOnAlone ? undefined : { says: 'refuses', asked: draft.id };
}

/** Names under which forms keep their answers, to the id of their task. */
function formsIn(tasks: readonly (Node | undefined)[]): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  for (const task of tasks) {
    const id = textAt(task, 'id');
    const named = textAt(task, 'form', 'title') ?? textAt(task, 'task', 'name');
    if (textAt(task, 'type') === 'collection' && id !== undefined && named) forms.set(`${named}.Answers`, id);
  }
  return forms;
}

/** What a comparison says of the answer in the form of a task. */
interface Answer {
  readonly task: string;
  readonly says: PersonOnEdge['says'];
}

/** Of a condition, the labels that are taken only by what somebody answered in a form. */
function answersRead(
  task: Node | undefined,
  forms: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly Answer[]> {
  const read = new Map<string, readonly Answer[]>();
  if (forms.size === 0) return read;
  for (const condition of itemsOf(at(task, 'conditions'))) {
    const label = textAt(condition, 'label');
    const alternatives = itemsOf(at(condition, 'condition'));
    // The outer list is "and", each inner one "or": one part that only an answer makes true is enough.
    for (const part of alternatives) {
      const found = itemsOf(part).map((one) => answerIn(one, forms));
      const answers = found.filter((one) => one !== undefined);
      if (label === undefined || answers.length === 0 || answers.length < found.length) continue;
      const says = answers.every((one) => one.says === 'approves') ? 'approves' : 'refuses';
      if (read.get(label)?.[0]?.says === 'approves') continue;
      read.set(
        label,
        [...new Set(answers.map((one) => one.task))].map((form) => ({ task: form, says })),
      );
    }
  }
  return read;
}

/** A comparison that is only true of an answer that was given. */
function answerIn(comparison: Node, forms: ReadonlyMap<string, string>): Answer | undefined {
  const left = textsIn(at(comparison, 'left'), 20)
    .join('.')
    .replace(/\$\{|\}/g, '');
  const form = [...forms].find(([answers]) => left.includes(answers));
  const operator = (textAt(comparison, 'operator') ?? '').toLowerCase();
  if (!form) return undefined;
  // Of a list to choose from, that something was chosen.
  if (/isnotempty|isexists/.test(operator)) return { task: form[1], says: 'approves' };
  if (/not|isempty/.test(operator)) return undefined;
  const right = textAt(comparison, 'right', 'value', 'simple');
  // What is compared with something of the context may be compared with anything.
  const isLiteral = right !== undefined && !isTrue(at(comparison, 'right', 'iscontext'));
  const says = isLiteral ? meaningOfLiteral(right) : 'refuses';
  return says ? { task: form[1], says } : undefined;
}
