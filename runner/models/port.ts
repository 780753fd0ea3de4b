import type { JsonSchema } from '../../language/model/json-schema.js';
import type { EntityType } from '../../language/model/levels.js';
import type { Json, JsonObject } from '../protocol/trace.js';

/**
 * Whatever answers an agent step, one turn at a time. A model is an adversary: everything in a response is a proposal,
 * and the engine decides. Implementations never reach tools, files or people.
 */
export interface ModelClient {
  readonly provider: string;
  /** Model id, or the stand-in's name. */
  readonly id: string;
  /** False for stand-ins that are not a model. */
  readonly ai: boolean;
  /** One sentence for the trace: what this is. */
  readonly note: string;
  /** Expected failures are values (`kind: 'failed'`); it rejects only on a bug. Ends soon after `signal` aborts. */
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelResponse>;
}

export interface ModelRequest {
  readonly run: string;
  readonly step: string;
  /** From 1. */
  readonly turn: number;
  /** Trusted: playbook, step goal and rules. The goal's `${{ }}` values are data and stand in the first message instead. */
  readonly system: string;
  readonly messages: readonly Message[];
  readonly tools: readonly ToolOffer[];
  /** Schema of the answer, an object; `null` when the step asks for none. */
  readonly output: JsonSchema | null;
  /** Typed entities of the alert, for stand-ins and hints. Untrusted values. */
  readonly entities: { readonly [T in EntityType]?: readonly string[] };
  /** Tokens the answer may take. */
  readonly maxTokens: number;
}

/** The first message is the engine's `user` message; then assistant and tool messages alternate. */
export type Message =
  | { readonly role: 'user'; readonly text: string }
  /** `raw` is the provider's own form of its turn, handed back unchanged. */
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly calls: readonly ProposedCall[];
      readonly raw?: unknown;
    }
  | { readonly role: 'tool'; readonly results: readonly ToolResult[] };

export interface ProposedCall {
  readonly id: string;
  /** As the model said it: may be a tool that was not offered. */
  readonly tool: string;
  readonly arguments: Json;
}

export interface ToolResult {
  /** Id of the proposed call. */
  readonly call: string;
  readonly tool: string;
  readonly ok: boolean;
  /** The result, or what went wrong or was denied, as the model may read it. Untrusted. */
  readonly content: Json;
}

export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  readonly input: JsonSchema;
  /** The catalog's effect (`read`, `contain`, ...), for stand-ins, which only propose `read`. Absent: not known. */
  readonly effect?: string;
}

export type ModelResponse =
  | {
      readonly kind: 'ok';
      readonly stopReason: 'end' | 'tool-calls' | 'max-tokens' | 'refusal' | 'pause';
      readonly text: string;
      readonly calls: readonly ProposedCall[];
      /** The structured answer, when the turn is the last; unchecked. */
      readonly output: Json | undefined;
      readonly usage: TurnUsage;
      readonly raw?: unknown;
    }
  | { readonly kind: 'failed'; readonly reason: string; readonly usage: TurnUsage };

export interface TurnUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars. */
  readonly usd: number;
}

export type { Json, JsonObject };
