// What people send to others, and get back: every sample as CACAO 2.0.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { factsOf } from '../cli/cacao/export-cacao.js';
import { idOfName } from '../cli/cacao/ids.js';
import { uriOf } from '../cli/files.js';
import { boundaryOf } from '../language/authority/boundary.js';
import { foreignBoundary } from '../language/foreign/boundary.js';
import { isList, isMap, type JsonMap } from '../language/foreign/cacao/extension.js';
import { readCacao } from '../language/foreign/cacao/read.js';
import { readExport } from '../language/foreign/cacao/read-export.js';
import { cacaoOf, cacaoText } from '../language/foreign/cacao/write.js';
import { foreignFolder } from '../language/foreign/folder.js';
import { loadPlaybook } from '../language/load.js';
import { lowest } from '../language/model/levels.js';
import { allSteps } from '../language/model/playbook.js';
import { parseYaml } from '../language/syntax/parse.js';
import { type Json, toJson } from '../language/syntax/tree.js';
import { nodeFiles } from '../runner/node-files.js';
import { generate, WHOLE_LANGUAGE } from './soundness/generate.js';
import { playbookFile, printProgram } from './soundness/print.js';

const LIBRARY = fileURLToPath(new URL('../../playbooks', import.meta.url));
const CORPORA = process.env.COUNTERSIGN_CORPORA ?? fileURLToPath(new URL('../../../shared/corpora', import.meta.url));
const SCHEMAS = path.join(CORPORA, 'playbooks/cacao/_schema');

