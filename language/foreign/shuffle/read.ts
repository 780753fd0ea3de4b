import type { MapNode, Node } from '../../syntax/tree.js';
import { meaningOfLiteral } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { drawnAt } from '../drawn-at.js';
import { argumentAt, given, givenOn, holding } from '../given.js';
import type { Doing, ForeignArgument, ForeignEdge, ForeignPlaybook, NotUnderstood } from '../model.js';
import { at, hasKeys, isTrue, itemsOf, rangeOf, short, textAt, textOf } from '../read-node.js';

/**
 * Reads Shuffle workflows: actions and triggers, and branches between them with conditions. Source: github.com/Shuffle/shuffle-docs.
 *
 * People come in as triggers of type `USERINPUT`: the workflow waits there, goes on once somebody presses continue, and ends when
 * they press stop. One that is not running asks nobody.
 *
 * Every branch is taken whose conditions all hold. One whose `configuration` is set is negated: `check_branch_conditions` of
 * github.com/Shuffle/app_sdk.
 */
export function isShuffle(root: Node | undefined): root is MapNode {
  return (
    hasKeys(root, 'actions', 'branches') &&
    at(root, 'branches')?.kind === 'list' &&
    itemsOf(at(root, 'actions')).some((one) => textAt(one, 'app_name') !== undefined)
  );
}

export function readShuffle(uri: string, root: MapNode): ForeignPlaybook {
  const notUnderstood: NotUnderstood[] = [];
  const name = textAt(root, 'name') ?? 'A workflow without a name';
  const builder = stepBuilder(uri, rangeOf(at(root, 'name') ?? root));
  const nodes = [...itemsOf(at(root, 'actions')), ...itemsOf(at(root, 'triggers'))];
  const drafts = new Map<string, { readonly draft: Draft; readonly does: Doing; readonly node: Node }>();
  for (const [index, node] of nodes.entries()) {
    const id = textAt(node, 'id') ?? `node ${index + 1}`;
    const label = at(node, 'label');
    const does = doingOf(node);
    drafts.set(id, {
      draft: builder.step(textOf(label) ?? id, id.slice(0, 8), rangeOf(label ?? node), does, {
        drawnAt: drawnAt(node),
      }),
      does,
      node,
    });
  }
  const entered = new Set<string>();
  for (const branch of itemsOf(at(root, 'branches'))) {
    const from = drafts.get(textAt(branch, 'source_id') ?? '');
    const target = textAt(branch, 'destination_id') ?? '';
    const to = drafts.get(target);
    if (!from || !to) {
      notUnderstood.push({
        uri,
        range: rangeOf(branch),
        what: 'A branch begins or ends at an action that is not there.',
      });
      continue;
    }
    entered.add(target);
    const person = from.does.kind === 'ask' ? answered(branch, from.draft) : undefined;
    const conditional = itemsOf(at(branch, 'conditions')).length > 0;
    builder.edge(from.draft, {
      to: to.draft.index,
      kind: conditional ? 'branch' : 'ok',
      ...(conditional ? { branch: 'condition', ...holding(conditionsText(branch)) } : {}),
      alone: true,
      ...(person ? { person } : {}),
    });
  }
  const first = textAt(root, 'start');
  for (const [id, { draft, node }] of drafts) {
    const starts = id === first || isTrue(at(node, 'isStartNode')) || (isSource(node) && !entered.has(id));
    if (starts) builder.edge('start', { to: draft.index, kind: 'begin' });
    if (!builder.leads(draft)) builder.edge(draft, { to: 'end', kind: 'ok' });
  }
  return {
    format: 'shuffle',
    uri,
    name,
    names: [textAt(root, 'id') ?? name, name],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: nodes.length,
  };
}

/** Triggers that begin a run by themselves. */
function isSource(node: Node): boolean {
  return ['WEBHOOK', 'SCHEDULE', 'EMAIL', 'PIPELINE'].includes((textAt(node, 'trigger_type') ?? '').toUpperCase());
}

