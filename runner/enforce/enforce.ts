import { type Floor, stopReason, within } from '../deadline.js';
import { callDigest, type RunBinding, taggedTarget } from '../decide/call.js';
import { type DecideInput, type Decision, decide } from '../decide/decide.js';
import type { Clock, Ids } from '../ports.js';
import type { Actor, Call, Json, JsonObject, SourcePlace } from '../protocol/trace.js';
import type { ToolAnswer, ToolHost } from '../tools/port.js';
import { canonical, plainJson } from '../trace/canonical.js';
import type { Journal } from '../trace/journal.js';
import { isJsonObject } from '../trace/json-object.js';

/** Leave to run one exact call once. Only `authorize` makes one that `execute` takes: copies and look-alikes are refused. */
export interface Permit {
  readonly id: string;
}

export interface Authorization {
  readonly decision: Decision;
  /** Present exactly when the decision is `permit`. */
  readonly permit: Permit | undefined;
}

export type Execution =
  | { readonly kind: 'executed'; readonly ok: true; readonly result: Json; readonly simulated: boolean }
  | { readonly kind: 'executed'; readonly ok: false; readonly error: string; readonly simulated: boolean }
  /** Nothing was run. */
  | { readonly kind: 'refused'; readonly rule: RefusalRule; readonly reason: string };

export type RefusalRule =
  | 'permit-unknown'
  | 'permit-used'
  | 'permit-of-another-call'
  | 'permit-expired'
  | 'permit-of-another-policy'
  | 'cancelled';

/** The only way to a tool. */
export interface Enforcer {
  /** Decides, writes `authorized`, and gives a permit when, and only when, the decision is to permit. */
  authorize(
    input: Omit<DecideInput, 'call' | 'target' | 'now'> & { readonly call: Call },
    place: SourcePlace | null,
  ): Promise<Authorization>;
  /**
   * Runs the call a permit was given for. The permit is spent whatever happens. `intent` is on disk before the tool is
   * reached and `executed` follows; rejects when the journal does, and then nothing further may run. Once `signal` aborts
   * no call is made any more, nor once the run is stopped from outside, which is looked at right before the call: an intent
   * that is not carried out then is followed by `withheld`. After `limit` (milliseconds) or when `abandon` aborts, the tool's answer is no longer waited
   * for. The two are one unless given apart: another branch may end this one, which does not undo an effect under way.
   */
  execute(
    permit: Permit,
    call: Call,
    actor: Actor,
    signal: AbortSignal,
    limit?: number,
    abandon?: AbortSignal,
  ): Promise<Execution>;
}

export interface EnforcerParts {
  readonly binding: RunBinding;
  readonly journal: Pick<Journal, 'write'>;
  readonly host: ToolHost;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Given up while a tool is waited for. */
  readonly floor?: Floor;
  /**
   * Why the run is to end, once somebody outside of it said so. Looked at right before each call, in the same turn of the
   * event loop, so that no order given before the call is overlooked.
   */
  readonly stopped?: () => string | undefined;
}

const ENGINE: Actor = { kind: 'engine', id: 'countersign' };

interface Bound {
  readonly run: string;
  readonly step: string;
  readonly call: string;
  readonly tool: NonNullable<DecideInput['tool']>;
  /** The enforcer's own copy: what was decided on, whatever becomes of the object it came in. */
  readonly arguments: JsonObject;
  readonly digest: string;
  readonly policy: string | null;
  readonly expires: number | null;
  used: boolean;
}

