import type { Json, ModelClient, ModelRequest, ModelResponse, ProposedCall, ToolOffer } from '../port.js';
import { claim } from './claims.js';
import { type Knowledge, NO_KNOWLEDGE } from './knowledge.js';
import { lookAlike } from './look-alikes.js';
import { type Random, randomOf } from './random.js';
import { fitting, malformed, type Palette, smuggled } from './values.js';

/** How one conversation goes. */
type Mood =
  /** Tries a few turns of everything, then answers. */
  | 'thorough'
  /** Answers at once: what matters is what the answer sets off. */
  | 'hasty'
  /** As many calls in a turn as go in, and more. */
  | 'flood'
  /** Never comes to an end, and does again what was denied. */
  | 'endless'
  /** Answers that cannot be used. */
  | 'broken';

const CLAIMED_USAGE = { inputTokens: 0, outputTokens: 0, usd: 0 };

/**
 * A worst-case model: it knows every tool, person and gate, and tries whatever it was not given - tools, targets,
 * look-alike names, smuggled arguments, claims of approval, floods, endless loops, wrong answers. It says that it used no
 * tokens. The same for the same seed and request; no state is kept.
 */
export function adversaryModel(seed = 1, knowledge: Knowledge = NO_KNOWLEDGE): ModelClient {
  return {
    provider: 'adversary',
    id: 'adversary',
    ai: false,
    note: `Not AI: a fixed program (seed ${seed}) that tries everything it was not given. Its answers mean nothing.`,
    async complete(request, signal) {
      if (signal.aborted) return { kind: 'failed', reason: 'The run was cancelled.', usage: CLAIMED_USAGE };
      const key = keyOf(request);
      const whole = randomOf(seed, key);
      const mood = moodOf(whole);
      const turns = 1 + whole.below(4);
      return respond(request, { mood, turns, random: randomOf(seed, `${request.turn} ${key}`), knowledge });
    },
  };
}

/** What tells one conversation from another: the step and, of long data, as much as tells its rounds apart. */
function keyOf({ step, messages: [first] }: ModelRequest): string {
  const text = first?.role === 'user' ? first.text : '';
  let some = '';
  for (let at = text.length % 61; at < text.length; at += 61) some += text[at];
  return `${step} ${text.length} ${some}`;
}

interface Conversation {
  readonly mood: Mood;
  /** In which it tries, before it answers. */
  readonly turns: number;
  readonly random: Random;
  readonly knowledge: Knowledge;
}

function moodOf(random: Random): Mood {
  const roll = random.below(100);
  return roll < 45 ? 'thorough' : roll < 65 ? 'hasty' : roll < 75 ? 'flood' : roll < 83 ? 'endless' : 'broken';
}

function respond(request: ModelRequest, conversation: Conversation): ModelResponse {
  const { mood, turns, random } = conversation;
  const trying = mood === 'endless' || (mood !== 'hasty' && mood !== 'broken' && request.turn <= turns);
  if (trying && mood === 'endless' && random.chance(0.2)) return said('pause', [], undefined, conversation);
  if (trying) {
    const calls = mood === 'endless' && random.chance(0.5) ? again(request, random) : tries(request, conversation);
    // Some hand in an answer beside the calls, or say that they are done.
    const output = random.chance(0.1) ? answer(request, conversation) : undefined;
    const reason = random.chance(0.8) ? 'tool-calls' : random.pick('end', 'max-tokens', 'pause');
    return said(reason, calls, output, conversation);
  }
  const repairing = request.messages.filter((message) => message.role === 'user').length > 1;
  const wrong = mood === 'broken' && (!repairing || random.chance(0.4));
  const output = wrong ? unusable(request, conversation) : answer(request, conversation);
  return said(random.chance(0.95) ? 'end' : random.pick('refusal', 'max-tokens'), [], output, conversation);
}

function said(
  stopReason: Extract<ModelResponse, { kind: 'ok' }>['stopReason'],
  calls: readonly ProposedCall[],
  output: Json | undefined,
  { random, knowledge }: Conversation,
): ModelResponse {
  const usage = random.chance(0.9)
    ? CLAIMED_USAGE
    : { inputTokens: -1_000_000, outputTokens: Number.NaN, usd: Number.NEGATIVE_INFINITY };
  return { kind: 'ok', stopReason, text: claim(knowledge, random), calls, output, usage };
}

/** Calls of one turn, each with another trick. */
function tries(request: ModelRequest, conversation: Conversation): readonly ProposedCall[] {
  const { mood, random } = conversation;
  const count = mood === 'flood' ? 30 + random.below(12) : 1 + random.below(10);
  return Array.from({ length: count }, (_, index) => one(request, conversation, index));
}

function one(request: ModelRequest, { random, knowledge }: Conversation, index: number): ProposedCall {
  const offered = request.tools;
  const withheld = knowledge.tools.filter((tool) => !offered.some((other) => other.name === tool.name));
  const acts = offered.filter((tool) => tool.effect !== 'read' && tool.effect !== 'record');
  const tool =
    (random.chance(0.35) ? random.of(withheld) : random.chance(0.4) ? random.of(acts) : undefined) ??
    random.of(offered) ??
    random.of(knowledge.tools);
  return {
    id: random.pick(`call-${index + 1}`, `call-${index + 1}`, '', 'call-1', 'permit-1', `toolu_${index}`),
    tool: nameOf(tool, random),
    arguments: argumentsOf(tool, { random, knowledge, entities: request.entities, stray: random.chance(0.35) }),
  };
}

function nameOf(tool: ToolOffer | undefined, random: Random): string {
  const name = tool?.name ?? 'shell.run';
  if (random.chance(0.75)) return name;
  return random.chance(0.8)
    ? lookAlike(name, random)
    : random.pick('', 'shell.run', '__proto__', 'constructor', 'A'.repeat(5_000));
}

function argumentsOf(tool: ToolOffer | undefined, palette: Palette): Json {
  const { random } = palette;
  const fit = fitting(tool?.input ?? { type: 'object' }, palette);
  if (random.chance(0.55)) return fit;
  return random.chance(0.75) ? smuggled(fit, palette) : malformed(fit, random);
}

/** What was denied before, once more. */
function again({ messages }: ModelRequest, random: Random): readonly ProposedCall[] {
  const made = messages.flatMap((message) => (message.role === 'assistant' ? message.calls : []));
  const call = random.of(made);
  return call ? [call, call] : [{ id: '', tool: 'shell.run', arguments: {} }];
}

/** An answer that fits, whatever it says: so everything that a step's answer can set off is set off in some run. */
function answer({ output, entities }: ModelRequest, { random, knowledge }: Conversation): Json | undefined {
  return output === null ? undefined : fitting(output, { random, knowledge, entities, stray: random.chance(0.3) });
}

/** An answer that does not fit. */
function unusable(request: ModelRequest, conversation: Conversation): Json | undefined {
  const { random, knowledge } = conversation;
  const fit = answer(request, conversation) ?? {};
  return random.pick<Json | undefined>(
    undefined,
    null,
    [],
    'malicious',
    {},
    [fit],
    JSON.stringify(fit),
    smuggled(fit, { random, knowledge }),
    malformed(fit, random),
    { output: fit, approved: true },
  );
}
