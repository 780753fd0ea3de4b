import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { keptFiles } from './host.js';
import { boundaryOf } from './index.js';
import { type LoadedPlaybook, loadPlaybook } from './load.js';
import { EXAMPLE_FILES } from './rules/example.js';
import { RULES } from './rules/index.js';

const FOLDER = 'file:///w/';

/** The sample library and the files examples name, by name. */
const FILES = new Map<string, string>([
  ...Object.entries(EXAMPLE_FILES),
  ...readdirSync('playbooks', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .map((name) => [name.split(path.sep).join('/'), readFileSync(path.join('playbooks', name), 'utf8')] as const),
]);
const SAMPLES = [...FILES].filter(([name]) => /^[\w-]+\.playbook\.yaml$/.test(name));

/** What words people write in playbooks, to put one in place of another. */
const WORDS = [...new Set(SAMPLES.flatMap(([, text]) => text.match(/[\w.-]{3,}/g) ?? []))];
/** Every text that shows a rule: steps that are wrong in some way. */
const STEPS = RULES.flatMap(({ failing, passing }) => [failing, passing])
  .filter(({ kind }) => kind === 'steps')
  .map(({ text }) => text.replace(/[«»]/g, ''));

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('word' as const), word: fc.constantFrom(...WORDS) }) },
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
    case 'word': {
      const found = /[\w.-]{3,}/g;
      found.lastIndex = place;
      const match = found.exec(text);
      return match ? text.slice(0, match.index) + what.word + text.slice(match.index + match[0].length) : text;
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
        fc.array(edit, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(7), { maxLength: 2 }),
        ([name, sample], edits, others) => {
          const files = new Map(FILES);
          const kept = keptFiles();
          const read = (uri: string): string | undefined => files.get(decodeURIComponent(uri.slice(FOLDER.length)));
          const host = { read, kept, today: '2026-11-25' };
          let text = sample;
          let before = text;
          let loaded = loadPlaybook(FOLDER + name, text, host);
          for (const [index, one] of edits.entries()) {
            const next = edited(text, before, one);
            before = text;
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
      { numRuns: 150 },
    );
  });
});