export function createEnforcer({
  binding,
  journal,
  host,
  clock,
  ids,
  floor,
  stopped = () => undefined,
}: EnforcerParts): Enforcer {
  const permits = new WeakMap<Permit, Bound>();

  const refusalOf = (bound: Bound | undefined, call: Call, signal: AbortSignal): [RefusalRule, string] | undefined => {
    if (!bound) return ['permit-unknown', 'This permit was not given here.'];
    if (bound.used) return ['permit-used', 'This permit was used before; a permit is for one execution.'];
    bound.used = true;
    if (bound.run !== binding.run || bound.call !== call.id || bound.tool.name.value !== call.tool) {
      return ['permit-of-another-call', 'This permit is for another call.'];
    }
    if (bound.policy !== binding.policy)
      return ['permit-of-another-policy', 'The policy is not the one it was decided under.'];
    if (call.digest !== bound.digest || callDigest(call, binding) !== bound.digest) {
      return ['permit-of-another-call', 'The call was changed after it was decided on.'];
    }
    if (bound.expires !== null && !(clock.now() < bound.expires)) {
      return ['permit-expired', 'The approval it rests on expired before the call was made.'];
    }
    const stop = stopFor(signal);
    return stop === undefined ? undefined : ['cancelled', `${stop} before the call.`];
  };

  /** Why no effect may begin any more. The order from outside first: it aborts the signal as well. */
  const stopFor = (signal: AbortSignal): string | undefined => {
    const order = stopped();
    return order ?? (signal.aborted ? stopReason(signal) : undefined);
  };

  return {
    async authorize(input, place) {
      const { call } = input;
      const honest = callDigest(call, binding) === call.digest;
      const decision: Decision = honest
        ? decide({ ...input, target: taggedTarget(input.tool, call.arguments), now: clock.now() })
        : { decision: 'deny', rule: 'undecidable', reason: 'The digest of the call is not that of its content.' };
      await journal.write('authorized', input.step.id, ENGINE, {
        call: call.id,
        tool: call.tool,
        decision: decision.decision,
        rule: decision.rule,
        reason: decision.reason,
        place,
      });
      if (decision.decision !== 'permit' || input.tool === undefined) return { decision, permit: undefined };
      const permit: Permit = Object.freeze({ id: ids.next('permit') });
      permits.set(permit, {
        run: binding.run,
        step: input.step.id,
        call: call.id,
        tool: input.tool,
        arguments: copyOf(call.arguments),
        digest: call.digest,
        policy: binding.policy,
        expires: decision.approval?.expires ?? null,
        used: false,
      });
      return { decision, permit };
    },

    async execute(permit, call, actor, signal, limit, abandon = signal) {
      const bound = permits.get(permit);
      const refusal = refusalOf(bound, call, signal);
      if (refusal || !bound) {
        const [rule, reason] = refusal ?? ['permit-unknown', 'This permit was not given here.'];
        await journal.write('authorized', bound?.step ?? null, ENGINE, {
          call: call.id,
          tool: call.tool,
          decision: 'deny',
          rule,
          reason,
          place: null,
        });
        return { kind: 'refused', rule, reason };
      }
      const simulated = bound.tool.effect !== 'read';
      await journal.write('intent', bound.step, actor, {
        call: bound.call,
        tool: bound.tool.name.value,
        digest: bound.digest,
        permit: permit.id,
        simulated,
      });
      // While the intent went to the disk somebody may have ended the run. From here to the call nothing else can come between.
      const stop = stopFor(signal);
      if (stop !== undefined) {
        const reason = `${stop} before the call.`;
        await journal.write('withheld', bound.step, ENGINE, {
          call: bound.call,
          tool: bound.tool.name.value,
          reason,
        });
        return { kind: 'refused', rule: 'cancelled', reason };
      }
      const answer = await answerOf(host, bound, simulated, { clock, floor, signal: abandon, limit });
      const result = answer.ok ? plainJson(answer.output) : { error: answer.error };
      await journal.write('executed', bound.step, ENGINE, {
        call: bound.call,
        tool: bound.tool.name.value,
        simulated,
        ok: answer.ok,
        result,
        source: answer.source,
      });
      return answer.ok
        ? { kind: 'executed', ok: true, result, simulated }
        : { kind: 'executed', ok: false, error: answer.error, simulated };
    },
  };
}

interface Waiting {
  readonly clock: Clock;
  readonly floor: Floor | undefined;
  readonly signal: AbortSignal;
  readonly limit: number | undefined;
}

async function answerOf(
  host: ToolHost,
  { tool, arguments: args }: Bound,
  simulate: boolean,
  { clock, floor, signal, limit }: Waiting,
): Promise<ToolAnswer> {
  const request = { tool, arguments: args, simulate };
  const waited = await within((ended) => host.call(request, ended), limit, clock, signal, floor);
  const unknown = tool.effect === 'read' ? '' : ' Whether it took effect is not known.';
  switch (waited.kind) {
    case 'done':
      return waited.value;
    case 'timed-out':
      return { ok: false, error: `${tool.name.value} did not answer in time.${unknown}`, source: 'engine' };
    case 'cancelled':
      return { ok: false, error: `${stopReason(signal)} while ${tool.name.value} ran.${unknown}`, source: 'engine' };
  }
}

function copyOf(args: JsonObject): JsonObject {
  const copy: Json = JSON.parse(canonical(args));
  return isJsonObject(copy) ? copy : {};
}