/** A branch from a question: continue leads on by itself, a condition on what was clicked says which answer. */
function answered(branch: Node, from: Draft): ForeignEdge['person'] {
  const [condition] = itemsOf(at(branch, 'conditions'));
  const operator = (textAt(condition, 'condition', 'value') ?? '').toLowerCase();
  if (!condition) return { says: 'approves', asked: from.id };
  const value = textAt(condition, 'destination', 'value') ?? '';
  const isEqual = (operator.startsWith('equal') || operator === '==') && !isNegated(condition);
  return { says: isEqual ? meaningOfLiteral(value) : 'refuses', asked: from.id };
}

function isNegated(condition: Node): boolean {
  return isTrue(at(condition, 'condition', 'configuration'));
}

/** What has to hold for a branch, as people read it. */
function conditionsText(branch: Node): string {
  const parts = itemsOf(at(branch, 'conditions')).map((one) => {
    const [left, operator, right] = ['source', 'condition', 'destination'].map(
      (key) => textAt(one, key, 'value') || '""',
    );
    return isNegated(one) ? `not (${left} ${operator} ${right})` : `${left} ${operator} ${right}`;
  });
  return parts.join(' and ');
}

function doingOf(node: Node): Doing {
  const trigger = (textAt(node, 'trigger_type') ?? '').toUpperCase();
  const parameter = (name: string): Node | undefined =>
    at(
      itemsOf(at(node, 'parameters')).find((one) => textAt(one, 'name') === name),
      'value',
    );
  if (trigger === 'USERINPUT') {
    if ((textAt(node, 'status') ?? '').toLowerCase() !== 'running') return { kind: 'flow' };
    const to = textOf(parameter('email')) ?? textOf(parameter('sms'));
    return {
      kind: 'ask',
      question: short(textOf(parameter('alertinfo')) ?? '', 200),
      who: to ? [short(to)] : [],
      expires: null,
    };
  }
  if (trigger === 'SUBFLOW') {
    const target = parameter('workflow');
    return textOf(target)
      ? {
          kind: 'call',
          target: { value: textOf(target) ?? '', range: rangeOf(target) },
          args: argumentsOf(node, ['workflow', 'user_apikey']),
        }
      : { kind: 'unknown', why: 'It runs a workflow and does not say which.' };
  }
  if (isSource(node)) return { kind: 'flow' };
  const action = textAt(node, 'name');
  if (trigger !== '' || action === undefined)
    return { kind: 'unknown', why: `This version does not know triggers of type "${short(trigger, 40)}".` };
  const app = textAt(node, 'app_name') ?? '';
  const url = textOf(parameter('url'));
  const isRequest = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|curl)$/i.test(action) && /^http$/i.test(app);
  if (isRequest && url !== undefined)
    return {
      kind: 'act',
      action: `${app} ${action}`,
      ...givenOn(url, argumentsOf(node), 'url'),
      description: textAt(node, 'label') ?? '',
      hint: { kind: 'http', method: action, path: url },
      byPerson: false,
    };
  const args = argumentsOf(node);
  const ofApp = args.map(({ name }) => name).filter((name) => /key|token|secret|password|^url$/i.test(name));
  return {
    kind: 'act',
    action: `${app}: ${action}`,
    verb: action,
    ...given(args, ofApp),
    description: textAt(node, 'label') ?? '',
    hint: undefined,
    byPerson: false,
  };
}

/** Parameters with a value. What the product writes where a value comes from the app's own settings is none. */
function argumentsOf(node: Node, without: readonly string[] = []): readonly ForeignArgument[] {
  return itemsOf(at(node, 'parameters')).flatMap((one) => {
    const name = textAt(one, 'name') ?? '';
    const value = at(one, 'value');
    const isOwn = textOf(value)?.startsWith('auth placeholder') === true;
    return isOwn || without.includes(name) ? [] : (argumentAt(name, value) ?? []);
  });
}
