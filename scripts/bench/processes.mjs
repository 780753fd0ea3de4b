// Programs as their users meet them: started anew, and measured from outside.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Runs Node to its end.
 * @returns {Promise<{ ms: number, peakMB: number, code: number }>} wall time, and the most memory it had at a time
 */
export async function run(args, cwd, scratch) {
  const hook = path.join(scratch, 'peak.cjs');
  const result = path.join(scratch, 'peak.txt');
  writeFileSync(
    hook,
    `if (require('node:worker_threads').isMainThread) process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(result)}, String(process.resourceUsage().maxRSS)));\n`,
  );
  const started = performance.now();
  const child = spawn(process.execPath, ['--require', hook, ...args], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  const ms = performance.now() - started;
  return { ms, peakMB: Number(readFileSync(result, 'utf8')) / 1024, code };
}

/** A language server in a process of its own. `initialized` is how long that took from the start, in milliseconds. */
export async function startServer(program) {
  const started = performance.now();
  const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
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
      for (const one of waiting) {
        if (!one.wanted(message)) continue;
        waiting.delete(one);
        one.resolve(message);
      }
    }
  });
  const send = (message) => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
    child.stdin.write(body);
  };
  /** The next message that is wanted. */
  const next = (wanted) => new Promise((resolve) => waiting.add({ wanted, resolve }));
  const reply = next((message) => message.id === 1);
  send({ id: 1, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: {} } });
  await reply;
  const initialized = performance.now() - started;
  send({ method: 'initialized', params: {} });
  return {
    initialized,
    notify: (method, params) => send({ method, params }),
    next,
    async stop() {
      const ended = once(child, 'exit');
      send({ id: 2, method: 'shutdown' });
      send({ method: 'exit' });
      await ended;
    },
  };
}