const host = nodeFiles();
const samples = readdirSync(LIBRARY, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.playbook.yaml'))
  .sort()
  .map((name) => {
    const file = path.join(LIBRARY, name);
    const source = readFileSync(file, 'utf8');
    const loaded = loadPlaybook(uriOf(file), source, host);
    const written = cacaoOf(source, factsOf(loaded, path.basename(file), '2026-01-31T00:00:00.000Z'), idOfName);
    assert.ok(written.ok, written.ok ? '' : `${name}: ${written.why}`);
    return { name, source, loaded, cacao: written.cacao, text: cacaoText(written.cacao) };
  });

/** Our extension of a step, or of the playbook. */
function told(extensions: Json | undefined): JsonMap {
  const [ours] = isMap(extensions) ? Object.values(extensions) : [];
  return isMap(ours) ? ours : {};
}

describe('samples as CACAO', () => {
  it('come back as they were, with the boundary they had', () => {
    for (const { name, source, loaded, text } of samples) {
      const read = readExport(text, idOfName);
      assert.ok(read.ok, read.ok ? '' : `${name}: ${read.why}`);
      assert.equal(read.source, source, name);
      assert.deepEqual(boundaryOf(loadPlaybook(loaded.uri, read.source, host)), boundaryOf(loaded), name);
    }
  });

  it('say all that the text says without the text, too', () => {
    for (const { name, source, cacao } of samples) {
      const says = new Map<Json, JsonMap>();
      for (const step of Object.values(isMap(cacao.workflow) ? cacao.workflow : {})) {
        const { step: id, says: of } = told(isMap(step) ? step.step_extensions : undefined);
        if (id !== undefined && isMap(of)) says.set(id, of);
      }
      const filled = (value: Json): Json => {
        if (!isList(value)) return isMap(value) && value.steps ? { ...value, steps: filled(value.steps) } : value;
        return value.map((id) => inflate(says.get(id) ?? assert.fail(`${name}: nothing is said of ${String(id)}`)));
      };
      const inflate = (map: JsonMap): JsonMap =>
        Object.fromEntries(
          Object.entries(map).map(([key, value]) => {
            if (['then', 'else', 'steps', 'default', 'on-error', 'on-reject', 'on-timeout'].includes(key))
              return [key, filled(value)];
            if (['cases', 'branches'].includes(key) && isMap(value))
              return [key, Object.fromEntries(Object.entries(value).map(([way, list]) => [way, filled(list)]))];
            return [key, value];
          }),
        );
      const { playbook } = told(cacao.playbook_extensions);
      const plain = (value: Json | undefined): unknown => JSON.parse(JSON.stringify(value));
      assert.deepEqual(plain(inflate(isMap(playbook) ? playbook : {})), plain(toJson(parseYaml(source).root)), name);
    }
  });

  it('hang together: each step is there once, and everything that is named exists', () => {
    const own = /^[a-z-]+--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    for (const { name, cacao } of samples) {
      const { workflow, agent_definitions: agents, playbook_variables: variables } = cacao;
      assert.ok(isMap(workflow) && isMap(agents) && isMap(variables));
      const named = new Set<Json | undefined>([cacao.workflow_start ?? null, cacao.workflow_exception ?? null]);
      for (const [id, step] of Object.entries(workflow)) {
        assert.match(id, own, name);
        assert.ok(isMap(step) && id.startsWith(`${String(step.type)}--`), name);
        const { step_extensions, commands, playbook_id, ...rest } = step;
        for (const text of textsIn(rest)) if (/^[a-z-]+--[0-9a-f-]{36}$/.test(text)) named.add(text);
        for (const argument of isList(rest.out_args) ? rest.out_args : [])
          assert.ok(Object.hasOwn(variables, String(argument)), `${name}: ${String(argument)}`);
      }
      for (const one of named)
        assert.ok(
          Object.hasOwn(workflow, String(one)) || Object.hasOwn(agents, String(one)),
          `${name}: ${String(one)}`,
        );
      for (const id of Object.keys(workflow)) assert.ok(named.has(id), `${name}: nothing leads to ${id}`);
    }
  });

  it('are read as no wider than they are', () => {
    const read = samples.map(({ name, text }) => {
      const { root } = parseYaml(text);
      assert.equal(root?.kind, 'map');
      return readCacao(`file:///w/${name}.json`, root);
    });
    const { find } = foreignFolder(read);
    for (const [index, { name, loaded }] of samples.entries()) {
      const playbook = read[index] ?? assert.fail();
      assert.deepEqual(playbook.notUnderstood, [], name);
      const theirs = foreignBoundary(playbook, find, { of: () => [] }).boundary.cells;
      const ours = boundaryOf(loaded).cells.filter((cell) => !['read', 'record'].includes(cell.effect));
      const titles = new Map(
        [...allSteps(loaded.playbook.steps)].map((step) => [
          step.id.value,
          step.title ?? step.id.value.replaceAll('_', ' '),
        ]),
      );
      for (const cell of theirs) {
        if (cell.step.includes('/') || cell.autonomy !== 'autonomous') continue;
        const same = ours.filter(
          (one) =>
            one.tool === cell.tool && cell.step.startsWith(titles.get(one.step) ?? assert.fail(`${name}: ${one.step}`)),
        );
        // It is an act of an agent by itself, a look or a note, or one nobody is asked about here either.
        assert.ok(
          same.length === 0 || same.some(({ autonomy }) => autonomy === 'notify' || autonomy === 'autonomous'),
          `${name}: ${cell.step} calls ${cell.tool} without a person`,
        );
      }
      for (const one of ours.filter(({ step, verdict }) => !step.includes('/') && verdict === 'proven'))
        assert.ok(
          theirs.some(({ tool }) => tool === one.tool),
          `${name}: ${one.tool} is not seen`,
        );
    }
  });

  it('that are changed anywhere come back as they were or not at all', () => {
    const [{ source, cacao } = assert.fail()] = samples.filter(({ name }) => name === 'contain-host.playbook.yaml');
    const places = placesIn(cacao);
    fc.assert(
      fc.property(
        fc.nat(places.length - 1),
        fc.oneof(fc.constant(null), fc.constant(true), fc.string(), fc.constantFrom('notify', 'read', 'approved')),
        fc.boolean(),
        (at, value, drop) => {
          const changed = changedAt(cacao, places[at] ?? [], drop ? undefined : value);
          const read = readExport(JSON.stringify(changed), idOfName);
          if (read.ok) assert.equal(read.source, source);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('and so are playbooks that nobody wrote: they come back, and are read as no wider than their text', () => {
    let acts = 0;
    for (let index = 0; index < 150; index++) {
      const program = generate(20_000, index, WHOLE_LANGUAGE);
      const files = printProgram(program);
      const read = (uri: string): string | undefined => files.get(uri.slice('file:///w/'.length));
      const name = playbookFile(program.main);
      const source = read(`file:///w/${name}`) ?? assert.fail();
      const loaded = loadPlaybook(`file:///w/${name}`, source, { read });
      const written = cacaoOf(source, factsOf(loaded, name, '2026-01-31T00:00:00.000Z'), idOfName);
      assert.ok(written.ok, written.ok ? '' : `${written.why}\n${source}`);
      const text = cacaoText(written.cacao);
      const back = readExport(text, idOfName);
      assert.equal(back.ok ? back.source : back.why, source);

      const { root } = parseYaml(text);
      assert.equal(root?.kind, 'map');
      const { cells } = foreignBoundary(readCacao('file:///w/a.json', root), () => undefined, {
        of: () => [],
      }).boundary;
      for (const { step, autonomy } of loaded.acts) {
        if (step.kind !== 'action') continue;
        const own = loaded.playbook.autonomy?.value ?? 'autonomous';
        if (['notify', 'autonomous'].includes(lowest(autonomy.declared, own))) continue;
        acts++;
        const title = step.title ?? step.id.value.replaceAll('_', ' ');
        for (const cell of cells.filter((one) => one.step === title && one.tool === step.tool.value))
          assert.ok(cell.autonomy !== 'autonomous' || cell.because === 'No path leads to it.', `${title}\n${source}`);
      }
    }
    assert.ok(acts > 100, `${acts} acts that need a person`);
  });

  describe('by the official schemas', () => {
    before(function () {
      if (existsSync(SCHEMAS)) return;
      console.log(
        `      There are no schemas of CACAO at ${SCHEMAS}; COUNTERSIGN_CORPORA names another folder of corpora.`,
      );
      this.skip();
    });

    it('are valid', () => {
      const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
      for (const file of readdirSync(SCHEMAS, { recursive: true, encoding: 'utf8' })) {
        if (!file.endsWith('.json')) continue;
        // Their ids name folders, several one; where a file lies is what its references mean.
        const { $id: _, ...schema } = JSON.parse(readFileSync(path.join(SCHEMAS, file), 'utf8'));
        ajv.addSchema({ ...schema, $id: `https://cacao.example/${file.split(path.sep).join('/')}` });
      }
      const valid = ajv.getSchema('https://cacao.example/playbook.json');
      const manual = ajv.getSchema('https://cacao.example/commands/manual.json');
      assert.ok(valid && manual);
      for (const { name, text } of samples) {
        const cacao: { workflow: { [id: string]: { commands?: { type: string }[] } } } = JSON.parse(text);
        assert.equal(valid(cacao), true, `${name}: ${JSON.stringify(valid.errors?.slice(0, 3))}`);
        for (const { commands = [] } of Object.values(cacao.workflow)) {
          for (const command of commands) if (command.type === 'manual') assert.equal(manual(command), true, name);
        }
      }
      const { workflow, ...without } = JSON.parse(samples[0]?.text ?? '');
      assert.equal(valid(without), false, 'they do tell');
      const [first = ''] = Object.keys(workflow).filter((id) => id.startsWith('if-condition'));
      assert.equal(valid({ ...without, workflow: { ...workflow, [first]: { type: 'if-condition' } } }), false);
    });
  });
});

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The ways to every value in a value. */
function placesIn(value: Json, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...at, key]))];
}

function changedAt(value: Json, [key, ...rest]: readonly string[], to: Json | undefined): Json {
  if (key === undefined) return to ?? null;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([one, held]): [string, Json][] => {
    if (one !== key) return [[one, held]];
    if (rest.length === 0 && to === undefined) return [];
    return [[one, changedAt(held, rest, to)]];
  });
  return isList(value) ? entries.map(([, held]) => held) : Object.fromEntries(entries);
}
