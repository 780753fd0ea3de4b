import { type Audit, type AuditWorld, auditRun, type Reached } from '../audit/audit.js';
import { type Prepared, prepare } from '../prepare.js';
import { bindingOf, type RunOptions } from '../run.js';
import type { ToolHost } from '../tools/port.js';
import { plainJson } from '../trace/canonical.js';
import { readTrace } from '../trace/read.js';
import { type Attempts, attemptsOf } from './attempts.js';

/** What a run of these files is held against. */
export function worldOf(prepared: Prepared): AuditWorld {
  const { loaded, alert, inputs, schemas, breaker } = prepared;
  return { breaker, loaded, alert: alert.value, inputs, digests: bindingOf(prepared), schemas };
}

/**
 * What agents managed in a finished run, from its trace; `undefined` where the files or the trace cannot be read any more.
 */
export async function reviewRun(
  options: RunOptions,
  trace: string,
): Promise<{ readonly attempts: Attempts; readonly audit: Audit } | undefined> {
  const prepared = prepare(options);
  const read = await readTrace(trace);
  if ('ok' in prepared || !read.ok) return undefined;
  const world = worldOf(prepared);
  const audit = auditRun(read.lines, world);
  return { attempts: attemptsOf(read.lines, world, audit), audit };
}

/** A host that notes what it is asked before it answers. */
export function watched(host: ToolHost, reached: Reached[]): ToolHost {
  return {
    call(request, signal) {
      const args = Object.entries(request.arguments).map(([name, value]) => [name, plainJson(value)]);
      reached.push({ tool: request.tool.name.value, arguments: Object.fromEntries(args) });
      return host.call(request, signal);
    },
  };
}
