import { childLists, type Step } from '../model/playbook.js';
import { entriesOf, textAt, wordRange } from '../model/read.js';
import type { Entry, Node, Range } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';

export type OutlineKind = Step['kind'] | 'branch' | 'section' | 'tool' | 'role' | 'item';

/** One line of the outline. `selection` is inside `range`, and children are inside their parent's range. */
export interface OutlineItem {
  readonly name: string;
  readonly detail: string;
  readonly kind: OutlineKind;
  readonly range: Range;
  readonly selection: Range;
  readonly children: readonly OutlineItem[];
}

/** The outline of a file: a playbook's steps with their branches, a catalog's tools, a policy's roles, the parts of the others. */
export function outlineOf(source: SourceFile): OutlineItem[] {
  switch (source.kind) {
    case 'playbook':
      return (source.playbook?.playbook.steps ?? []).map(stepItem);
    case 'tools':
      return entriesOf(get(source.root, 'tools')).map((entry) =>
        entryItem(entry, 'tool', textAt(entry.value, 'effect')?.value ?? ''),
      );
    case 'policy':
      return sections(source.root, (name, entry) => entryItem(entry, name === 'roles' ? 'role' : 'item', ''));
    case 'policy_test':
      return testItems(source.root);
    case 'case':
    case 'mapping':
    case 'config':
      return sections(source.root, (_, entry) => entryItem(entry, 'item', ''));
  }
}

/** The tests of a policy by their titles. */
function testItems(root: Node | undefined): OutlineItem[] {
  const tests = get(root, 'tests');
  return (tests?.kind === 'list' ? tests.items : []).flatMap((test): OutlineItem[] => {
    const title = textAt(test, 'title');
    if (!test || !title) return [];
    const detail = textAt(test, 'tool')?.value ?? textAt(test, 'effect')?.value ?? '';
    return [{ name: title.value, detail, kind: 'item', range: test.range, selection: title.range, children: [] }];
  });
}

function stepItem(step: Step): OutlineItem {
  const { node } = step;
  const lists = childLists(step);
  // A condition without an alternative and the body of a loop are no branches of their own.
  const own = lists.length === 1 && step.kind === 'if' ? 'then' : step.kind === 'for-each' ? 'steps' : undefined;
  const children = lists.flatMap(({ edge, steps }) => (edge === own ? steps.map(stepItem) : [branchItem(edge, steps)]));
  const named = step.id.range.start >= node.range.start && step.id.range.end <= node.range.end;
  return {
    name: step.id.value,
    detail: step.title ?? detailOf(step),
    kind: step.kind,
    range: node.range,
    selection: named ? step.id.range : step.keyRange,
    children,
  };
}

function detailOf(step: Step): string {
  switch (step.kind) {
    case 'action':
      return step.tool.value;
    case 'for-each':
      return `each ${step.item?.value ?? 'item'}, at most ${step.max}`;
    case 'parallel':
      return `${step.join.value} of ${step.branches.length} branches`;
    case 'call':
      return step.target.value;
    default:
      return step.kind;
  }
}

function branchItem(edge: string, steps: readonly Step[]): OutlineItem {
  const start = steps[0]?.node.range.start ?? 0;
  const end = steps.at(-1)?.node.range.end ?? start;
  return {
    name: edge,
    detail: '',
    kind: 'branch',
    range: { start, end },
    selection: { start, end: start },
    children: steps.map(stepItem),
  };
}

function entryItem(entry: Entry, kind: OutlineKind, detail: string): OutlineItem {
  return { name: entry.key.text, detail, kind, range: spanOf(entry), selection: wordRange(entry.key), children: [] };
}

function sections(root: Node | undefined, child: (name: string, entry: Entry) => OutlineItem): OutlineItem[] {
  return entriesOf(root).map((entry) => ({
    name: entry.key.text,
    detail: entry.value?.kind === 'scalar' ? firstLine(entry.value.text) : '',
    kind: 'section',
    range: spanOf(entry),
    selection: wordRange(entry.key),
    children: entriesOf(entry.value).map((inner) => child(entry.key.text, inner)),
  }));
}

/** From the key to the end of the value: what an entry covers even when its own range says less. */
function spanOf(entry: Entry): Range {
  const end = Math.max(entry.range.end, entry.key.range.end, entry.value?.range.end ?? 0);
  return { start: Math.min(entry.range.start, entry.key.range.start), end };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.slice(0, 80) ?? '';
}
