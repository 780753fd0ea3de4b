import assert from 'node:assert/strict';
import { type LoadedPlaybook, loadPlaybook } from '../load.js';
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../rules/example.js';
import { boundaryOf } from './boundary.js';
import { reviewPlaybook, stateOf } from './diff/review.js';

const FILES: { readonly [file: string]: string } = {
  ...EXAMPLE_FILES,
  'example.tools.yaml': `${EXAMPLE_FILES['example.tools.yaml']}  odd.thing:
    description: Nobody knows.
    effect: unknown
    input: {}
    output: {}
`,
};

const read = (files: { readonly [file: string]: string }) => (uri: string) => files[uri.replace('file:///w/', '')];

function load(steps: string): LoadedPlaybook {
  return loadPlaybook('file:///w/x.playbook.yaml', EXAMPLE_HEAD + steps, { read: read(FILES) });
}

function suspend(level: string, ...more: readonly string[]): string {
  return `${[
    '  - id: suspend',
    '    action: identity.suspend',
    `    autonomy: ${level}`,
    ...more.map((line) => `    ${line}`),
    '    with: { user: a@b.example }',
  ].join('\n')}\n`;
}

const UNDECIDED = 'undecided: "In the original: no person is asked."';

const rulesOf = ({ problems }: LoadedPlaybook): readonly string[] => problems.map(({ rule }) => rule);

describe('What nobody has decided', () => {
  it('is shown at the level of the original and fails, whatever that level is', () => {
    for (const level of ['autonomous', 'notify', 'approve', 'assist', 'manual']) {
      const loaded = load(suspend(level, UNDECIDED));
      const [cell] = boundaryOf(loaded).cells;
      assert.deepEqual([cell?.autonomy, cell?.verdict, cell?.approval], [level, 'violated', null]);
      assert.match(cell?.because ?? '', /Nobody has decided its level\. In the original: no person is asked\./);
      assert.ok(rulesOf(loaded).includes('undecided-step'));
    }
  });

  it('is told once at the act, and counts as an act without a person for what the playbook amounts to', () => {
    const loaded = load(suspend('autonomous', UNDECIDED));
    assert.deepEqual(rulesOf(loaded), ['missing-description', 'operating-model-mismatch', 'undecided-step']);
    assert.equal(boundaryOf(loaded).operatingModel.computed, 'autonomous');
  });

  it('names a few of many acts, and says how many more there are', () => {
    const act = (id: number): string => suspend('autonomous', UNDECIDED).replace('id: suspend', `id: s${id}`);
    const because = (count: number): string =>
      boundaryOf(load(Array.from({ length: count }, (_, id) => act(id)).join(''))).operatingModel.because[0] ?? '';
    assert.match(because(1), /^identity\.suspend at "s0" runs without a person/);
    assert.match(because(6), /identity\.suspend at "s5" run without a person/);
    assert.match(because(9), /"s3", identity\.suspend at "s4" and 4 more run without a person/);
  });

  it('never has more in force than "approve"', () => {
    const [act] = load(suspend('autonomous', UNDECIDED)).acts;
    assert.deepEqual([act?.autonomy.level, act?.autonomy.undecided], ['approve', 'autonomous']);
    const [low] = load(suspend('manual', UNDECIDED)).acts;
    assert.equal(low?.autonomy.level, 'manual');
    // Whatever stands there.
    const [odd] = load(suspend('autonomous', 'undecided: [1]')).acts;
    assert.equal(odd?.autonomy.level, 'approve');
    const [empty] = load(suspend('autonomous', 'undecided:')).acts;
    assert.equal(empty?.autonomy.level, 'approve');
  });

  it('is unknown where what the tool does is not known, and such a tool is never above "approve"', () => {
    const thing = '  - id: thing\n    action: odd.thing\n    autonomy: autonomous\n';
    const [cell] = boundaryOf(load(`${thing}    ${UNDECIDED}\n`)).cells;
    assert.deepEqual([cell?.effect, cell?.autonomy, cell?.verdict], ['unknown', 'autonomous', 'unknown']);
    const decided = load(thing);
    assert.deepEqual([decided.acts[0]?.effect, decided.acts[0]?.autonomy.level], ['unknown', 'approve']);
    assert.ok(rulesOf(decided).includes('autonomy-above-ceiling'));
  });

  it('is decided by either fix, and then it is as if it had been written so', () => {
    const text = EXAMPLE_HEAD + suspend('autonomous', UNDECIDED);
    const fixes =
      load(suspend('autonomous', UNDECIDED)).problems.find(({ rule }) => rule === 'undecided-step')?.fixes ?? [];
    assert.deepEqual(
      fixes.map(({ title, safe }) => [title, safe]),
      [
        ['A person approves it: soc-manager', false],
        ['Keep "autonomous": we decided so', false],
      ],
    );
    const [approved, kept] = fixes.map(({ edits }) =>
      [...edits]
        .sort((a, b) => b.range.start - a.range.start)
        .reduce((all, { range, newText }) => all.slice(0, range.start) + newText + all.slice(range.end), text),
    );
    assert.equal(approved, EXAMPLE_HEAD + suspend('approve', 'approval: { roles: [soc-manager], timeout: 15m }'));
    assert.equal(kept, EXAMPLE_HEAD + suspend('autonomous'));
  });

  it('is widened by a decision to keep it, and narrowed by none', () => {
    const alone = ['notify: { roles: [analyst] }', 'undo-within: 1h'];
    const state = (steps: string) => stateOf({ read: read({ ...FILES, 'x.playbook.yaml': EXAMPLE_HEAD + steps }) }, []);
    const changes = (base: string, head: string): readonly string[] =>
      reviewPlaybook('file:///w/x.playbook.yaml', 'file:///w/x.playbook.yaml', state(base), state(head)).changes.map(
        (one) => one.class,
      );
    const undecided = suspend('notify', UNDECIDED, ...alone);
    const decided = suspend('notify', ...alone);
    assert.deepEqual(changes(undecided, decided), ['widened']);
    assert.deepEqual(changes(decided, undecided), ['narrowed']);
    assert.deepEqual(changes(undecided, undecided), []);
  });
});
