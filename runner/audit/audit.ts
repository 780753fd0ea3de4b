import type { Tool } from '../../language/model/catalog.js';
import { isConsequential } from '../../language/model/levels.js';
import type { ActionStep, AgentStep } from '../../language/model/playbook.js';
import type { Call, Json, JsonObject, TraceLine } from '../protocol/trace.js';
import type { SchemaCheck } from '../tools/schema-check.js';
import { canonical, digestOf, plainJson } from '../trace/canonical.js';
import { type Limits, limitsOf } from './limits.js';
import { type AuditedPlaybook, ceilingsFor, holdsOneOf, levelOf, type Place, placeOf } from './place.js';
import { type Rounds, roundsOf } from './rounds.js';
import { type Seen, seenBy } from './seen.js';

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

/** A call that went ahead, and on what authority. */
export interface Executed {
  readonly call: string;
  readonly tool: string;
  readonly step: string | null;
  readonly consequential: boolean;
  /** In words; `null` when nothing allowed it. */
  readonly by: string | null;
}

/** Something that happened without authority. */
export interface Finding {
  /** Number of the trace's line, from 0; `null` for what is in no line. */
  readonly line: number | null;
  readonly call: string;
  readonly tool: string;
  readonly problem: string;
  /** Nothing was seen to be wrong: a part of the call was replaced in the trace as a secret, so it cannot be told. */
  readonly untold?: true;
}

export interface Audit {
  readonly executed: readonly Executed[];
  readonly findings: readonly Finding[];
  /** Calls that went ahead without authority. */
  readonly unauthorized: number;
  /** Calls of which it cannot be told. */
  readonly untold: number;
}

interface CallStory {
  readonly id: string;
  call: Call | undefined;
  step: string | null;
  /** The last decision, and when it was made at the earliest. */
  decision: 'permit' | 'deny' | 'needs-approval' | undefined;
  decidedAt: number;
  denied: boolean;
  intents: number;
  results: number;
  problems: string[];
  untold: boolean;
}

/**
 * Whether everything that went ahead in a run was allowed to: a second opinion, worked out from the finished trace and the
 * files alone. It shares no code with what decides and enforces while a run is under way. What cannot be told counts
 * against the run, but for arguments the trace does not have because secrets were replaced in them: those are counted apart.
 */
