import type { MapNode, Node, Range } from '../../syntax/tree.js';
import { type DrawnAt, drawnAt } from '../drawn-at.js';
import { at, entriesOf, hasKeys, itemsOf, rangeOf, textAt, textOf } from '../read-node.js';

/** A block of a playbook, the same for both of Splunk SOAR's exports. */
export interface Block {
  readonly id: string;
  /** In lower case: `action`, `prompt`, `decision`, … */
  readonly type: string;
  readonly name: string;
  /** What other blocks call it where they read its result. */
  readonly functionName: string;
  readonly range: Range;
  readonly drawnAt: DrawnAt | undefined;
  readonly data: Node | undefined;
  /** Its own code, where somebody wrote some. */
  readonly code: string;
  /** Of a decision or filter, what each way out asks for, in their order. */
  readonly conditions: readonly Condition[];
}

export interface Condition {
  readonly label: string;
  readonly logic: string;
  readonly isElse: boolean;
  readonly comparisons: readonly { readonly left: string; readonly operator: string; readonly right: string }[];
}

/** A way from one block to another; `condition` is the index of the one that has to hold. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly condition: number | undefined;
}

export interface Blocks {
  readonly blocks: readonly Block[];
  readonly ways: readonly Way[];
}

/** The blocks of an export: `nodes` and `edges` since version 5, cells of a drawing (`joint`) before. */
export function blocksOf(root: MapNode): Blocks | undefined {
  const data = at(root, 'coa', 'data') ?? at(root, 'data');
  if (at(data, 'nodes')?.kind === 'map') return modernBlocks(data);
  if (at(data, 'joint', 'cells')?.kind === 'list') return legacyBlocks(data);
  return undefined;
}

/** What has to hold for a way out, as people read it; empty for the one that is left. */
export function conditionText({ comparisons, logic, isElse }: Condition): string {
  if (isElse) return '';
  return comparisons
    .map(({ left, operator, right }) => `${left} ${operator} ${right || '""'}`)
    .join(logic === 'or' ? ' or ' : ' and ');
}

export function isSplunkSoar(root: Node | undefined): root is MapNode {
  return (
    (hasKeys(root, 'coa') || (hasKeys(root, 'data') && hasKeys(root, 'schema'))) &&
    root?.kind === 'map' &&
    blocksOf(root) !== undefined
  );
}

function modernBlocks(data: Node | undefined): Blocks {
  const blocks = entriesOf(at(data, 'nodes')).map(({ key, value }): Block => {
    const inner = at(value, 'data');
    const named = at(inner, 'advanced', 'customName') ?? at(inner, 'functionName');
    return {
      id: key.text,
      type: (textAt(value, 'type') ?? textAt(inner, 'type') ?? '').toLowerCase(),
      name: textOf(named) ?? key.text,
      functionName: textAt(inner, 'functionName') ?? '',
      range: named ? rangeOf(named) : key.range,
      drawnAt: drawnAt(value),
      data: inner,
      code: withoutComments(textAt(value, 'userCode') ?? textAt(inner, 'userCode') ?? ''),
      conditions: itemsOf(at(inner, 'conditions')).map((one) => ({
        label: textAt(one, 'customName') ?? textAt(one, 'display') ?? '',
        logic: textAt(one, 'logic') ?? 'and',
        isElse: textAt(one, 'type') === 'else',
        comparisons: itemsOf(at(one, 'comparisons')).map((part) => ({
          left: textAt(part, 'param') ?? '',
          operator: textAt(part, 'op') ?? '',
          right: textAt(part, 'value') ?? '',
        })),
      })),
    };
  });
  const ways = itemsOf(at(data, 'edges')).flatMap((edge): readonly Way[] => {
    const common = { from: textAt(edge, 'sourceNode') ?? '', to: textAt(edge, 'targetNode') ?? '' };
    const conditions = itemsOf(at(edge, 'conditions'));
    if (conditions.length === 0) return [{ ...common, condition: undefined }];
    return conditions.map((one) => ({ ...common, condition: Number(textAt(one, 'index') ?? 0) }));
  });
  return { blocks, ways };
}

function legacyBlocks(data: Node | undefined): Blocks {
  const cells = itemsOf(at(data, 'joint', 'cells'));
  const blocks = cells
    .filter((cell) => textAt(cell, 'type') !== 'link')
    .map((cell): Block => {
      const type = (textAt(cell, 'type') ?? '').replace(/^coa\./, '').toLowerCase();
      const custom = at(cell, 'custom_name');
      const generated = textAt(cell, 'previous_name') ?? '';
      const named = textOf(custom) ? custom : at(cell, 'previous_name');
      return {
        id: textAt(cell, 'id') ?? '',
        type: type === 'startend' ? ((textAt(cell, 'title') ?? '').toLowerCase() === 'start' ? 'start' : 'end') : type,
        name: textOf(custom) || generated || textAt(cell, 'title') || textAt(cell, 'name') || type,
        functionName: (textOf(custom) || generated).replaceAll(' ', '_'),
        range: textOf(named) ? rangeOf(named) : rangeOf(at(cell, 'type')),
        drawnAt: drawnAt(cell),
        data: cell,
        code: withoutComments(textAt(cell, 'custom_code') ?? ''),
        conditions: itemsOf(at(cell, 'outputs')).map((one) => ({
          label: textAt(one, 'display') ?? '',
          logic: textAt(one, 'logic') ?? 'and',
          isElse: textAt(one, 'type') === 'else',
          comparisons: itemsOf(at(one, 'conditions')).map((part) => ({
            left: textAt(part, 'param') ?? '',
            operator: textAt(part, 'comparison') ?? '',
            right: textAt(part, 'value') ?? '',
          })),
        })),
      };
    });
  const ways = cells
    .filter((cell) => textAt(cell, 'type') === 'link')
    .map((link): Way => {
      const port = /^out-(\d+)$/.exec(textAt(link, 'source', 'port') ?? '')?.[1];
      return {
        from: textAt(link, 'source', 'id') ?? '',
        to: textAt(link, 'target', 'id') ?? '',
        condition: port === undefined ? undefined : Number(port) - 1,
      };
    });
  return { blocks, ways };
}

/** Every block is written with a comment that asks for code; that is none. */
function withoutComments(code: string): string {
  return code
    .split('\n')
    .map((line) => line.replace(/^\s*#.*$/, '').trim())
    .filter((line) => line !== '')
    .join('\n');
}
