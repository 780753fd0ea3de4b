import type { Tool } from '../../language/model/catalog.js';
import type { Call, Json, JsonObject } from '../protocol/trace.js';
import { digestOf } from '../trace/canonical.js';

/** The digests every call of a run is bound to. */
export interface RunBinding {
  readonly run: string;
  /** Of the playbook's text. */
  readonly playbook: string;
  /** Of the policy's text; `null` without one. */
  readonly policy: string | null;
  /** Of the texts of the playbooks it calls, directly and through others, sorted. */
  readonly callees?: readonly string[];
}

/** What an approval is for: the same tool, arguments and target under the same playbooks and policy. */
export function callDigest(call: Pick<Call, 'tool' | 'arguments' | 'target'>, binding: RunBinding): string {
  // In canonical order, which is written down in a fraction of the time: it is made several times for each call.
  return digestOf({
    arguments: call.arguments,
    ...(binding.callees && binding.callees.length > 0 ? { callees: binding.callees } : {}),
    playbook: binding.playbook,
    policy: binding.policy,
    target: call.target,
    tool: call.tool,
  });
}

/** An exact call. `name` may be of no catalog; then its effect is unknown. */
export function newCall(id: string, name: string, tool: Tool | undefined, args: JsonObject, binding: RunBinding): Call {
  const target = targetOf(tool, args);
  const digest = callDigest({ tool: name, arguments: args, target }, binding);
  return { id, tool: name, arguments: args, effect: tool?.effect ?? 'unknown', target, digest };
}

/** What a call acts on, for the tags of a policy: `null` where the tool has no target, or it is missing or no text. */
export function taggedTarget(tool: Tool | undefined, args: JsonObject): string | null {
  const input = tool?.target?.value;
  const value = input === undefined || !Object.hasOwn(args, input) ? undefined : args[input];
  return typeof value === 'string' ? value : null;
}

function targetOf(tool: Tool | undefined, args: JsonObject): string | null {
  const input = tool?.target?.value;
  if (input === undefined || !Object.hasOwn(args, input)) return null;
  const value: Json | undefined = args[input];
  return typeof value === 'string' ? value : value === undefined || value === null ? null : JSON.stringify(value);
}
