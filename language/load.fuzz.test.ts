import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { keptFiles } from './host.js';
import { boundaryOf } from './index.js';
import { type LoadedPlaybook, loadPlaybook } from './load.js';
import { EXAMPLE_FILES } from './rules/example.js';
import { RULES } from './rules/index.js';
import { parseYaml } from './syntax/parse.js';
import { settled } from './syntax/place.js';
import type { Node, Range } from './syntax/tree.js';

const FOLDER = 'file:///w/';

/** The sample library and the files examples name, by name. */
const FILES = new Map<string, string>([
  ...Object.entries(EXAMPLE_FILES),
  ...readdirSync('playbooks', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => [name.split(path.sep).join('/'), readFileSync(path.join('playbooks', name), 'utf8')] as const),
]);
const SAMPLES = [...FILES].filter(([name]) => /^[\w-]+\.playbook\.yaml$/.test(name));

interface Written {
  readonly key: string;
  readonly range: Range;
}

/** The scalars of a text as they are written, each with the key it stands under; arguments stand under "with". */
function scalarsIn(text: string): readonly Written[] {
  const found: Written[] = [];
  const visit = (node: Node | undefined, key: string): void => {
    if (node?.kind === 'scalar' && node.style !== 'literal' && node.style !== 'folded') {
      found.push({ key, range: settled(node.range) });
    } else if (node?.kind === 'list') for (const item of node.items) visit(item, key);
    else if (node?.kind === 'map')
      for (const entry of node.entries) visit(entry.value, key === 'with' ? key : entry.key.text);
  };
  visit(parseYaml(text).root, '');
  return found;
}
/** Every text that shows a rule: steps that are wrong in some way. */
const STEPS = RULES.flatMap(({ failing, passing }) => [failing, passing])
  .filter(({ kind }) => kind === 'steps')
  .map(({ text }) => text.replace(/[«»]/g, ''));

/** What people write under each key. */
const WRITTEN = new Map<string, string[]>();
for (const text of [...SAMPLES.map(([, sample]) => sample), ...STEPS.map((steps) => `steps:\n${steps}`)]) {
  for (const { key, range } of scalarsIn(text)) {
    const written = WRITTEN.get(key) ?? [];
    if (written.length === 0) WRITTEN.set(key, written);
    written.push(text.slice(range.start, range.end));
  }
}

/** Keys whose words no other step sees, or only as far as they read something. */
const UNSEEN = new Set(['title', 'goal', 'task', 'ask', 'reason', 'evidence', 'when', 'if', 'switch', 'in', 'with']);

const edit = fc.record({
  /** Whether a text that is no YAML is left so for the next edit. */
  leave: fc.constantFrom(false, false, false, true),
  at: fc.noBias(fc.nat(9999)).map((place) => place / 10_000),
  what: fc.oneof(
    { weight: 30, arbitrary: fc.record({ kind: fc.constant('words' as const), word: fc.nat(1000).map(String) }) },
    { weight: 10, arbitrary: fc.record({ kind: fc.constant('value' as const), word: fc.nat(1000).map(String) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('word' as const), word: fc.constantFrom('x', 'headers') }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('steps' as const), word: fc.constantFrom(...STEPS) }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        word: fc.constantFrom('x', ' ', '"', '\n', ': ', '# ', '1', '.'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('cut' as const), word: fc.constantFrom('a', 'ab', 'abcdefgh') }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop step' as const), word: fc.constant('') }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), word: fc.constant('') }) },
  ),
});

type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

function edited(text: string, before: string, { at, what }: Edit): string {
  const place = Math.floor(at * text.length);
  switch (what.kind) {
    case 'undo':
      return before;
    case 'words':
    case 'value': {
      const all = scalarsIn(text);
      const scalars = what.kind === 'words' ? all.filter(({ key }) => UNSEEN.has(key)) : all;
      const { key = '', range } = scalars[Math.floor(at * scalars.length)] ?? {};
      const written = WRITTEN.get(key) ?? ['x'];
      return range
        ? text.slice(0, range.start) + written[Number(what.word) % written.length] + text.slice(range.end)
        : text;
    }
    case 'word': {
      const found = /[\w.-]{3,}/g;
      found.lastIndex = place;
      const match = found.exec(text);
      return match
        ? text.slice(0, match.index + match[0].length) + what.word + text.slice(match.index + match[0].length)
        : text;
    }
    case 'steps': {
      const next = text.indexOf('\n  - id:', place) + 1;
      return next > 0 ? text.slice(0, next) + what.word + text.slice(next) : text + what.word;
    }
    case 'put':
      return text.slice(0, place) + what.word + text.slice(place);
    case 'cut':
      return text.slice(0, place) + text.slice(place + what.word.length);
    case 'drop step': {
      const from = text.indexOf('\n  - id:', place) + 1;
      const to = text.indexOf('\n  - id:', from) + 1;
      return from > 0 && to > from ? text.slice(0, from) + text.slice(to) : text;
    }
  }
}

/** What a reading came to, in plain data. */
function outcome(loaded: LoadedPlaybook): unknown {
  return {
    problems: loaded.problems,
    dependencies: loaded.dependencies,
    boundary: JSON.parse(JSON.stringify(boundaryOf(loaded))),
    scopes: [...loaded.scopes].map(([step, { variables }]) => [step.id, [...variables.keys()]]).length,
    sites: loaded.sites.map(({ checked, slot }) => [slot, checked.problems, checked.references, checked.type.kind]),
  };
}

describe('a playbook read after it was edited', () => {
  it('comes to what it comes to when it is read afresh', function () {
    this.timeout(300_000);
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLES),
        fc.array(fc.constantFrom(...STEPS), { maxLength: 5 }),
        fc.array(edit, { minLength: 1, maxLength: 12 }),
        fc.array(fc.nat(11), { maxLength: 1 }),
        ([name, sample], more, edits, others) => {
          const files = new Map(FILES);
          const kept = keptFiles();
          const read = (uri: string): string | undefined => files.get(decodeURIComponent(uri.slice(FOLDER.length)));
          const host = { read, kept, rereads: true, today: '2026-11-25' };
          let text = sample + more.join('');
          let before = text;
          let loaded = loadPlaybook(FOLDER + name, text, host);
          for (const [index, one] of edits.entries()) {
            const broken = loaded.tree.problems.length > 0 && !one.leave;
            const next = edited(broken ? before : text, before, one);
            before = broken ? before : text;
            text = next;
            // A file it refers to changes meanwhile.
            if (others.includes(index)) {
              const other = [...files.keys()].filter((file) => file.endsWith('.yaml') && file !== name)[index];
              const old = other && files.get(other);
              if (other && old) files.set(other, edited(old, old, one));
            }
            loaded = loadPlaybook(FOLDER + name, text, host, loaded);
            const afresh = loadPlaybook(FOLDER + name, text, { read, today: host.today });
            assert.deepEqual(outcome(loaded), outcome(afresh), text);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
