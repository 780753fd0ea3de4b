import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ocsfOf } from '../runner/export/ocsf.js';
import { otlpOf, sendOtlp } from '../runner/export/otlp.js';
import { spansOf } from '../runner/export/spans.js';
import { createModel, randomIds, runPlaybook, scriptedApprover, systemClock, type TraceLine } from '../runner/index.js';
import { readTrace } from '../runner/trace/read.js';
import { EXPORTS, exportsOfSample } from './exports.js';
import { repository } from './platform/repository.js';

const LIBRARY = path.join(repository, 'playbooks');

describe('exports', () => {
  let folder: string;
  const runs: TraceLine[][] = [];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'countersign-exports-'));
    for (const file of ['credential-phish', 'password-spray', 'loader-one-approver', 'prompt-injection']) {
      const casePath = path.join(LIBRARY, 'cases', `${file}.case.yaml`);
      const [, playbook] = /^playbook: *(\S+)/m.exec(readFileSync(casePath, 'utf8')) ?? [];
      const tracePath = path.join(folder, `${file}.trace.jsonl`);
      const reply = await runPlaybook({
        playbookPath: path.join(LIBRARY, `${playbook}.playbook.yaml`),
        casePath,
        tracePath,
        model: (sample) => createModel('rehearsal', { case: sample, clock: systemClock }),
        approver: scriptedApprover,
        clock: systemClock,
        ids: randomIds,
        user: 'tester',
        signal: new AbortController().signal,
      });
      assert.ok(reply.ok, reply.ok ? '' : reply.message);
      const read = await readTrace(tracePath);
      assert.ok(read.ok && read.verification.valid);
      runs.push([...read.lines]);
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('of a small trace are what they were', async () => {
    const made = await exportsOfSample();
    assert.deepEqual([...made.keys()].sort(), readdirSync(EXPORTS).sort());
    for (const [name, text] of made) {
      const before: unknown = JSON.parse(readFileSync(path.join(EXPORTS, name), 'utf8'));
      assert.deepEqual(JSON.parse(text), before, `${name}: npm run vectors`);
    }
  });

  it('to OpenTelemetry have one root, parents that began before, times that nest, and ids that stay the same', () => {
    for (const lines of runs) {
      const spans = spansOf(lines);
      const byId = new Map(spans.map((span) => [span.id, span]));
      assert.equal(byId.size, spans.length);
      const [root, ...others] = spans;
      assert.equal(root?.parent, undefined);
      for (const span of others) {
        const parent = byId.get(span.parent ?? '');
        assert.ok(parent, `${span.name} has no parent`);
        assert.ok(spans.indexOf(parent) < spans.indexOf(span));
        assert.ok(parent.start <= span.start && span.end <= parent.end, `${span.name} in ${parent.name}`);
      }
      for (const { start, end, events } of spans) {
        assert.ok(start <= end);
        for (const { time } of events) assert.ok(start <= time && time <= end);
      }
      assert.deepEqual(spansOf(lines), spans);
      assert.ok(spans.every(({ attributes }) => attributes['countersign.unfinished'] === undefined));
    }
  });

  it('to OpenTelemetry have a span for every call, turn, agent step and gate, by the names of the conventions', () => {
    for (const lines of runs) {
      const count = (event: TraceLine['event']): number => lines.filter((line) => line.event === event).length;
      const named = (prefix: string): number => spansOf(lines).filter(({ name }) => name.startsWith(prefix)).length;
      assert.equal(named('execute_tool '), count('intent'));
      assert.equal(named('chat '), count('model.request'));
      assert.equal(named('countersign.gate '), count('gate.opened'));
      assert.equal(named('invoke_workflow '), 1);
      const agents = lines.filter((line) => line.event === 'step.entered' && line.data.kind === 'agent').length;
      assert.equal(named('invoke_agent '), agents);
      for (const { name, attributes } of spansOf(lines)) {
        const operation = attributes['gen_ai.operation.name'];
        if (operation !== undefined) assert.ok(name.startsWith(`${operation} `), name);
      }
    }
  });

  it('to OpenTelemetry have a gate that is asked afresh, and a call that is withheld, end where they do', () => {
    const [lines = []] = runs;
    const asked = lines.findIndex(({ event }) => event === 'gate.opened');
    const again = [...lines.slice(0, asked + 1), ...lines.slice(asked)].map((line, seq) => ({ ...line, seq }));
    const gates = spansOf(again).filter(({ name }) => name.startsWith('countersign.gate '));
    assert.ok(gates.length > 1);
    assert.ok(gates.every(({ attributes }) => attributes['countersign.unfinished'] === undefined));
  });

  it('of a run that did not end, end with the trace and say so', () => {
    for (const lines of runs) {
      for (const length of [1, Math.floor(lines.length / 2), lines.length - 1]) {
        const spans = spansOf(lines.slice(0, length));
        assert.equal(spans[0]?.attributes['countersign.unfinished'], true);
        for (const { parent, end } of spans) {
          const above = spans.find(({ id }) => id === parent);
          assert.ok(above === undefined || end <= above.end);
        }
      }
    }
  });

  it('to OTLP are JSON as the protocol maps it', () => {
    for (const lines of runs) {
      const text = JSON.stringify(otlpOf(lines));
      for (const [, id = ''] of text.matchAll(/"traceId":"([^"]*)"/g)) assert.match(id, /^[0-9a-f]{32}$/);
      for (const [, id = ''] of text.matchAll(/"(?:parentS|s)panId":"([^"]*)"/g)) assert.match(id, /^[0-9a-f]{16}$/);
      for (const [, time = ''] of text.matchAll(/UnixNano":("[^"]*"|[^,}]*)/g)) assert.match(time, /^"\d{19}"$/);
    }
  });

  it('carry nothing of what alert, tools and models said', () => {
    for (const lines of runs) {
      const texts = `${JSON.stringify(otlpOf(lines))}${JSON.stringify(ocsfOf(lines))}`;
      for (const line of lines) {
        if (line.event === 'model.response' && line.data.text.length > 40)
          assert.ok(!texts.includes(inText(line.data.text)));
        if (line.event === 'executed') {
          const result = JSON.stringify(line.data.result);
          if (result.length > 20) assert.ok(!texts.includes(result) && !texts.includes(inText(result)));
        }
      }
    }
  });

  it('to OCSF have what their classes require, and an event for every call that was made or denied', () => {
    // Required of every class (base_event), and of each, in OCSF 1.6.0.
    const BASE = ['activity_id', 'category_uid', 'class_uid', 'metadata', 'severity_id', 'time', 'type_uid'];
    const CLASSES: {
      readonly [uid: number]: { readonly required: readonly string[]; readonly activities: readonly number[] };
    } = {
      2004: { required: ['finding_info'], activities: [1, 2, 3] },
      6002: { required: ['app'], activities: [3, 4] },
      6003: { required: ['actor', 'api', 'src_endpoint'], activities: [1, 2, 3, 4, 99] },
    };
    for (const lines of runs) {
      const events = ocsfOf(lines).map((event): { readonly [name: string]: unknown } => ({ ...event }));
      for (const event of events) {
        const known = CLASSES[Number(event.class_uid)];
        assert.ok(known);
        for (const name of [...BASE, ...known.required])
          assert.ok(event[name] !== undefined, `${event.class_uid} ${name}`);
        assert.equal(event.type_uid, Number(event.class_uid) * 100 + Number(event.activity_id));
        assert.equal(Number(event.category_uid), Math.floor(Number(event.class_uid) / 1000));
        assert.ok(known.activities.includes(Number(event.activity_id)));
        assert.ok(event.activity_id !== 99 || typeof event.activity_name === 'string');
      }
      const made = lines.filter((line) => line.event === 'executed').length;
      // An answer of a person that does not count is no denial of the call: that may be approved next.
      const denied = lines.filter(
        (line) => line.event === 'authorized' && line.data.decision === 'deny' && line.actor.kind !== 'human',
      ).length;
      const decided = lines.filter((line) => line.event === 'decided').length;
      const api = events.filter((event) => event.class_uid === 6003);
      assert.equal(api.length, made + denied + decided);
      assert.equal(api.filter((event) => event.action_id === 2).length, denied);
      assert.equal(events.filter((event) => event.class_uid === 6002).length, 2);
    }
  });

  it('are sent to the address that was given, and what it says is told', async () => {
    const bodies: string[] = [];
    const answers: { readonly status: number; readonly body: string; readonly headers?: object }[] = [];
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        bodies.push(`${request.method} ${request.url} ${request.headers['content-type']} ${Buffer.concat(parts)}`);
        const { status = 200, body = '{}', headers = {} } = answers.shift() ?? {};
        response.writeHead(status, { ...headers }).end(body);
      });
    });
    const port = await listen(server);
    try {
      const url = `http://127.0.0.1:${port}/v1/traces`;
      const request = otlpOf(runs[0] ?? []);
      assert.deepEqual(await sendOtlp(url, request, fetch), { ok: true });
      assert.equal(bodies[0], `POST /v1/traces application/json ${JSON.stringify(request)}`);
      answers.push(
        { status: 503, body: 'no' },
        { status: 200, body: '{"partialSuccess":{"rejectedSpans":"3"}}' },
        { status: 307, body: '', headers: { location: `http://127.0.0.1:${port}/elsewhere` } },
      );
      const said = [];
      for (let i = 0; i < 3; i++) {
        const sent = await sendOtlp(url, request, fetch);
        said.push(sent.ok ? 'sent' : sent.message);
      }
      assert.match(said[0] ?? '', /it answered 503/);
      assert.match(said[1] ?? '', /it rejected 3 of them/);
      assert.match(said[2] ?? '', /could not be sent/);
      assert.equal(bodies.length, 4, 'nothing went elsewhere');
    } finally {
      server.closeAllConnections();
      server.close();
    }
    const refused = await sendOtlp(`http://127.0.0.1:${port}/`, {}, fetch);
    assert.match(refused.ok ? '' : refused.message, /could not be sent to .*\/: \w+/);
  });
});

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

/** As it would stand within a text of an export. */
function inText(said: string): string {
  return JSON.stringify(said).slice(1, -1);
}
