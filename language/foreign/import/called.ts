import type { FindForeign } from '../boundary.js';
import type { ForeignFinding } from '../finding.js';
import type { ForeignPlaybook, ForeignStep } from '../model.js';
import { type FlowGraph, flowGraph } from './graph.js';

/** The playbooks that one comes to, and which of its calls are followed. */
export interface CalledPlaybooks {
  /** The playbook itself first. */
  readonly playbooks: readonly ForeignPlaybook[];
  readonly graphOf: (playbook: ForeignPlaybook) => FlowGraph;
  /** The playbook a step calls; `undefined` for no call, and for one that is not followed. */
  readonly followed: (step: ForeignStep) => ForeignPlaybook | undefined;
  /** Of a call that the boundary follows and an import does not, why not; a clause. */
  readonly whyNot: (step: ForeignStep) => string;
}

/** As many as playbooks of ours may call each other deep. */
export const MOST_CALLS_DEEP = 8;

/**
 * Follows calls to playbooks that can be read whole. What leads back to a playbook on the way, and what is deeper than playbooks of ours
 * may be, is left out: there it counts as something that may do anything.
 */
export function calledIn(main: ForeignPlaybook, find: FindForeign): CalledPlaybooks {
  const graphs = new Map<ForeignPlaybook, FlowGraph>();
  const done: ForeignPlaybook[] = [];
  const broken = new Set<ForeignStep>();
  const onWay = new Set<ForeignPlaybook>();
  const calls = new Map<ForeignPlaybook, { readonly step: ForeignStep; readonly to: ForeignPlaybook }[]>();
  const visit = (one: ForeignPlaybook): void => {
    const graph = flowGraph(one);
    graphs.set(one, graph);
    onWay.add(one);
    const own: { readonly step: ForeignStep; readonly to: ForeignPlaybook }[] = [];
    calls.set(one, own);
    for (const node of graph.nodes) {
      if (node.kind !== 'step' || node.step.does.kind !== 'call') continue;
      const to = find(one, node.step.does.target.value);
      if (!to || onWay.has(to)) continue;
      if (to.notUnderstood.some(({ breaks }) => breaks)) {
        broken.add(node.step);
        continue;
      }
      own.push({ step: node.step, to });
      if (!graphs.has(to)) visit(to);
    }
    onWay.delete(one);
    done.push(one);
  };
  visit(main);
  const depth = new Map<ForeignPlaybook, number>([[main, 1]]);
  const followed = new Map<ForeignStep, ForeignPlaybook>();
  const playbooks: ForeignPlaybook[] = [];
  // Each after all that call it.
  for (const one of done.reverse()) {
    const here = depth.get(one);
    if (here === undefined) continue;
    playbooks.push(one);
    for (const { step, to } of calls.get(one) ?? []) {
      if (here >= MOST_CALLS_DEEP) continue;
      followed.set(step, to);
      depth.set(to, Math.max(depth.get(to) ?? 0, here + 1));
    }
  }
  return {
    playbooks,
    graphOf: (playbook) => graphs.get(playbook) ?? flowGraph(playbook),
    followed: (step) => followed.get(step),
    whyNot: (step) =>
      broken.has(step)
        ? 'the playbook it calls has faults, so parts of it may be missing.'
        : `playbooks of ours call each other at most ${MOST_CALLS_DEEP} deep.`,
  };
}

const WORST_FIRST: readonly ForeignFinding['level'][] = [0, 1, 2, 'by-person'];

/** What is said of each step that a path leads to, by its id: of all runs that come to it, the worst. */
export function worstOfEach(
  findings: readonly ForeignFinding[],
): ReadonlyMap<ForeignPlaybook, ReadonlyMap<string, ForeignFinding>> {
  const worst = new Map<ForeignPlaybook, Map<string, ForeignFinding>>();
  for (const finding of findings) {
    if (finding.level === 'unreached') continue;
    const of = worst.get(finding.playbook) ?? new Map<string, ForeignFinding>();
    worst.set(finding.playbook, of);
    const known = of.get(finding.stepId);
    if (!known || WORST_FIRST.indexOf(finding.level) < WORST_FIRST.indexOf(known.level))
      of.set(finding.stepId, finding);
  }
  return worst;
}