export function auditRun(lines: readonly TraceLine[], world: AuditWorld): Audit {
  const { loaded } = world;
  const calls = new Map<string, CallStory>();
  const findings: Finding[] = [];
  const executed: Executed[] = [];
  const permits = new Set<string>();
  const unclaimed = (world.reached ?? []).map((one) => ({
    ...one,
    digest: exactDigest(one.tool, one.arguments, world),
  }));
  const state: State = {
    world,
    rounds: roundsOf(loaded, loaded.policy, (shown) => digestOfShown(shown, world)),
    seen: seenBy(loaded, world.alert, world.inputs),
    limits: limitsOf(loaded),
  };
  let closed = false;

  const storyOf = (id: string): CallStory => {
    const known = calls.get(id);
    if (known) return known;
    const fresh: CallStory = {
      id,
      call: undefined,
      step: null,
      decision: undefined,
      decidedAt: 0,
      denied: false,
      intents: 0,
      results: 0,
      problems: [],
      untold: false,
    };
    calls.set(id, fresh);
    return fresh;
  };
  const find = (line: TraceLine | null, story: CallStory, tool: string, problem: string): void => {
    findings.push({ line: line?.seq ?? null, call: story.id, tool, problem });
    story.problems.push(problem);
  };

  for (const [index, line] of lines.entries()) {
    const next = timeOf(lines[index + 1] ?? line);
    switch (line.event) {
      case 'proposed': {
        const { call } = line.data;
        const story = storyOf(call.id);
        if (story.call) find(line, story, call.tool, 'It is proposed a second time.');
        story.call = call;
        story.step = line.step;
        break;
      }
      case 'authorized': {
        // An answer that does not count is noted the same way, by the person whose it is.
        if (line.actor.kind === 'human') break;
        const story = storyOf(line.data.call);
        story.decision = line.data.decision;
        if (line.data.decision === 'deny') story.denied = true;
        story.decidedAt = timeOf(lines[index - 1] ?? line);
        break;
      }
      case 'intent': {
        const { tool, digest, permit, simulated } = line.data;
        const story = storyOf(line.data.call);
        const wrong = (problem: string): void => find(line, story, tool, problem);
        story.intents += 1;
        if (story.intents > 1) wrong('It goes ahead a second time.');
        if (closed) wrong('It goes ahead after the run was closed.');
        if (permits.has(permit)) wrong(`Its permit ${permit} was used before.`);
        permits.add(permit);
        if (story.denied) wrong('It goes ahead after it was denied.');
        if (story.decision !== 'permit') wrong('Nothing permitted it.');
        const { call } = story;
        if (!call || call.tool !== tool || call.digest !== digest) wrong('It is not the call that was proposed.');
        const at = unclaimed.findIndex((one) => one.tool === tool && one.digest === digest);
        const [reached] = at < 0 ? [] : unclaimed.splice(at, 1);
        const judged = call
          ? authorityOf(state, {
              line,
              call,
              step: story.step,
              at: story.decidedAt,
              args: reached?.arguments,
              simulated,
            })
          : { consequential: true, by: null, problems: [], untold: null };
        for (const problem of judged.problems) wrong(problem);
        const { consequential, untold } = judged;
        if (untold !== null) {
          findings.push({ line: line.seq, call: story.id, tool, problem: untold, untold: true });
          story.untold = true;
        }
        const by = story.problems.length === 0 ? judged.by : null;
        executed.push({ call: story.id, tool, step: story.step, consequential, by });
        break;
      }
      case 'executed': {
        const story = storyOf(line.data.call);
        story.results += 1;
        if (story.intents === 0) find(line, story, line.data.tool, 'It was executed without an intent before.');
        if (story.results > 1) find(line, story, line.data.tool, 'It was executed twice.');
        if (story.call && story.call.tool !== line.data.tool)
          find(line, story, line.data.tool, 'Another tool was executed than was proposed.');
        break;
      }
      case 'run.closed':
        closed = true;
        break;
      default:
        break;
    }
    state.rounds.add(line, next);
    state.seen.add(line);
    state.limits.add(line);
  }
  for (const { tool } of unclaimed) {
    findings.push({ line: null, call: '', tool, problem: 'A tool was reached without an intent for that very call.' });
  }
  const ahead = [...calls.values()].filter((story) => story.intents + story.results > 0);
  const bad = ahead.filter((story) => story.problems.length > 0);
  const untold = ahead.filter((story) => story.problems.length === 0 && story.untold);
  return { executed, findings, unauthorized: bad.length + unclaimed.length, untold: untold.length };
}

interface State {
  readonly world: AuditWorld;
  readonly rounds: Rounds;
  readonly seen: Seen;
  readonly limits: Limits;
}

interface Intent {
  readonly line: Extract<TraceLine, { readonly event: 'intent' }>;
  readonly call: Call;
  readonly step: string | null;
  readonly at: number;
  /** What the tool was given, where that was seen. */
  readonly args: JsonObject | undefined;
  readonly simulated: boolean;
}

interface Judged {
  readonly consequential: boolean;
  readonly by: string | null;
  readonly problems: readonly string[];
  readonly untold: string | null;
}

/** What allows a call that goes ahead, worked out anew. */
function authorityOf({ world, rounds, seen, limits }: State, intent: Intent): Judged {
  const { call, step: path } = intent;
  const place = path === null ? undefined : placeOf(world.loaded, path);
  const tool = place?.playbook.tools.get(call.tool);
  const consequential = isConsequential(tool?.effect);
  const problems: string[] = [];
  let untold: string | null = null;
  const judged = (by: string | null): Judged => ({ consequential, by, problems, untold });
  const not = (problem: string): Judged => ({ ...judged(null), problems: [...problems, problem] });
  if (path === null || place === undefined) return not('Its step is not in the playbook.');
  const { step } = place;
  if (step.kind !== 'action' && step.kind !== 'agent') return not('Its step makes no calls.');
  if (!tool) return not('No catalog of the playbook has its tool.');
  const { policy } = world.loaded;
  const grant = grantOf(step, call.tool);
  if (!grant) return not(`"${path}" is not granted this tool.`);
  if (policy?.forbid.some((name) => name.value === call.tool)) return not('The policy forbids the tool.');

  const args = intent.args ?? call.arguments;
  // Where tools were watched, a call that reached none (its time was over) was made with no arguments at all.
  if (intent.args || !world.reached) {
    if (exactDigest(call.tool, args, world, tool) !== intent.line.data.digest) {
      if (!intent.args && hasReplaced(args))
        untold = 'A secret was replaced in its arguments, so what they were is not known.';
      else problems.push('It is not bound to its tool and arguments.');
    }
    if (untold === null) {
      if (world.schemas.problem(tool.input, args) !== null) problems.push('Its arguments do not fit the tool.');
      if (grant.where && !seen.holds(grant.where, place, args)) problems.push('Its arguments lie outside "where".');
    }
  }
  problems.push(...limits.use(path, place, call.tool, grant.maxCalls));
  if (intent.simulated !== (tool.effect !== 'read')) problems.push('It is not simulated as a dry run says.');

  const target = targetOf(tool, args);
  const level = levelOf({ ...place, step }, tool, policy, target);
  if (level === 'manual') return not('A person does this step.');
  if (!consequential) return judged(tool.effect ?? null);
  if (!policy) return not('There is no policy.');
  if (level === 'assist') return not('A person performs this act.');
  const alone =
    level === 'approve' ? 'its level asks for approval' : missingFor(level, place, step, tool, target, grant);
  if (alone === null) return judged(level);
  const { digest } = intent.line.data;
  const found = rounds.use({ step: path, digest, tool, target, at: intent.at });
  if (found.ok) return judged(found.by);
  return not(`Nobody who may had approved it: ${alone}, and ${found.reason}.`);
}

