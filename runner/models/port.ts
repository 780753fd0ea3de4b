import type { JsonSchema } from '../../language/model/json-schema.js';
import type { Effort, EntityType } from '../../language/model/levels.js';
import type { Json, JsonObject } from '../protocol/trace.js';
import type { Need } from './most.js';

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
  /** Which model answers a step (by path) with this wish, and with how much effort. Absent: there is no choice, `id` answers. */
  choose?(wish: ModelWish, step: string): ModelChoice;
  /** What a turn needs, where that is settled; absent: what follows from the request and the price. */
  need?(request: ModelRequest): Need | undefined;
}

export interface ModelChoice {
  /** Its id. */
  readonly model: string;
  /** Absent: the model's own. */
  readonly effort?: Effort;
  /** What its tokens cost at the most; absent: nothing. */
  readonly price?: TokenPrice;
}

/** US dollars per million tokens, each at the dearest they can be. */
export interface TokenPrice {
  readonly input: number;
  readonly output: number;
}

/** What a playbook says about who should answer a step. A client that has no such choice passes over it. */
export interface ModelWish {
  readonly model?: string;
  readonly effort?: Effort;
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
  readonly wish?: ModelWish;
  /** What may still be used, of all limits in force the least; a member that is absent has no limit. */
  readonly left?: ModelLimits;
}

export interface ModelLimits {
  /** In and out together. */
  readonly tokens?: number;
  /** US dollars. */
  readonly usd?: number;
  /** Milliseconds from now. */
  readonly time?: number;
}

/** The first message is the engine's `user` message; then assistant and tool messages alternate. */
export type Message =
  /** `examples` stands before the text and is the same in every run of a version of the playbook. Untrusted, as the text is. */
  | { readonly role: 'user'; readonly examples?: string; readonly text: string }
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
      /** Why earlier requests of this turn failed, in words; absent when the first one was answered. */
      readonly retried?: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** Absent: `unavailable`. */
      readonly cause?: FailureCause;
      readonly usage: TurnUsage;
      readonly retried?: readonly string[];
    };

/**
 * Why there is no answer: the service cannot be reached or is busy (`unavailable`), it does not take the request
 * (`rejected`), the conversation does not fit into the model (`too-long`), another request could pass the budget, so it was
 * not made (`over-budget`), or the answer holds what nobody asked for (`faulty`). Only after `unavailable` does it make
 * sense to try again.
 */
export const FAILURE_CAUSES = ['unavailable', 'rejected', 'too-long', 'over-budget', 'faulty'] as const;
export type FailureCause = (typeof FAILURE_CAUSES)[number];

/** Of one turn, requests that failed included. */
export interface TurnUsage {
  /** All of them, those of the cache too. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** US dollars. */
  readonly usd: number;
  /** Of the tokens in, those that were read from the provider's prompt cache; absent: none. */
  readonly cacheReadTokens?: number;
  /** Of the tokens in, those that were written to it; absent: none. */
  readonly cacheWriteTokens?: number;
}

export type { Json, JsonObject };
