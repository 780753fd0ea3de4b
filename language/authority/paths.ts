import type { Step } from '../model/playbook.js';
import type { Flow } from './flow.js';
import type { Edge } from './graph.js';

/** How a path goes: the steps it passes, and how it leaves each. */
export interface PathStep {
  readonly step: Step;
  readonly edge: Edge;
}

/** The steps of a shortest path to where a step begins; none when there is none. */
export function shortestPath(flow: Flow, step: Step): readonly PathStep[] {
  const node = flow.graph.nodeOf.get(step);
  return node === undefined ? [] : wayTo(flow, node);
}

/** The steps of a shortest path from the start to a node. */
export function wayTo(flow: Flow, node: number): readonly PathStep[] {
  const path: PathStep[] = [];
  const { by } = flow.reached;
  for (let edge = by[node]; edge; edge = by[edge.from]) {
    const step = flow.graph.nodes[edge.from]?.step;
    if (step) path.push({ step, edge });
  }
  return path.reverse();
}

/** A path in words, the act left out: `investigate → route (malicious) → ask (rejected)`; the middle of a long one, too. */
export function describePath(path: readonly PathStep[]): string {
  const word = ({ step, edge }: PathStep): string => {
    const way = edgeWord(edge);
    return way === '' ? step.id.value : `${step.id.value} (${way})`;
  };
  const words = path.length > 8 ? [...path.slice(0, 3).map(word), '…', ...path.slice(-4).map(word)] : path.map(word);
  return words.join(' → ');
}

/** How a step was left, in a word; empty where it simply went on. */
export function edgeWord({ kind, branch }: Pick<Edge, 'kind'> & { readonly branch?: string | undefined }): string {
  switch (kind) {
    case 'begin':
    case 'ok':
    case 'entered':
    case 'joined':
    case 'stopped':
      return '';
    case 'branch':
      return branch ?? '';
    case 'item':
      return 'next item';
    case 'done':
      return 'no more items';
    case 'retry':
      return 'tried again';
    case 'cut-off':
      return 'ended: another branch was first';
    case 'overrun':
      return 'ended: a step around it took too long';
    case 'skipped':
    case 'failed':
    case 'approved':
    case 'rejected':
    case 'timed-out':
      return kind;
  }
}
