import type { ActionStep, AgentStep, Step } from '../../model/playbook.js';
import type { Frame } from '../boundary.js';
import { originOf } from '../trust.js';
import {
  canonicalArguments,
  canonicalExpression,
  canonicalNode,
  type Naming,
  type Standing,
  standingAt,
} from './canonical.js';
import { loopsAround } from './limits.js';
import type { PlacedStep, Side } from './side.js';

/** The untrusted values in the arguments of a step's calls; those that a caller gives as they are written there. */
export function untrustedIn(frame: Frame, step: ActionStep | AgentStep, naming: Naming): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const collect = (frame: Frame, step: Step, argument?: string): void => {
    const at = standingAt(frame, step, naming);
    for (const site of frame.loaded.sitesAt.get(step) ?? []) {
      if (site.slot !== 'argument' || (argument !== undefined && site.argument !== argument)) continue;
      for (const reference of site.checked.references) {
        const items = frame.loaded.items.get(step);
        if (originOf(reference, frame.loaded.stepOf, items) !== 'untrusted') continue;
        const [variable, name] = reference.path;
        const { calledAt } = frame;
        const isItem = items?.has(variable?.name ?? '') ?? false;
        if (!isItem && variable?.name === 'inputs' && calledAt && name) {
          collect(calledAt.frame, calledAt.step, name.name);
          continue;
        }
        const [first, ...rest] = reference.path;
        if (!first) continue;
        const shown = reference.path.map((segment) => segment.name).join('.');
        const node = rest.reduce<Parameters<typeof canonicalNode>[0]>(
          (object, name) => ({ kind: 'member', object, name, start: reference.start, end: reference.end }),
          { kind: 'identifier', name: first.name, start: first.start, end: first.end },
        );
        found.set(canonicalNode(node, '', at, []), shown);
      }
    }
  };
  if (step.kind === 'agent') {
    const path = `${frame.prefix}${step.id.value}`;
    found.set(`agent ${naming.nameOf(path)}`, `what the agent "${path}" reads`);
  } else collect(frame, step);
  return found;
}

/** The arguments of an act, the loops they are for, and the calls whose results they are made of. */
export function scopeFacts(
  side: Side,
  frame: Frame,
  step: ActionStep | AgentStep,
  at: Standing,
  shown: string,
): readonly (readonly [string, string])[] {
  if (step.kind === 'agent') return [['', shown.startsWith('where ') ? 'where' : shown]];
  const sources = new Map<string, string>();
  addSources(side, { frame, step, path: '' }, at.naming, sources);
  return [
    ...canonicalArguments(step.with, at),
    ...at.loops.map((loop, index): readonly [string, string] => [
      `loop ${index + 1}`,
      loop.in ? canonicalExpression(loop.in, standingAt(frame, loop, at.naming)) : '',
    ]),
    ...[...sources].sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
}

/** The actions whose results a step's arguments are made of, in turn, with what they ask. */
function addSources(side: Side, { frame, step }: PlacedStep, naming: Naming, into: Map<string, string>): void {
  const lists = loopsAround(frame, step).flatMap((loop) => frame.loaded.sitesAt.get(loop) ?? []);
  const made = [
    ...(frame.loaded.sitesAt.get(step) ?? []).filter(({ slot }) => slot === 'argument'),
    ...lists.filter(({ slot }) => slot === 'for-each'),
  ];
  for (const { checked } of made) {
    for (const { path } of checked.references) {
      const [variable, id] = path;
      if (variable?.name !== 'steps' || !id) continue;
      const source = side.stepAt.get(`${frame.prefix}${id.name}`);
      if (source?.step.kind !== 'action') continue;
      const key = `result of ${naming.nameOf(source.path)}`;
      if (into.has(key)) continue;
      const given = canonicalArguments(source.step.with, standingAt(source.frame, source.step, naming));
      into.set(key, `${source.step.tool.value}(${given.map(([name, value]) => `${name}: ${value}`).join(', ')})`);
      addSources(side, source, naming, into);
    }
  }
  const { calledAt } = frame;
  const isGiven = made.some(({ checked }) => checked.references.some(({ path }) => path[0]?.name === 'inputs'));
  if (calledAt && isGiven) addSources(side, { ...calledAt, path: '' }, naming, into);
}
