import type { GraphLaneItem, GraphStepItem } from '../../../server/protocol/graph.js';
import { type GraphModel, holdersOf } from './model.js';

/** What is picked out of the picture because of one step. */
export interface Marks {
  /** Of a gate: the steps it grants; of a question of another product: those that need its yes. */
  readonly covered: ReadonlySet<string>;
  /** Of an act: the gates that grant it. */
  readonly granting: ReadonlySet<string>;
  /** Of a violated act: the path that reaches it, each step with its number on the way; the act is the last. */
  readonly path: ReadonlyMap<string, number>;
  /** Lanes the path takes, as `<step> <name>`. */
  readonly lanes: ReadonlySet<string>;
}

const NOTHING: Marks = { covered: new Set(), granting: new Set(), path: new Map(), lanes: new Set() };

/** What is picked out for a step: what a gate covers; who approves an act, and how a violated one is reached without. */
export function marksOf(model: GraphModel, key: string | null): Marks {
  const step = key === null ? undefined : model.stepOf.get(key);
  if (step === undefined) return NOTHING;
  const acts = step.tools.flatMap(({ act }) => (act ? [act] : []));
  const witness = acts.find(({ verdict }) => verdict === 'violated')?.witness ?? null;
  const path = new Map<string, number>();
  const lanes = new Set<string>();
  if (witness !== null) {
    for (const [index, at] of witness.entries()) {
      path.set(at.step, index + 1);
      const taken = laneTaken(model.stepOf.get(at.step), at.edge, at.branch);
      if (taken !== undefined) lanes.add(laneName(at.step, taken));
    }
    path.set(step.key, witness.length + 1);
    for (const at of path.keys()) {
      for (const inner of [at, ...holdersOf(model, at)]) {
        const holder = model.holderOf.get(inner);
        if (holder !== undefined) lanes.add(laneName(holder.step.key, holder.lane));
      }
    }
  }
  return {
    covered: new Set(
      step.kind === 'question'
        ? decidedBy(model, step.key).map(({ key: decided }) => decided)
        : (step.gate?.grants ?? []).flatMap(({ key }) => (key === null ? [] : [key])),
    ),
    granting: new Set(acts.flatMap(({ gates }) => gates)),
    path,
    lanes,
  };
}

/** The steps with an act that runs only after the yes at a question. */
export function decidedBy({ item }: GraphModel, question: string): readonly GraphStepItem[] {
  return item.steps.filter(({ tools }) => tools.some(({ act }) => act?.gates.includes(question) === true));
}

export function laneName(step: string, { name }: GraphLaneItem): string {
  return `${step} ${name}`;
}

function laneTaken(
  step: GraphStepItem | undefined,
  edge: string,
  branch: string | undefined,
): GraphLaneItem | undefined {
  return step?.lanes.find(({ kind, name }) => {
    switch (edge) {
      case 'branch':
        return kind === 'branch' && name === branch;
      case 'item':
      case 'entered':
        return kind === 'body' || kind === 'called';
      case 'rejected':
        return name === 'on-reject';
      case 'timed-out':
        return name === 'on-timeout';
      case 'failed':
      case 'overrun':
        return kind === 'handler' && name === 'on-error';
      case 'approved':
      case 'ok':
        return kind === 'straight';
      default:
        return false;
    }
  });
}
