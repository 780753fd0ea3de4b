import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { linesOf } from '../lines.test.js';
import type { CacaoFacts } from './extension.js';
import { readExport } from './read-export.js';
import { cacaoOf, cacaoText } from './write.js';

/** Like a UUID of version 5; the real one is tested where it is made. */
const idOf = (name: string): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5');

const FACTS: CacaoFacts = {
  file: 'small.playbook.yaml',
  created: '2026-01-31T00:00:00.000Z',
  modified: '2026-01-31T00:00:00.000Z',
  effects: { 'edr.lookup': 'read', 'edr.isolate': 'contain', 'case.note': 'record' },
  calls: {},
};

const playbook = (steps: string, head = ''): string => `playbook: small
version: 1.0.0
title: Small
operating-model: ai-soc
owner: soc
accountable: soc-manager
catalogs: [small.tools.yaml]
policy: small.policy.yaml
trigger: { class: detection_finding }
${head}
steps:
${steps.replace(/^(?=.)/gm, '  ')}`;

function exported(text: string, facts = FACTS): string {
  const written = cacaoOf(text, facts, idOf);
  assert.ok(written.ok, written.ok ? '' : written.why);
  return cacaoText(written.cacao);
}

const ISOLATE = `- id: isolate
  title: Isolate
  action: edr.isolate
  with: { host: a }
`;
const GATE = `- id: ask
  title: Ask
  gate: { ask: Isolate it?, grants: [isolate], approvers: { roles: [lead] }, timeout: 15m }
`;

describe('Writing CACAO', () => {
  const reads = (steps: string, head = ''): readonly string[] =>
    linesOf(exported(playbook(steps, head))).map((line) => line.replace(/(proven|violated|unknown), .*$/, '$1'));

  it('an act behind a gate is read as one behind a yes, whatever happens when nobody says yes', () => {
    const behind = ['Isolate: edr.isolate (contain) approve proven'];
    assert.deepEqual(reads(GATE + ISOLATE), behind);
    assert.deepEqual(
      reads(`${GATE}  on-reject: continue\n  on-timeout: continue\n  on-error: continue\n${ISOLATE}`),
      behind,
    );
    assert.deepEqual(reads(`${ISOLATE}  approval: { roles: [lead], timeout: 15m }\n`), behind);
  });

  it('an act that nothing approves is not in the graph as one that runs', () => {
    assert.deepEqual(reads(ISOLATE), ['Isolate: edr.isolate (contain) autonomous proven']);
    assert.match(linesOf(exported(playbook(ISOLATE)))[0] ?? '', /proven$/, 'no path leads to it');
    const one = GATE.replace('[isolate]', '[other]');
    assert.match(reads(one + ISOLATE)[0] ?? '', /proven$/);
  });

  it('an act a person performs, and one nobody is asked about, are read as what they are', () => {
    assert.deepEqual(reads(`${ISOLATE}  autonomy: assist\n`), ['Isolate: edr.isolate (contain) assist proven']);
    assert.deepEqual(reads(`${ISOLATE}  autonomy: autonomous\n`), [
      'Isolate: edr.isolate (contain) autonomous violated',
    ]);
    assert.deepEqual(reads(`${ISOLATE}  autonomy: autonomous\n`, 'autonomy: assist'), [
      'Isolate: edr.isolate (contain) assist proven',
    ]);
  });

  it('what an agent proposes stands behind it, each call with its approval', () => {
    const agent = `- id: look
  title: Look
  agent: { goal: Look at it., tools: [edr.lookup, edr.isolate], output: { verdict: { type: string } } }
  approval: { roles: [lead] }
`;
    assert.deepEqual(
      reads(agent).filter((line) => line.includes('isolate')),
      ['Look: edr.isolate, if the agent proposes it: edr.isolate (contain) approve proven'],
    );
    const text = exported(playbook(agent.replace('  approval: { roles: [lead] }\n', '  autonomy: autonomous\n')));
    assert.match(text, /"type": "countersign-tool",\s+"command": "edr.isolate"\s+\}\s+\]/, 'it calls it itself');
  });

  it('is not written where the text is not what a graph could say', () => {
    const why = (text: string): string => {
      const written = cacaoOf(text, FACTS, idOf);
      return written.ok ? '' : written.why;
    };
    assert.match(why('- a'), /fault/);
    assert.match(why(playbook(ISOLATE + ISOLATE)), /Two steps are called "isolate"/);
    assert.match(why(playbook('- id: other\n  call: other.playbook.yaml\n')), /which playbook that is cannot be told/);
    assert.match(
      why(
        playbook(
          "- id: way\n  switch: '1'\n  cases:\n    default:\n      - id: end\n        stop: { outcome: completed }\n",
        ),
      ),
      /two ways for "default"/,
    );
  });
});

describe('Reading an export', () => {
  const text = exported(playbook(GATE + ISOLATE));
  const why = (changed: string): string => {
    const read = readExport(changed, idOf);
    return read.ok ? 'read' : read.why;
  };

  it('gives the text back, whatever the layout of the JSON', () => {
    assert.deepEqual(readExport(JSON.stringify(JSON.parse(text)), idOf), {
      ok: true,
      source: playbook(GATE + ISOLATE),
      file: FACTS.file,
      calls: {},
    });
  });

  it('refuses a text that is not what the graph says, and a graph that is not what the text says', () => {
    const widened = JSON.stringify(playbook(`${ISOLATE}  autonomy: autonomous\n`));
    const swapped = text.replace(JSON.stringify(playbook(GATE + ISOLATE)), widened);
    assert.notEqual(swapped, text);
    assert.match(why(swapped), /is not what the file says at \//);
    const turned = text.replace("'approved'", "'rejected'");
    assert.notEqual(turned, text);
    assert.match(why(turned), /at \/workflow\/if-condition--.*\/condition/);
    assert.match(why(text.replace('"version": 1,', '"version": 2,')), /not as this version writes it/);
    assert.match(why(text.replace('small.playbook.yaml"', '../small.playbook.yaml"')), /not as this version/);
  });

  it('refuses a file that readers of JSON may read differently', () => {
    const twice = text.replace('"type": "playbook"', '"type": "playbook", "type": "playbook"');
    assert.match(why(twice), /Its JSON has a fault/);
  });

  it('knows what is none of ours', () => {
    for (const other of ['', '[]', '{}', '{ "type": "playbook", "workflow": {} }', 'playbook: small'])
      assert.deepEqual([readExport(other, idOf).ok, 'foreign' in readExport(other, idOf)], [false, true], other);
  });
});
