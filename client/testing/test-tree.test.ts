import assert from 'node:assert/strict';
import type { Range, TestItem, TestItemCollection, Uri } from 'vscode';
import { createTestTree, describedPath, type TestEntry, type TreeSources } from './test-tree.js';

/** As much of VS Code's collection as the tree uses; an item knows whose it is. */
class Items {
  readonly #items = new Map<string, TestItem>();
  readonly #parent: TestItem | undefined;
  constructor(parent?: TestItem) {
    this.#parent = parent;
  }
  get = (id: string) => this.#items.get(id);
  delete = (id: string) => this.#items.delete(id);
  add = (item: TestItem) => {
    Object.assign(item, { parent: this.#parent });
    this.#items.set(item.id, item);
  };
  replace = (items: readonly TestItem[]) => {
    this.#items.clear();
    for (const item of items) this.add(item);
  };
  [Symbol.iterator] = () => this.#items.entries();
}

const collection = (items: Items): TestItemCollection => items as unknown as TestItemCollection;
const uriOf = (text: string): Uri => ({ path: text.replace('file://', ''), toString: () => text }) as Uri;
const caseOf = (id: string, title = id): TestEntry => ({
  ...{ key: id, uri: `file:///w/${id}.case.yaml`, sort: id, title },
  line: 3,
});

function tree() {
  const items = new Items();
  const world = { playbooks: ['a', 'b'], cases: new Map([['a', [caseOf('one')]]]), asked: [] as string[] };
  const sources: TreeSources = {
    subjects: async () => world.playbooks.map((name) => uriOf(`file:///w/${name}.playbook.yaml`)),
    nameOf: ({ path }) => path.slice('/w/'.length, -'.playbook.yaml'.length),
    tests: async ({ path }) => {
      const name = path.slice('/w/'.length, -'.playbook.yaml'.length);
      world.asked.push(name);
      if (name === 'broken') throw new Error('no server');
      return world.cases.get(name) ?? [];
    },
    uriOf,
    lineOf: (line) => ({ start: { line } }) as Range,
    description: () => '',
  };
  const controller = {
    items: collection(items),
    createTestItem: (id: string, label: string, uri?: Uri) => {
      const item = { id, label, uri } as unknown as TestItem;
      return Object.assign(item, { children: collection(new Items(item)) });
    },
  };
  const roots = () => [...items].map(([, item]) => item);
  const shown = () =>
    roots().map((item) => `${item.label}: ${[...item.children].map(([, child]) => child.label).join(', ')}`);
  return { tree: createTestTree(controller, sources), world, roots, shown };
}

describe('The tree of tests', () => {
  it('has the playbooks, and asks for cases only where somebody wants them', async () => {
    const { tree: made, world, roots, shown } = tree();
    await made.discover();
    assert.deepEqual(shown(), ['a: ', 'b: ']);
    assert.deepEqual(world.asked, []);
    assert.ok(roots().every(({ canResolveChildren }) => canResolveChildren));
    await made.resolve(roots()[0]!);
    assert.deepEqual(shown(), ['a: one', 'b: ']);
    const [child] = [...roots()[0]!.children].map(([, item]) => item);
    assert.equal(child?.range?.start.line, 3);
    assert.equal(child?.parent, roots()[0]);
  });

  it('follows what changes; a case that stays is the same item, with its results', async () => {
    const { tree: made, world, roots, shown } = tree();
    await made.discover();
    await made.resolve(roots()[0]!);
    const before = [...roots()[0]!.children][0]?.[1];
    world.playbooks = ['a', 'c'];
    world.cases.set('a', [caseOf('one', 'Renamed'), caseOf('two')]);
    await Promise.all([made.refresh(), made.refresh()]);
    assert.deepEqual(shown(), ['a: Renamed, two', 'c: ']);
    assert.equal([...roots()[0]!.children][0]?.[1], before);
    assert.ok(!world.asked.includes('c'));
  });

  it('gives the tests of what is chosen, each once, without what is left out', async () => {
    const { tree: made, world, roots } = tree();
    world.cases.set('b', [caseOf('two'), caseOf('three')]);
    await made.discover();
    const [a, b] = roots();
    assert.ok(a && b);
    const names = async (items: readonly TestItem[], without: readonly TestItem[] = []) =>
      (await made.testsOf(items, without)).map(({ label }) => label);
    assert.deepEqual(await names([a, b]), ['one', 'two', 'three']);
    const [two] = [...b.children].map(([, item]) => item);
    assert.ok(two);
    assert.deepEqual(await names([two, b]), ['two', 'three']);
    assert.deepEqual(await names([a, b], [a, two]), ['three']);
    assert.deepEqual(world.asked, ['a', 'b']);
  });

  it('says at the playbook why its cases cannot be told, and tries again when it is asked again', async () => {
    const { tree: made, world, roots } = tree();
    world.playbooks = ['broken'];
    await made.discover();
    const [item] = roots();
    assert.ok(item);
    assert.deepEqual(await made.testsOf([item], []), []);
    assert.match(String(item.error), /no server/);
    assert.equal(item.busy, false);
    await made.testsOf([item], []);
    assert.deepEqual(world.asked, ['broken', 'broken']);
  });

  it('says where a playbook lies that is not at the top', () => {
    assert.equal(describedPath('p.playbook.yaml'), '');
    assert.equal(describedPath('deep/er/p.playbook.yaml'), 'deep/er/p.playbook.yaml');
  });
});
