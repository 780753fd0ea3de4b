import type { Tool } from '../../language/model/catalog.js';
import type { BreakerReading } from '../breaker/breaker.js';
import type { Call, Json, JsonObject } from '../protocol/trace.js';
import type { SchemaCheck } from '../tools/schema-check.js';
import { canonical, digestOf, plainJson } from '../trace/canonical.js';
import { type AuditedPlaybook, placeOf } from './place.js';

/** What a trace is held against. */
export interface AuditWorld {
  readonly loaded: AuditedPlaybook;
  /** The alert of the run. */
  readonly alert: Json;
  /** What the playbook's `inputs` got. */
  readonly inputs: JsonObject | undefined;
  /** The digests calls are bound to, worked out from the files. */
  readonly digests: {
    readonly playbook: string;
    readonly policy: string | null;
    readonly callees?: readonly string[];
  };
  readonly schemas: SchemaCheck;
  /** What the policy's breaker comes to in the run; absent: it has none, or the run was made without it. */
  readonly breaker?: Pick<BreakerReading, 'judge'> | undefined;
  /**
   * What the tools were asked, in order, as seen where they are: the one witness that does not depend on who writes the
   * trace. Absent: only the trace is looked at.
   */
  readonly reached?: readonly Reached[];
}

export interface Reached {
  readonly tool: string;
  readonly arguments: JsonObject;
}

/** What a call acts on, for the tags of a policy: `null` where it is missing or no text. */
export function targetOf(tool: Tool | undefined, args: JsonObject): string | null {
  const value = targetValue(tool, args);
  return typeof value === 'string' ? value : null;
}

/** The digest of a call by docs/trace.md, of what it is and not of what it says it is. */
export function exactDigest(name: string, tool: Tool | undefined, args: JsonObject, { digests }: AuditWorld): string {
  const value = targetValue(tool, args);
  const target =
    typeof value === 'string' ? value : value === undefined || value === null ? null : JSON.stringify(value);
  const { playbook, policy, callees } = digests;
  return digestOf({
    tool: name,
    arguments: plainJson(args),
    target,
    playbook,
    policy,
    ...(callees && callees.length > 0 ? { callees } : {}),
  });
}

/** Of a call that people were shown. Where secrets were replaced in the trace, the digest that stood beside it is believed. */
export function digestOfShown(shown: Call, gate: string, world: AuditWorld): string {
  if (hasReplaced(shown.arguments)) return shown.digest;
  const tool = placeOf(world.loaded, gate)?.playbook.tools.get(shown.tool);
  return exactDigest(shown.tool, tool, shown.arguments, world);
}

/** Whether a part of what the trace has of a call was replaced as a secret. */
export function hasReplaced(args: JsonObject): boolean {
  return canonical(args).includes('[redacted:');
}

function targetValue(tool: Tool | undefined, args: JsonObject): Json | undefined {
  const name = tool?.target?.value;
  return name !== undefined && Object.hasOwn(args, name) ? args[name] : undefined;
}
