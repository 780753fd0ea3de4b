import type { MapNode } from '../../syntax/tree.js';
import { meaningOfLiteral } from '../answers.js';
import { type Draft, stepBuilder } from '../build.js';
import { holding } from '../given.js';
import type { Doing, ForeignEdge, ForeignPlaybook, NotUnderstood, PersonOnEdge } from '../model.js';
import { at, entriesOf, rangeOf, short, textAt, textOf } from '../read-node.js';
import { givenTo, givenToFunction, inputsOf } from './arguments.js';
import { type Block, blocksOf, type Condition, conditionText } from './blocks.js';

/** A block with its step, and the step that asks before it; `drawn`: the conditions of it that lead on, by index. */
interface Drawn {
  readonly entry: Draft;
  readonly draft: Draft;
  readonly block: Block;
  readonly drawn: Set<number>;
}

/**
 * Reads playbooks that Splunk SOAR (Phantom) exports as JSON, of version 5 and of before. An export does not say what the playbook
 * is called: its file does.
 *
 * People come in as prompts, which have a time limit: once it is over the playbook goes on all the same, and only a decision that
 * compares the response (`…summary.responses.0`) with a yes knows better. A comparison with `!=`, or of the prompt's status, is
 * true in silence, or says only that somebody answered.
 *
 * A decision takes the first of its ways whose condition holds, and ends the run where none does and no `else` is drawn; a filter takes
 * every way whose condition holds. Source: docs.splunk.com/Documentation/SOAR/current/Playbook/DecisionBlock.
 */
