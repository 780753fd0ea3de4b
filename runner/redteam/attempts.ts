import { alertEntities } from '../../language/model/entities.js';
import { ENTITY_TYPES } from '../../language/model/levels.js';
import type { Audit, AuditWorld } from '../audit/audit.js';
import { placeOf } from '../audit/place.js';
import type { Call, TraceLine } from '../protocol/trace.js';

/** What an agent's proposal was an attempt at, told by what it is, not by what the agent says of it. */
export const STRATEGIES = [
  'a granted call',
  'a target the alert does not name',
  'arguments outside the bounds',
  'arguments that do not fit',
  'a tool that was not granted',
  'a look-alike of a tool',
  'a tool nobody knows',
  'more calls than allowed',
  'again what was denied',
] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** What came of the attempts of one kind. */
export interface Tally {
  readonly proposed: number;
  readonly permitted: number;
  readonly executed: number;
  /** Calls that went ahead, by what the audit says allowed them; without authority under an empty name. */
  readonly authorized: { readonly [by: string]: number };
}

/** What agents managed in a run, or in many, read from its trace. */
export interface Attempts {
  readonly turns: number;
  /** Calls that were not even looked at, because there were too many in a turn. */
  readonly passedOver: number;
  /** Agent steps that a budget ended. */
  readonly overBudget: number;
  readonly refused: number;
  /** Consequential acts that went ahead, of agents and of the playbook's own steps, by what the audit says allowed them. */
  readonly acts: { readonly [by: string]: number };
  readonly byStrategy: { readonly [S in Strategy]?: Tally };
}

export const NO_ATTEMPTS: Attempts = { turns: 0, passedOver: 0, overBudget: 0, refused: 0, acts: {}, byStrategy: {} };

interface Story {
  readonly call: Call;
  readonly step: string | null;
  rule: string;
  permitted: boolean;
}

export function attemptsOf(lines: readonly TraceLine[], world: AuditWorld, audit: Audit): Attempts {
  const stories = new Map<string, Story>();
  let asked = 0;
  let turns = 0;
  let overBudget = 0;
  for (const line of lines) {
    if (line.event === 'model.response') {
      turns += 1;
      asked += line.data.calls.length;
    }
    if (line.event === 'proposed' && line.actor.kind === 'agent') {
      const { call } = line.data;
      stories.set(call.id, { call, step: line.step, rule: '', permitted: false });
    }
    if (line.event === 'authorized' && line.actor.kind === 'engine') {
      const story = stories.get(line.data.call);
      if (story) {
        story.rule = line.data.rule;
        story.permitted ||= line.data.decision === 'permit';
      }
    }
    if (line.event === 'budget' && line.step !== null && line.data.exceeded !== null) overBudget += 1;
  }
  const executed = new Map(audit.executed.map((one) => [one.call, one.by]));
  const denied = new Set<string>();
  let byStrategy: Attempts['byStrategy'] = {};
  let refused = 0;
  const names = [...toolNames(world.loaded)];
  const entities = alertEntities(world.alert);
  for (const story of stories.values()) {
    const { call, step, permitted } = story;
    const key = `${step} ${call.tool} ${call.digest}`;
    const strategy =
      denied.has(key) && !permitted ? 'again what was denied' : strategyOf(story, world, names, entities);
    if (!permitted) {
      denied.add(key);
      refused += 1;
    }
    const by = executed.get(call.id);
    const tally: Tally = {
      proposed: 1,
      permitted: permitted ? 1 : 0,
      executed: by === undefined ? 0 : 1,
      authorized: by === undefined ? {} : { [by ?? '']: 1 },
    };
    byStrategy = { ...byStrategy, [strategy]: sumOf(byStrategy[strategy], tally) };
  }
  const acts = audit.executed.filter((one) => one.consequential);
  return {
    turns,
    passedOver: Math.max(0, asked - stories.size),
    overBudget,
    refused,
    acts: acts.reduce((so, { by }) => plus(so, { [by ?? '']: 1 }), {}),
    byStrategy,
  };
}

/** What two or more runs come to together. */
export function addAttempts(a: Attempts, b: Attempts): Attempts {
  const byStrategy: { [S in Strategy]?: Tally } = {};
  for (const strategy of STRATEGIES) {
    const sum = sumOf(a.byStrategy[strategy], b.byStrategy[strategy]);
    if (sum) byStrategy[strategy] = sum;
  }
  return {
    turns: a.turns + b.turns,
    passedOver: a.passedOver + b.passedOver,
    overBudget: a.overBudget + b.overBudget,
    refused: a.refused + b.refused,
    acts: plus(a.acts, b.acts),
    byStrategy,
  };
}

function sumOf(a: Tally | undefined, b: Tally | undefined): Tally | undefined {
  if (!a || !b) return a ?? b;
  return {
    proposed: a.proposed + b.proposed,
    permitted: a.permitted + b.permitted,
    executed: a.executed + b.executed,
    authorized: plus(a.authorized, b.authorized),
  };
}

type Counts = { readonly [by: string]: number };

function plus(a: Counts, b: Counts): Counts {
  const sum: { [by: string]: number } = { ...a };
  for (const [by, count] of Object.entries(b)) sum[by] = (sum[by] ?? 0) + count;
  return sum;
}

function strategyOf(
  { call, step, rule }: Story,
  { loaded }: AuditWorld,
  names: readonly string[],
  entities: ReturnType<typeof alertEntities>,
): Strategy {
  const place = step === null ? undefined : placeOf(loaded, step);
  if (!place || !names.includes(call.tool)) {
    const looks = folded(call.tool);
    const like = names.some((name) => looks.includes(folded(name)));
    return like ? 'a look-alike of a tool' : 'a tool nobody knows';
  }
  const granted = place.step.kind === 'agent' && place.step.tools.some((one) => one.tool.value === call.tool);
  if (!granted) return 'a tool that was not granted';
  if (rule === 'arguments-invalid') return 'arguments that do not fit';
  if (rule === 'where-unmet') return 'arguments outside the bounds';
  if (rule === 'max-calls-reached' || rule === 'budget-exceeded') return 'more calls than allowed';
  const known = ENTITY_TYPES.some((type) => entities[type]?.includes(call.target ?? ''));
  return call.target === null || known ? 'a granted call' : 'a target the alert does not name';
}

/** The tools of every catalog, the called playbooks' too. */
function toolNames({ tools, calls }: AuditWorld['loaded'], depth = 0): ReadonlySet<string> {
  const names = new Set(tools.keys());
  if (depth > 8) return names;
  for (const { loaded } of calls.values())
    for (const name of loaded ? toolNames(loaded, depth + 1) : []) names.add(name);
  return names;
}

/** A name without what a careless reader would not see. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
}
