// Runs of our own for the bench: one agent step over the real engine, with a model that calls one tool again and again.
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runEngine } from '../../out/runner/engine/engine.js';
import { denyingApprover, randomIds, runPlaybook, systemClock } from '../../out/runner/index.js';
import { partsOf, prepare, toolsOf } from '../../out/runner/run.js';
import { ARGUMENTS } from './task.mjs';
import { agent, FILES } from './texts.mjs';

/** Writes a trace, on disk before a tool is reached. Returns how many calls were made. */
export async function runDurably(folder, count, turn) {
  const options = optionsOf(folder, count, turn);
  let done = 0;
  const reply = await runPlaybook({
    ...options,
    onEvent: (line) => {
      if (isDone(line)) done++;
    },
  });
  if (!reply.ok || reply.result.outcome !== 'completed') throw new Error(`It failed: ${JSON.stringify(reply)}`);
  rmSync(options.tracePath);
  return done;
}

/** Only keeps the events, and returns them. */
export async function runInMemory(folder, count, turn) {
  const options = optionsOf(folder, count, turn);
  const prepared = prepare(options);
  if ('ok' in prepared) throw new Error(prepared.message);
  const events = [];
  const journal = {
    get lines() {
      return events.length;
    },
    write: async (event, step, actor, data) => events.push({ event, step, actor, data }),
  };
  const tools = await toolsOf(options, prepared);
  if ('ok' in tools) throw new Error(tools.message);
  const { outcome, reason } = await runEngine(partsOf(options, prepared, journal, tools));
  await tools.close();
  if (outcome !== 'completed') throw new Error(`It failed: ${reason}`);
  return events;
}

/** Whether an event is a call that was made and answered. */
export const isDone = ({ event, data }) => event === 'executed' && data.ok;

function optionsOf(folder, count, turn) {
  const sample = agent(count);
  const texts = {
    ...FILES,
    'agent.playbook.yaml': sample.playbook,
    'agent.case.yaml': sample.case,
    'calls.alert.json': sample.alert,
  };
  for (const [file, text] of Object.entries(texts)) writeFileSync(path.join(folder, file), text);
  return {
    playbookPath: path.join(folder, 'agent.playbook.yaml'),
    casePath: path.join(folder, 'agent.case.yaml'),
    tracePath: path.join(folder, 'agent.trace.jsonl'),
    model: () => ({ ok: true, model: scripted(turn) }),
    approver: () => denyingApprover(),
    clock: systemClock,
    ids: randomIds,
    user: 'bench',
    signal: new AbortController().signal,
  };
}

/** @param turn the number of the call to propose now; `undefined` when it is time to answer */
function scripted(turn) {
  const usage = { inputTokens: 1, outputTokens: 1, usd: 0 };
  return {
    provider: 'scripted',
    id: 'bench',
    ai: false,
    note: 'Not AI: calls one tool again and again.',
    async complete() {
      const call = turn();
      const answered = call === undefined;
      return {
        kind: 'ok',
        stopReason: answered ? 'end' : 'tool-calls',
        text: answered ? 'Done.' : '',
        calls: answered ? [] : [{ id: `c-${call}`, tool: 'intel.domain_reputation', arguments: ARGUMENTS }],
        output: answered ? { summary: 'Done.' } : undefined,
        usage,
      };
    },
  };
}
