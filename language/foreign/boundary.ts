import type { Boundary, WitnessStep } from '../authority/cell.js';
import { isConsequential } from '../model/levels.js';
import { type LevelsOf, levelsOf, type PersonLevel } from './authority-levels.js';
import { type EffectCatalogs, effectOf } from './effects/effects-of.js';
import { type Asked, type ForeignFinding, findingOf } from './finding.js';
import type { ForeignPlaybook, ForeignStep, PersonOnEdge } from './model.js';

/** The boundary of a playbook of another product. */
export interface ForeignBoundary {
  readonly playbook: ForeignPlaybook;
  readonly boundary: Boundary;
  /** One of each cell, in their order. */
  readonly findings: readonly ForeignFinding[];
  /** Questions to people whose answer no condition reads. */
  readonly unread: readonly ForeignStep[];
}

/** The playbook that another one calls by this name; `undefined` where there is none. */
export type FindForeign = (caller: ForeignPlaybook, name: string) => ForeignPlaybook | undefined;

const NOBODY = { yes: undefined, any: undefined };

/** Calls that are followed; more than that no person could review. */
const MAX_CALLS = 300;

/** A playbook as it runs: the one a boundary is of, or one that is called on the way. */
interface Frame {
  readonly playbook: ForeignPlaybook;
  /** `<call>/` for each call that leads here. */
  readonly prefix: string;
  /** What the call has of a person. */
  readonly entry: PersonLevel;
  /** Whether a path leads to the call. */
  readonly reached: boolean;
  readonly callers: readonly ForeignPlaybook[];
  /** The path to the call. */
  readonly path: () => readonly WitnessStep[];
  /** The person that path has, and the last yes on it. */
  readonly asked: { readonly yes: Asked | undefined; readonly any: Asked | undefined };
}

/**
 * What a playbook of another product may do, with those it calls: the same cells as a playbook of ours has. An act that nobody
 * is asked about is at `autonomous` and violated, for no policy allows it. One that somebody is asked about is at `approve`:
 * proven if their last answer on every path is a yes, violated otherwise. Those products bind an answer to no call, do not let
 * it expire and do not count its uses, so nothing of that is proven.
 */
export function foreignBoundary(
  playbook: ForeignPlaybook,
  find: FindForeign,
  catalogs: EffectCatalogs,
): ForeignBoundary {
  const findings: ForeignFinding[] = [];
  const levelsIn = levelsWithCalls(find);
  const involved = { people: false, tools: false };
  let calls = 0;

  function addFrame(frame: Frame): void {
    const { playbook: one, callers, prefix } = frame;
    const stepOf = new Map(one.steps.map((step) => [step.id, step]));
    const broken = one.notUnderstood.some(({ breaks }) => breaks);
    const levels = levelsIn(one, frame.entry, callers);
    for (const [index, step] of one.steps.entries()) {
      const { does } = step;
      const id = `${prefix}${step.id}`;
      const level = frame.reached ? levels.at[index] : undefined;
      if (level !== undefined) involve(does);
      const path = (): readonly WitnessStep[] => [...frame.path(), ...witnessOf(one, prefix, levels, index)];
      const last = (yes: boolean): Asked | undefined =>
        askedAt(levels.lastOn(index, yes), stepOf, prefix) ?? (yes ? frame.asked.yes : frame.asked.any);
      const asked = level === 2 ? last(true) : level === 1 ? last(false) : undefined;
      const anything = {
        playbook: one,
        step,
        id,
        level,
        path,
        asked,
        tool: '*',
        effect: 'unknown',
        scope: 'anything',
        byPerson: false,
        broken,
      } as const;
      switch (does.kind) {
        case 'act': {
          const { effect, reason } = effectOf(does, one.format, catalogs);
          if (effect !== 'unknown' && !isConsequential(effect)) break;
          const { action: tool, scope, byPerson } = does;
          findings.push(
            findingOf({
              playbook: one,
              step,
              id,
              level,
              path,
              asked,
              tool,
              effect,
              scope,
              byPerson,
              broken,
              effectFrom: reason,
              doubt: undefined,
            }),
          );
          break;
        }
        case 'unknown':
          findings.push(findingOf({ ...anything, effectFrom: does.why, doubt: does.why }));
          break;
        case 'call': {
          const called = find(one, does.target.value);
          const recursive = called !== undefined && (called === one || callers.includes(called));
          if (called && !recursive && calls++ < MAX_CALLS) {
            const entered = { step: id, edge: 'entered' } as const;
            addFrame({
              playbook: called,
              prefix: `${id}/`,
              entry: level ?? 0,
              reached: level !== undefined,
              callers: [...callers, one],
              path: () => [...path(), entered],
              asked: { yes: last(true), any: last(false) },
            });
            break;
          }
          const doubt = whyNotFollowed(does.target.value, called !== undefined, recursive);
          const missing = called ? {} : { missing: does.target.value };
          findings.push(findingOf({ ...anything, ...missing, effectFrom: doubt, doubt }));
          break;
        }
        case 'ask':
        case 'task':
        case 'flow':
          break;
      }
    }
  }

  function involve(does: ForeignStep['does']): void {
    if (does.kind === 'act' || does.kind === 'unknown') involved.tools = true;
    if (does.kind === 'ask' || does.kind === 'task' || (does.kind === 'act' && does.byPerson)) involved.people = true;
  }

  addFrame({ playbook, prefix: '', entry: 0, reached: true, callers: [], path: () => [], asked: NOBODY });
  findings.sort((a, b) => inOrder(a.cell.step, b.cell.step) || inOrder(a.cell.tool, b.cell.tool));
  return {
    playbook,
    boundary: {
      version: 1,
      playbook: playbook.name,
      operatingModel: { declared: null, ...modelOf(involved, findings) },
      cells: findings.map(({ cell }) => cell),
    },
    findings,
    unread: unreadQuestions(playbook),
  };
}