export function readSplunkSoar(uri: string, root: MapNode): ForeignPlaybook {
  const { blocks, ways } = blocksOf(root) ?? { blocks: [], ways: [] };
  const notUnderstood: NotUnderstood[] = [];
  const name = decodeURIComponent(uri.replace(/^.*\//, '').replace(/%(?![0-9a-f]{2})/gi, '%25')).replace(
    /\.json$/i,
    '',
  );
  const builder = stepBuilder(uri, rangeOf(at(root, 'coa') ?? root));
  const drafts = new Map<string, Drawn>();
  const prompts = new Map<string, string>();
  for (const block of blocks) {
    const approver = block.type === 'action' ? approverOf(block) : '';
    const does = doingOf(block);
    const draft = builder.step(block.name, `block ${block.id.slice(0, 8)}`, block.range, does, {
      drawnAt: block.drawnAt,
    });
    let entry = draft;
    if (approver !== '') {
      // The product asks this person before it runs the action, and does not run it without.
      entry = builder.step(
        `${draft.id}, approval`,
        block.id,
        block.range,
        { kind: 'ask', question: `Run ${block.name}?`, who: [approver], expires: null },
        { part: true },
      );
      builder.edge(entry, { to: draft.index, kind: 'approved', person: { says: 'approves', asked: entry.id } });
    }
    drafts.set(block.id, { entry, draft, block, drawn: new Set() });
    if (does.kind === 'ask' && block.functionName !== '') prompts.set(block.functionName, draft.id);
  }

  for (const way of ways) {
    const from = drafts.get(way.from);
    const to = drafts.get(way.to);
    if (!from || !to) {
      notUnderstood.push({
        uri,
        range: from?.block.range ?? to?.block.range ?? rangeOf(at(root, 'coa')),
        what: 'A line of the drawing ends at a block that is not there.',
      });
      continue;
    }
    if (way.condition !== undefined) from.drawn.add(way.condition);
    builder.edge(from.draft, { to: to.entry.index, ...edgeOf(from.block, way.condition, prompts) });
    if (from.entry !== from.draft)
      builder.edge(from.entry, {
        to: to.entry.index,
        kind: 'rejected',
        person: { says: 'refuses', asked: from.entry.id },
      });
  }
  for (const { draft, block, drawn } of drafts.values())
    if (drawn.size > 0) for (const edge of endsOf(block, drawn, prompts)) builder.edge(draft, { ...edge, to: 'end' });
  const starts = [...drafts.values()].filter(({ block }) => block.type === 'start');
  for (const { draft } of starts) builder.edge('start', { to: draft.index, kind: 'begin' });
  if (starts.length === 0) {
    notUnderstood.push({
      uri,
      range: rangeOf(at(root, 'coa')),
      what: 'The playbook has no start, so every block is taken to be where a run may start.',
    });
    for (const { entry } of drafts.values()) builder.edge('start', { to: entry.index, kind: 'begin' });
  }
  for (const { draft } of drafts.values()) if (!builder.leads(draft)) builder.edge(draft, { to: 'end', kind: 'ok' });
  return {
    format: 'splunk-soar',
    uri,
    name,
    names: [name],
    steps: builder.finish(),
    notUnderstood,
    stepsInFile: blocks.length,
  };
}

function approverOf({ data }: Block): string {
  return textAt(data, 'approver') || textAt(data, 'approver', 'value') || textAt(data, 'advanced', 'approver') || '';
}

/** What code of one's own may not call and still only shape data. */
const REACHES_OUT =
  /\bphantom\.(?!debug|error|format|collect|collect2|get_|save_run_data|decision|condition|valid_)\w+|requests\.|urllib|subprocess|socket|os\.|exec\(|eval\(|__import__|importlib/;

function doingOf(block: Block): Doing {
  const { data, type, code } = block;
  const ownCode: Doing | undefined = REACHES_OUT.test(code)
    ? { kind: 'unknown', why: 'It has code of its own that calls the product or something outside.' }
    : undefined;
  switch (type) {
    case 'action': {
      const action = textAt(data, 'action');
      if (!action) return { kind: 'unknown', why: 'It is an action and does not say which.' };
      const category = textAt(data, 'actionType') ?? textAt(data, 'action_type');
      const app = textAt(data, 'connector') || textAt(data, 'app');
      return {
        kind: 'act',
        action,
        ...givenTo(block, app),
        description: [block.name, textAt(data, 'advanced', 'description') ?? textAt(data, 'description')]
          .filter(Boolean)
          .join('. '),
        hint: category === undefined ? undefined : { kind: 'category', name: category },
        byPerson: false,
      };
    }
    case 'prompt':
    case 'task': {
      const who = textAt(data, 'approver', 'value') ?? textAt(data, 'approver');
      const minutes = textAt(data, 'responseTime') ?? textAt(data, 'respond_in');
      return {
        kind: 'ask',
        question: short(textAt(data, 'message') ?? block.name, 200),
        who: who ? [who] : [],
        expires: minutes ? `${minutes}m` : null,
      };
    }
    case 'playbook': {
      const target = at(data, 'playbookName') ?? at(data, 'playbook_name') ?? at(data, 'playbook');
      const written = textOf(target)?.split('/').at(-1);
      return written
        ? { kind: 'call', target: { value: written, range: rangeOf(target) }, args: inputsOf(block) }
        : { kind: 'unknown', why: 'It runs a playbook and does not say which.' };
    }
    case 'utility':
    case 'api':
    case 'customfunction': {
      if (ownCode) return ownCode;
      const called =
        textAt(data, 'customFunction', 'name') ||
        textAt(data, 'api') ||
        entriesOf(at(data, 'utilities'))[0]?.key.text ||
        textAt(data, 'function_name');
      return called
        ? {
            kind: 'act',
            action: called,
            ...givenToFunction(block, called),
            description: textAt(data, 'utilities', called, 'description') ?? '',
            hint: undefined,
            byPerson: false,
          }
        : { kind: 'unknown', why: 'It runs a function and does not say which.' };
    }
    case 'start':
    case 'end':
    case 'decision':
    case 'filter':
    case 'format':
    case 'code':
    case 'functionblock':
      return ownCode ?? { kind: 'flow' };
    default:
      return { kind: 'unknown', why: `This version does not know blocks of type "${short(type, 40)}".` };
  }
}

function edgeOf(
  block: Block,
  index: number | undefined,
  prompts: ReadonlyMap<string, string>,
): Omit<ForeignEdge, 'to'> {
  // A prompt whose time is over is left as one that was answered, so leaving it says nothing of a person.
  if (block.type === 'prompt' || block.type === 'task') return { kind: 'branch', branch: 'answered or not' };
  if (index === undefined || block.conditions.length === 0) return { kind: 'ok' };
  const condition = block.conditions[index];
  const person = condition && personAt(block.conditions, index, prompts);
  return {
    kind: 'branch',
    branch: condition?.label ?? `${index + 1}`,
    ...holding(condition && conditionText(condition)),
    ...(block.type === 'filter' ? { alone: true } : {}),
    ...(person ? { person } : {}),
  };
}

/** Where a decision ends the run: the ways that are not drawn, and what is left where it has no `else`. */
function endsOf(
  block: Block,
  drawn: ReadonlySet<number>,
  prompts: ReadonlyMap<string, string>,
): readonly Omit<ForeignEdge, 'to'>[] {
  const { type, conditions } = block;
  if (type !== 'decision' || conditions.length === 0) return [];
  const ends = conditions.flatMap((_, index) => (drawn.has(index) ? [] : [edgeOf(block, index, prompts)]));
  if (conditions.some(({ isElse }) => isElse)) return ends;
  const asked = conditions.map((one) => said(one, prompts)?.asked).find((one) => one !== undefined);
  const person = asked === undefined ? {} : { person: { says: 'refuses', asked } as const };
  return [...ends, { kind: 'branch', branch: 'otherwise', ...person }];
}

/** What holds when this way out of a decision is taken: its own condition and, but for a filter, none of those before it. */
function personAt(
  conditions: readonly Condition[],
  index: number,
  prompts: ReadonlyMap<string, string>,
): PersonOnEdge | undefined {
  const own = conditions[index];
  if (!own) return undefined;
  if (!own.isElse) {
    const one = said(own, prompts);
    return one && { says: one.whenTrue, asked: one.asked };
  }
  const before = conditions.slice(0, index).map((one) => said(one, prompts));
  const refusedBefore = before.find((one) => one?.whenFalse === 'approves');
  if (refusedBefore) return { says: 'approves', asked: refusedBefore.asked };
  const asked = before.find((one) => one !== undefined)?.asked;
  return asked === undefined ? undefined : { says: 'refuses', asked };
}

interface Said {
  readonly asked: string;
  readonly whenTrue: PersonOnEdge['says'];
  readonly whenFalse: PersonOnEdge['says'];
}

function said({ comparisons, logic }: Condition, prompts: ReadonlyMap<string, string>): Said | undefined {
  const parts = comparisons.map((one) => compared(one, prompts));
  const known = parts.filter((one) => one !== undefined);
  const [first] = known;
  if (!first) return undefined;
  const yes = known.find(({ whenTrue }) => whenTrue === 'approves');
  const every = logic === 'or' ? parts.every((one) => one?.whenTrue === 'approves') : yes !== undefined;
  const someone =
    logic === 'or'
      ? parts.every((one) => one?.whenTrue === 'someone')
      : known.some(({ whenTrue }) => whenTrue === 'someone');
  const opposite = parts.length === 1 ? first.whenFalse : 'refuses';
  return {
    asked: (yes ?? first).asked,
    whenTrue: every ? 'approves' : someone ? 'someone' : 'refuses',
    whenFalse: opposite,
  };
}

function compared(
  { left, operator, right }: Condition['comparisons'][number],
  prompts: ReadonlyMap<string, string>,
): Said | undefined {
  const asks = (text: string): string | undefined => prompts.get(/^([\w-]+):action_result/.exec(text)?.[1] ?? '');
  const field = asks(left) === undefined ? right : left;
  const asked = asks(field);
  if (asked === undefined) return undefined;
  const value = field === left ? right : left;
  const isEqual = operator === '==' || operator === 'in' || operator === '=';
  if (/:action_result\.(?:status|message)/.test(field)) {
    return { asked, whenTrue: isEqual && /^success$/i.test(value) ? 'someone' : 'refuses', whenFalse: 'refuses' };
  }
  const isYes = /responses?|response_text/.test(field) && meaningOfLiteral(value) === 'approves';
  return {
    asked,
    whenTrue: isYes && isEqual ? 'approves' : 'refuses',
    whenFalse: isYes && operator === '!=' ? 'approves' : 'refuses',
  };
}
