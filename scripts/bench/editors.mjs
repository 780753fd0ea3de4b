// The language server beside yaml-language-server, in one run: the same documents, and the schema that ours uses itself.
// It does less with them: it knows the schema, and neither names, expressions, other files nor what an act needs.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { SERVER_ENGINE_FLAGS } from '../../out/server/protocol/engine-flags.js';
import { median, ms, quantile, say, times, title } from './figures.mjs';
import { run, startServer } from './processes.mjs';
import { playbookOfLines } from './texts.mjs';

/** What it waits after a change before it looks at it (validationDelayMs in its yamlSettings.js), in milliseconds. */
const DEBOUNCE = 200;
/** Lines of the documents; opened in so many processes, with so many edits in each. */
const SIZES = [
  { lines: 200, opens: 4, edits: 12 },
  { lines: 2_000, opens: 2, edits: 12 },
  { lines: 10_000, opens: 2, edits: 6 },
];
const KEYS = 20;
const BETWEEN_KEYS = 40;
/** In each process. */
const BURSTS = 3;

/** The edits at the start of each process that are not counted: they warm it up. */
const WARM = 3;

/** @param {{ root: string, program: string, scratch: string }} where `scratch` holds the files the documents refer to */
export async function compareEditors({ root, program, scratch, sizes = SIZES }) {
  const peerProgram = path.join(root, 'node_modules/yaml-language-server/bin/yaml-language-server');
  // As the client starts it.
  const ours = {
    name: 'countersign',
    program,
    options: { flags: SERVER_ENGINE_FLAGS },
    debounce: 0,
    prepare: async () => {},
  };
  const peer = existsSync(peerProgram)
    ? { name: 'yaml-language-server', program: peerProgram, debounce: DEBOUNCE, ...withSchema(root) }
    : undefined;
  if (!peer) console.log('\nyaml-language-server is not installed: its figures are left out (npm ci).');

  title('Language server: from the start of the process to the reply to "initialize", and its size.');
  await starts([ours, ...(peer ? [peer] : [])], scratch);
  const bundle = program.replace(/\.cjs$/, '.program.cjs');
  say(path.basename(bundle), `${(statSync(bundle).size / 1024).toFixed(0)} kB`);

  title('In the editor, beside yaml-language-server with the same schema. p95, and how many times as long ours takes.');
  if (peer) console.log(`  It waits ${DEBOUNCE} ms before it looks at a change: counted, and not counted.`);
  for (const size of sizes) {
    const text = playbookOfLines(size.lines);
    const mine = await measure(ours, text, size, scratch);
    const theirs = peer && (await measure(peer, text, size, scratch));
    console.log(`  ${text.split('\n').length.toLocaleString('en')} lines`);
    const row = (what, one, other) =>
      say(
        `  ${what}`,
        ms(one),
        other === undefined ? '' : `peer ${ms(other).padStart(8)}   ${times(one / Math.max(other, 0.01))}`,
      );
    row('edit to diagnostics, waiting counted', mine.edit, theirs?.edit);
    row('edit to diagnostics, waiting not counted', mine.edit, theirs && theirs.edit - DEBOUNCE);
    row('completion, right after an edit', mine.completion, theirs?.completion);
    row('hover', mine.hover, theirs?.hover);
    row('open to diagnostics, waiting counted', mine.open, theirs?.open);
    row('open to diagnostics, waiting not counted', mine.open, theirs && theirs.open - DEBOUNCE);
    say(
      '  most memory at a time',
      `${mine.peakMB.toFixed(0)} MB`,
      theirs ? `peer ${theirs.peakMB.toFixed(0).padStart(5)} MB   ${times(mine.peakMB / theirs.peakMB)}` : '',
    );
    say(
      `  last of ${KEYS} keys, ${BETWEEN_KEYS} ms apart, to diagnostics`,
      ms(mine.burst),
      `${times(mine.burst / mine.single)} of a single key after a pause (${ms(mine.single)}; medians)`,
    );
  }
}

async function starts(servers, scratch) {
  const took = new Map();
  const bare = [];
  for (let round = 0; round < 5; round++) {
    for (const { name, program, options } of servers) {
      const server = await startServer(program, scratch, options);
      took.set(name, [...(took.get(name) ?? []), server.initialized]);
      await server.stop();
    }
    bare.push((await run(['-e', '0'], scratch, scratch)).ms);
  }
  const mine = median(took.get(servers[0].name));
  for (const [name, values] of took)
    say(
      `start of ${name}`,
      ms(median(values)),
      values === took.get(servers[0].name) ? '' : times(mine / median(values)),
    );
  say('peer, Node with nothing to do', ms(median(bare)), `ours is ${times(mine / median(bare))}`);
}