/** The levels in a playbook that is entered with one, the playbooks it calls included. What they leave a path with is kept. */
function levelsWithCalls(find: FindForeign) {
  const exits = new Map<string, PersonLevel>();
  function levelsIn(one: ForeignPlaybook, entry: PersonLevel, callers: readonly ForeignPlaybook[]): LevelsOf {
    return levelsOf(one, entry, (step, level) => {
      const does = one.steps[step]?.does;
      const called = does?.kind === 'call' ? find(one, does.target.value) : undefined;
      return called ? exitOf(called, level, [...callers, one]) : level;
    });
  }
  function exitOf(called: ForeignPlaybook, entry: PersonLevel, callers: readonly ForeignPlaybook[]): PersonLevel {
    // What a circle leaves a path with is not worked out, so nothing of it is relied on.
    if (callers.includes(called)) return 0;
    const key = `${entry} ${called.uri}`;
    const known = exits.get(key);
    if (known !== undefined) return known;
    const exit = levelsIn(called, entry, callers).at[called.steps.length] ?? entry;
    exits.set(key, exit);
    return exit;
  }
  return levelsIn;
}

function whyNotFollowed(name: string, found: boolean, recursive: boolean): string {
  if (recursive) return `"${name}" leads back to a playbook that calls it, so there is no end to what it may do.`;
  if (found) return 'Playbooks call each other in more ways than anybody could review, so this call is not followed.';
  return `"${name}" is not one of the playbooks that were read, or several have that name, so what it may do is not known.`;
}

function witnessOf(one: ForeignPlaybook, prefix: string, levels: LevelsOf, to: number): readonly WitnessStep[] {
  return levels.pathTo(to).map(({ step, edge: { kind, branch } }) => ({
    step: `${prefix}${one.steps[step]?.id ?? ''}`,
    edge: kind,
    ...(branch === undefined ? {} : { branch }),
  }));
}

function askedAt(
  person: PersonOnEdge | undefined,
  stepOf: ReadonlyMap<string, ForeignStep>,
  prefix: string,
): Asked | undefined {
  return person && { says: person.says, id: `${prefix}${person.asked}`, does: stepOf.get(person.asked)?.does };
}

/** Questions whose answer decides no edge of the playbook. */
function unreadQuestions({ steps }: ForeignPlaybook): readonly ForeignStep[] {
  const read = new Set<string>();
  for (const { edges } of steps) {
    for (const { person } of edges) if (person && person.says !== 'someone') read.add(person.asked);
  }
  return steps.filter(({ does, id }) => does.kind === 'ask' && !read.has(id));
}

/**
 * What the steps amount to, by the words of our operating models. Nothing in these formats claims one.
 *
 * @param involved who takes part at steps that a path leads to, those of called playbooks included
 */
function modelOf(
  { people: atSteps, tools }: { readonly people: boolean; readonly tools: boolean },
  findings: readonly ForeignFinding[],
): Pick<Boundary['operatingModel'], 'computed' | 'because'> {
  const alone = findings.filter(({ level }) => level === 0);
  const people = atSteps || findings.some(({ cell }) => cell.verdict === 'proven' && cell.approval !== null);
  const names = [...new Set(alone.map(({ cell }) => cell.step))];
  if (alone.length > 0) {
    const acts = names.length === 1 ? '1 act runs' : `${names.length} acts run`;
    return people
      ? { computed: 'ai-soc', because: [`${acts} without a person, and people stand at other points`, ...names] }
      : { computed: 'autonomous', because: [`${acts} without a person, and no step involves one`, ...names] };
  }
  if (tools || findings.some(({ level }) => level === 1 || level === 2))
    return { computed: 'tool-assisted', because: ['tools help, and no act runs that nobody was asked about'] };
  return { computed: 'traditional', because: ['people do every step'] };
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
