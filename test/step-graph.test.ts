import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Graph } from '../language/authority/graph.js';
import { type FileHost, keptFiles } from '../language/host.js';
import type { LoadedPlaybook } from '../language/load.js';
import { stepGraphOf, stepPlacesOf } from '../language/service/build-step-graph.js';
import { openSource } from '../language/service/source-file.js';
import type { StepGraph } from '../language/service/step-graph.js';
import { LANGUAGE } from './soundness/adapter.js';
import { generate } from './soundness/generate.js';
import { playbookFile, printProgram } from './soundness/print.js';

const SEED = 7_401;
const PLAYBOOKS = 300;
const FOLDER = 'file:///w/';
const kept = keptFiles();

interface Drawn {
  readonly loaded: LoadedPlaybook;
  readonly graph: StepGraph;
  readonly text: string;
  readonly host: FileHost;
  readonly uri: string;
}

function draw(index: number): Drawn {
  const program = generate(SEED, index, LANGUAGE);
  const files = printProgram(program);
  const uri = FOLDER + playbookFile(program.main);
  const text = files.get(playbookFile(program.main)) ?? '';
  const host = { read: (asked: string) => files.get(asked.slice(FOLDER.length)), kept };
  const source = openSource(uri, text, host);
  const boundary = source?.boundary();
  assert.ok(source?.playbook && boundary);
  return { loaded: source.playbook, graph: stepGraphOf(source.playbook, boundary), text, host, uri };
}

describe(`The graph of ${PLAYBOOKS} random playbooks`, function () {
  this.timeout(120_000);

  it('has every step once, in one place, and every act of the boundary', () => {
    for (let index = 0; index < PLAYBOOKS; index++) {
      const { loaded, graph, host, uri, text } = draw(index);
      const keys = graph.steps.map(({ key }) => key);
      const placed = [...graph.top, ...graph.steps.flatMap(({ lanes }) => lanes.flatMap(({ steps }) => steps))];
      assert.equal(new Set(keys).size, keys.length, `${index}: every key is one step’s`);
      assert.deepEqual([...placed].sort(), [...keys].sort(), `${index}: every step stands in one list`);
      const acts = graph.steps.flatMap(({ key, tools }) =>
        tools.flatMap(({ tool, act }) => (act ? [`${key} ${tool}`] : [])),
      );
      const cells = openSource(uri, text, host)
        ?.boundary()
        ?.cells.map(({ step, tool }) => `${step} ${tool}`);
      assert.deepEqual(acts.sort(), [...(cells ?? [])].sort(), `${index}: every act is drawn`);
      assert.equal(loaded.steps.length, keys.filter((key) => !key.includes('/')).length);
    }
  });

  it('has edges between steps it has, and ways that witnesses go', () => {
    for (let index = 0; index < PLAYBOOKS; index++) {
      const { graph } = draw(index);
      const keys = new Set(graph.steps.map(({ key }) => key));
      const ways = new Set(graph.edges.map(({ from, kind, branch }) => `${from} ${branch ?? kind}`));
      for (const { from, to } of graph.edges) {
        assert.ok(from === null || keys.has(from), `${index}: from ${from}`);
        assert.ok(to === null || keys.has(to), `${index}: to ${to}`);
      }
      for (const { tools } of graph.steps)
        for (const { act } of tools)
          for (const { step, edge, branch } of act?.witness ?? []) {
            assert.ok(keys.has(step), `${index}: witness at ${step}`);
            const drawn = ways.has(`${step} ${branch ?? edge}`) || edge === 'cut-off' || edge === 'overrun';
            assert.ok(drawn || edge === 'entered', `${index}: witness leaves ${step} by ${branch ?? edge}`);
          }
    }
  });

  it('says that a run goes on behind a step where an edge leads on, and only there', () => {
    for (let index = 0; index < PLAYBOOKS; index++) {
      const { loaded, graph } = draw(index);
      const { placeOf, steps } = loaded.flow.structure;
      for (const [at, step] of steps.entries()) {
        const place = placeOf.get(step);
        const next = place?.list[place.index + 1];
        if (place === undefined || next === undefined) continue;
        const within = steps.slice(at, place.last + 1);
        const leads = leadsFrom(loaded.graph, new Set(within), next);
        assert.equal(drawnStep(graph, loaded, at)?.goesOn, leads, `${index}: ${step.id.value} to ${next.id.value}`);
      }
    }
  });

  it('never throws, whatever becomes of the text', () => {
    fc.assert(
      fc.property(
        fc.nat(PLAYBOOKS),
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), fc.string({ maxLength: 12 })), {
          maxLength: 4,
        }),
        (index, edits) => {
          const { text, host, uri } = draw(index);
          let edited = text;
          for (const [where, length, put] of edits) {
            const at = Math.floor(where * edited.length);
            edited = edited.slice(0, at) + put + edited.slice(at + length);
          }
          const source = openSource(uri, edited, host);
          const boundary = source?.boundary();
          if (!source?.playbook || !boundary) return;
          const graph = stepGraphOf(source.playbook, boundary);
          assert.deepEqual(JSON.parse(JSON.stringify(graph)), graph, 'it is plain data');
          const own = graph.steps.filter(({ place }) => place.uri === uri).map(({ key }) => key);
          for (const { key } of stepPlacesOf(source.playbook)) assert.ok(own.includes(key));
        },
      ),
      { numRuns: 150, seed: SEED },
    );
  });
});

function drawnStep(graph: StepGraph, loaded: LoadedPlaybook, at: number) {
  return graph.steps.filter(({ place }) => place.uri === loaded.uri)[at];
}

/** Whether any edge leads to where a step begins from one of those. */
function leadsFrom(graph: Graph, within: ReadonlySet<unknown>, next: LoadedPlaybook['steps'][number]): boolean {
  const node = graph.nodes[graph.nodeOf.get(next) ?? -1];
  return (node?.into ?? []).some(({ from }) => within.has(graph.nodes[from]?.step));
}