/** The settings of yaml-language-server, which it asks for: our schema and no others, and nothing from the network. */
function withSchema(root) {
  const schema = pathToFileURL(path.join(root, 'schemas/playbook.schema.json')).href;
  const yaml = {
    schemas: { [schema]: '*.playbook.yaml' },
    schemaStore: { enable: false },
    validate: true,
    hover: true,
    completion: true,
  };
  return {
    options: {
      capabilities: { workspace: { configuration: true } },
      answer: (method, params) =>
        method === 'workspace/configuration'
          ? params.items.map(({ section }) => (section === 'yaml' ? yaml : null))
          : null,
    },
    // It reads its settings when it is told of them, not before.
    prepare: async (server) => {
      const asked = server.next(({ method }) => method === 'workspace/configuration');
      server.notify('workspace/didChangeConfiguration', { settings: {} });
      await asked;
    },
  };
}

async function measure({ name, program, options, debounce, prepare }, text, { lines, opens, edits }, scratch) {
  const took = { open: [], edit: [], completion: [], hover: [], peakMB: 0, single: [], burst: [] };
  const places = placesIn(text);
  for (let round = 0; round < opens; round++) {
    const server = await startServer(program, scratch, options);
    await prepare(server);
    const uri = pathToFileURL(path.join(scratch, `e-${lines}.playbook.yaml`)).href;
    const textDocument = { uri };
    const told = () =>
      server.next(({ method, params }) => method === 'textDocument/publishDiagnostics' && params.uri === uri);
    let started = performance.now();
    let known = told();
    server.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    const { params } = await known;
    took.open.push(performance.now() - started);
    if (params.diagnostics.length > 0)
      throw new Error(
        `${name} finds fault with the benchmark’s own playbook: ${JSON.stringify(params.diagnostics[0])}`,
      );
    let version = 1;
    const type = (place, what) => {
      version++;
      const range = { start: place, end: { line: place.line, character: place.character + (what === '' ? 1 : 0) } };
      server.notify('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [{ range, text: what }],
      });
    };
    // That a word is none of those allowed both have to find.
    const wrong = { ...places[1].value, character: places[1].value.character + 'continue'.length };
    for (const what of ['x', '']) {
      known = told();
      type(wrong, what);
      const found = (await known).params.diagnostics.length;
      if (found > 0 !== (what === 'x')) throw new Error(`${name} finds ${found} faults after ${JSON.stringify(what)}`);
    }
    // A word's last letter comes and goes, all over the document.
    for (let edit = 0; edit < edits; edit++) {
      const place = places[(edit * 7 + round) % places.length];
      for (const what of ['x', '']) {
        known = told();
        started = performance.now();
        type(place.word, what);
        if (what === '') {
          await server.request('textDocument/completion', { textDocument, position: place.value });
          if (edit >= WARM) took.completion.push(performance.now() - started);
          await known;
        } else {
          await known;
          if (edit >= WARM) took.edit.push(performance.now() - started);
        }
      }
      started = performance.now();
      await server.request('textDocument/hover', { textDocument, position: place.key });
      if (edit >= WARM) took.hover.push(performance.now() - started);
    }
    // The peer's delay starts anew at each key, so that of a burst tells nothing new.
    for (let burst = 0; burst < (debounce === 0 ? BURSTS : 0); burst++) {
      // After a pause the processor has turned to other things, and so it has between the keys of a burst.
      await wait(KEYS * BETWEEN_KEYS);
      took.single.push(await keys(1, server, uri, places[burst].word, type, () => version));
      took.burst.push(await keys(KEYS, server, uri, places[burst].word, type, () => version));
    }
    took.peakMB = Math.max(took.peakMB, await server.stop());
  }
  const p95 = (key) => quantile(took[key], 0.95);
  return {
    open: p95('open'),
    edit: p95('edit'),
    completion: p95('completion'),
    hover: p95('hover'),
    peakMB: took.peakMB,
    single: took.single.length > 0 ? median(took.single) : 0,
    burst: took.burst.length > 0 ? median(took.burst) : 0,
  };
}

/** From the last of so many keys to what is wrong with the text that they left. */
async function keys(count, server, uri, place, type, version) {
  const last = version() + count;
  const known = server.next(
    ({ method, params }) =>
      method === 'textDocument/publishDiagnostics' && params.uri === uri && params.version === last,
  );
  let started = 0;
  const begun = performance.now();
  for (let key = 0; key < count; key++) {
    await wait(Math.max(0, begun + key * BETWEEN_KEYS - performance.now()));
    started = performance.now();
    type({ line: place.line, character: place.character + key }, 'x');
  }
  await known;
  return performance.now() - started;
}

/** Where to type a letter, to complete a word and to look at a key, in steps all over a text. */
function placesIn(text) {
  const all = text.split('\n');
  return all.flatMap((line, index) => {
    const word = line.indexOf('a.example');
    const value = (all[index + 1] ?? '').indexOf('on-error: ');
    if (word < 0 || value < 0) return [];
    return [
      {
        word: { line: index, character: word + 'a.example'.length },
        value: { line: index + 1, character: value + 'on-error: '.length },
        key: { line: index - 1, character: (all[index - 1] ?? '').indexOf('action') + 2 },
      },
    ];
  });
}
