import { childLists, type Step } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import { type PlaybookRule, report } from './rule.js';

/** What every expression may already mean by a name. */
const VARIABLES: readonly string[] = ['alert', 'steps', 'args', 'inputs', 'context'];
/** Words of CEL: its literals, its operator, the names it reserves and those of its types. */
const CEL_WORDS: readonly string[] = [
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let',
  'loop', 'package', 'namespace', 'return', 'var', 'void', 'while', 'bool', 'bytes', 'double', 'dyn', 'int', 'list', 'map',
  'string', 'type', 'uint', 'size', 'has', 'timestamp', 'duration',
]; // biome-ignore format: a table

export const loopVariable: PlaybookRule = {
  name: 'loop-variable',
  group: 'structure',
  severity: 'error',
  partial: true,
  what: 'The name of a loop’s item hides something else of that name.',
  why: 'In the body `alert.…` would no longer be the alert. A reviewer reads a bound on the alert’s own entities, and it bounds nothing.',
  fix: 'Give the item a name of its own, such as `user` or `host`.',
  failing: {
    kind: 'steps',
    text: `  - id: look_up
    for-each: { item: «alert», in: alert.entities.domains, max: 5 }
    steps:
      - id: reputation
        action: intel.domain_reputation
        with: { domain: "\${{ alert }}" }
`,
  },
  passing: {
    kind: 'steps',
    text: `  - id: look_up
    for-each: { item: domain, in: alert.entities.domains, max: 5 }
    steps:
      - id: reputation
        action: intel.domain_reputation
        with: { domain: "\${{ domain }}" }
`,
  },
  *check({ playbook }): Generator<Problem> {
    yield* below(playbook.steps, []);
  },
};

function* below(steps: readonly Step[], items: readonly string[]): Generator<Problem> {
  for (const step of steps) {
    const item = step.kind === 'for-each' ? step.item : undefined;
    const hidden = item && whatItHides(item.value, items);
    if (item && hidden) {
      yield report(
        loopVariable,
        item.range,
        `"${item.value}" ${hidden}, so expressions in this loop would not mean what they say. Choose another name for the item.`,
      );
    }
    for (const list of childLists(step)) {
      const inBody = item && step.kind === 'for-each' && list.steps === step.steps;
      yield* below(list.steps, inBody ? [...items, item.value] : items);
    }
  }
}

/** What an item of this name would hide, as the end of a sentence; `items` are those of the loops around. */
export function whatItHides(name: string, items: readonly string[]): string | undefined {
  if (VARIABLES.includes(name)) return 'already is a variable of every playbook';
  if (items.includes(name)) return 'already is the item of a loop around this one';
  return CEL_WORDS.includes(name) ? 'is a word of the expression language' : undefined;
}
