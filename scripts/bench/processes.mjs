// Programs as their users meet them: started anew, and measured from outside.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Has Node note the most memory it had at a time, and the processor time it took, when it ends. */
function peakOf(scratch) {
  const hook = path.join(scratch, 'peak.cjs');
  const result = path.join(scratch, 'peak.txt');
  writeFileSync(
    hook,
    `if (require('node:worker_threads').isMainThread) process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(result)}, (({ maxRSS, userCPUTime, systemCPUTime }) => maxRSS + ' ' + (userCPUTime + systemCPUTime))(process.resourceUsage())));\n`,
  );
  const noted = (at) => Number(readFileSync(result, 'utf8').split(' ')[at]);
  return { hook, megabytes: () => noted(0) / 1024, cpu: () => noted(1) / 1000 };
}

/**
 * Runs Node to its end.
 * @returns {Promise<{ ms: number, cpu: number, peakMB: number, code: number }>} wall time, processor time without that of other
 *   programs it started, and the most memory it had at a time
 */
export async function run(args, cwd, scratch, env = process.env) {
  const peak = peakOf(scratch);
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', peak.hook, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  const ms = performance.now() - started;
  return { ms, cpu: peak.cpu(), peakMB: peak.megabytes(), code };
}

/**
 * A language server in a process of its own. `initialized` is how long that took from the start, in milliseconds; `stop`
 * tells the most memory it had at a time, in megabytes.
 */
export async function startServer(program, scratch, { capabilities = {}, answer = () => null, flags = [] } = {}) {
  const peak = peakOf(scratch);
  const started = performance.now();
  const child = spawn(process.execPath, [...flags, '--require', peak.hook, program, '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Set();
  let rest = Buffer.alloc(0);
  child.stdout.on('data', (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(rest.toString('ascii', 0, head))?.[1]);
      if (rest.length < head + 4 + length) return;
      const message = JSON.parse(rest.toString('utf8', head + 4, head + 4 + length));
      rest = rest.subarray(head + 4 + length);
      take(message);
    }
  });
  const take = (message) => {
    if (message.method !== undefined && message.id !== undefined)
      send({ id: message.id, result: answer(message.method, message.params) });
    for (const one of waiting) {
      if (!one.wanted(message)) continue;
      waiting.delete(one);
      one.resolve(message);
    }
  };
  const send = (message) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  let id = 0;
  /** The next message that is wanted. */
  const next = (wanted) => new Promise((resolve) => waiting.add({ wanted, resolve }));
  const request = async (method, params) => {
    const own = ++id;
    const reply = next((message) => message.id === own && message.method === undefined);
    send({ id: own, method, params });
    const { result, error } = await reply;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  await request('initialize', { processId: process.pid, rootUri: null, capabilities });
  const initialized = performance.now() - started;
  send({ method: 'initialized', params: {} });
  return {
    initialized,
    notify: (method, params) => send({ method, params }),
    request,
    next,
    async stop() {
      const ended = once(child, 'exit');
      await request('shutdown', null);
      send({ method: 'exit' });
      await ended;
      return peak.megabytes();
    },
  };
}
