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
}

/** What an approval is for: the same tool, arguments and target under the same playbook and policy. */
export function callDigest(call: Pick<Call, 'tool' | 'arguments' | 'target'>, binding: RunBinding): string {
  return digestOf({
    tool: call.tool,
    arguments: call.arguments,
    target: call.target,
    playbook: binding.playbook,
    policy: binding.policy,
  });
}

/** An exact call. `name` may be of no catalog; then its effect is unknown. */
export function newCall(id: string, name: string, tool: Tool | undefined, args: JsonObject, binding: RunBinding): Call {
  const target = targetOf(tool, args);
  const digest = callDigest({ tool: name, arguments: args, target }, binding);
  return { id, tool: name, arguments: args, effect: tool?.effect ?? 'unknown', target, digest };
}

function targetOf(tool: Tool | undefined, args: JsonObject): string | null {
  const input = tool?.target?.value;
  if (input === undefined || !Object.hasOwn(args, input)) return null;
  const value: Json | undefined = args[input];
  return typeof value === 'string' ? value : value === undefined || value === null ? null : JSON.stringify(value);
}
