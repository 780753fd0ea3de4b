import { type MapNode, type Node, toJson } from '../../syntax/tree.js';
import { meaningOf, meaningOfLiteral } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { drawnAt } from '../drawn-at.js';
import { argumentOf, given, holding } from '../given.js';
import type { Doing, ForeignArgument, ForeignPlaybook, NotUnderstood, PersonOnEdge } from '../model.js';
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
        const branch = kind === 'branch' ? { branch: key.text, ...holding(conditionOf(task, key.text)) } : {};
        for (const person of people)
          builder.edge(draft, { to: to.draft.index, kind, ...branch, ...(person ? { person } : {}) });
        // A question that fails, or that nobody can be asked, is passed as if it had been answered.
        if (people[0] && isTrue(at(task, 'continueonerror')) && textAt(task, 'continueonerrortype') !== 'errorPath')
          builder.edge(draft, { to: to.draft.index, kind: 'failed' });
      }
    }
    // No label is true: the product stops there.
    if (itemsOf(at(task, 'conditions')).length > 0 && at(task, 'nexttasks', '#default#') === undefined)
      builder.edge(draft, { to: 'end', kind: 'branch', branch: '#default#' });
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
        ? { kind: 'call', target: { value: textOf(target) ?? '', range: target.range }, args: argumentsOf(task) }
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
    ...given(argumentsOf(task)),
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

/** Arguments with a value. What is made of the context by more than its name is written as the product keeps it. */
function argumentsOf(task: Node | undefined): readonly ForeignArgument[] {
  return entriesOf(at(task, 'scriptarguments')).flatMap(({ key, value }) => {
    const text = key.text === 'extend-context' ? '' : written(value);
    return text === '' ? [] : [argumentOf(key.text, text)];
  });
}

/** `${root.accessor}` of a value from the context, with what is done to it behind; else the text. */
function written(value: Node | undefined): string {
  if (value?.kind === 'scalar') return textOf(value) ?? '';
  const complex = at(value, 'complex');
  if (complex === undefined) return textAt(value, 'simple') ?? '';
  const path = [textAt(complex, 'root'), textAt(complex, 'accessor')].filter(Boolean).join('.');
  const more = ['filters', 'transformers'].flatMap((key) => {
    const one = at(complex, key);
    return itemsOf(one).length > 0 ? [`${key}: ${JSON.stringify(toJson(one))}`] : [];
  });
  return [path === '' ? '' : `\${${path}}`, ...more].filter((one) => one !== '').join(' ');
}

/** What has to hold for a label: the outer list is "and", each inner one "or". */
function conditionOf(task: Node | undefined, label: string): string {
  const own = itemsOf(at(task, 'conditions')).find((one) => textAt(one, 'label') === label);
  const parts = itemsOf(at(own, 'condition')).map((part) => itemsOf(part).map(comparison));
  const shown = parts.map((alternatives) =>
    alternatives.length > 1 && parts.length > 1 ? `(${alternatives.join(' or ')})` : alternatives.join(' or '),
  );
  return shown.join(' and ');
}

function comparison(one: Node): string {
  const side = (of: Node | undefined): string => {
    const text = written(at(of, 'value'));
    const isName = isTrue(at(of, 'iscontext')) && !text.startsWith('${');
    return isName ? `\${${text}}` : text;
  };
  return [side(at(one, 'left')), textAt(one, 'operator') ?? '', side(at(one, 'right'))]
    .filter((part) => part !== '')
    .join(' ');
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