interface Granted {
  readonly where: Extract<ActionStep['where'], object> | undefined;
  readonly maxCalls: number | null;
}

function grantOf(step: ActionStep | AgentStep, tool: string): Granted | undefined {
  if (step.kind === 'action') return step.tool.value === tool ? { where: step.where, maxCalls: null } : undefined;
  const grant = step.tools.find((one) => one.tool.value === tool);
  return grant && { where: grant.where, maxCalls: grant.maxCalls?.value ?? null };
}

/** What an act needs to run at a level without a person, and lacks; `null` when nothing. */
function missingFor(
  level: 'notify' | 'autonomous',
  { playbook }: Place,
  step: ActionStep | AgentStep,
  tool: Tool,
  target: string | null,
  grant: Granted,
): string | null {
  const { policy } = playbook;
  if (level === 'notify') {
    if (!tool.reversible || !tool.undo) return 'it cannot be undone by whoever is told';
    const roles = step.notify?.roles.map((role) => role.value) ?? [];
    const people = [...(policy?.roles.values() ?? [])].flat().map((person) => person.value);
    if (!people.some((person) => holdsOneOf(person, roles, policy))) return 'nobody would be told';
  } else if (!tool.reversible && ceilingsFor(tool, policy, target).every((ceiling) => ceiling.targetTag)) {
    return 'it cannot be undone and the policy says nothing of it';
  }
  const chosen = step.kind === 'agent' && Object.keys(tool.input.properties ?? {}).length > 0;
  return chosen && !grant.where ? 'an agent chose its arguments and nothing bounds them' : null;
}

function targetOf(tool: Tool | undefined, args: JsonObject): string | null {
  const value = textOf(tool, args);
  return typeof value === 'string' ? value : null;
}

function textOf(tool: Tool | undefined, args: JsonObject): Json | undefined {
  const name = tool?.target?.value;
  return name !== undefined && Object.hasOwn(args, name) ? args[name] : undefined;
}

/** The digest of a call by docs/trace.md. Which tool of that name is meant makes no difference: it is of one catalog. */
function exactDigest(name: string, args: JsonObject, world: AuditWorld, known?: Tool): string {
  const tool = known ?? toolNamed(world.loaded, name);
  const value = textOf(tool, args);
  const target =
    typeof value === 'string' ? value : value === undefined || value === null ? null : JSON.stringify(value);
  const { playbook, policy, callees } = world.digests;
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
function digestOfShown(shown: Call, world: AuditWorld): string {
  if (hasReplaced(shown.arguments)) return shown.digest;
  return exactDigest(shown.tool, shown.arguments, world);
}

function hasReplaced(args: JsonObject): boolean {
  return canonical(args).includes('[redacted:');
}

function toolNamed(playbook: AuditedPlaybook, name: string): Tool | undefined {
  const own = playbook.tools.get(name);
  if (own) return own;
  for (const { loaded } of playbook.calls.values()) {
    const found = loaded && toolNamed(loaded, name);
    if (found) return found;
  }
  return undefined;
}

function timeOf({ time }: TraceLine): number {
  return Date.parse(time);
}
