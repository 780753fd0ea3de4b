import type { BoundaryCell } from '../authority/cell.js';
import { settled } from '../syntax/place.js';
import type { GraphAct } from './step-graph.js';

/** What a graph has still room for: steps, and steps of the paths to acts, which would be most of a long one. */
export interface Room {
  steps: number;
  witness: number;
}

export interface GraphActParts {
  /** As people read it. */
  readonly call: string;
  /** Keys of the gates that are asked about it. */
  readonly gates: readonly string[];
  /** What keys have before the steps of the boundary: of one of several playbooks of a file. */
  readonly prefix: string;
}

/** What a boundary says of an act, as a graph has it. The path to a violated one is told as long as there is room. */
export function graphAct(cell: BoundaryCell, { call, gates, prefix }: GraphActParts, room: Room): GraphAct {
  const { scope, autonomy, verdict, because, approval, bounds, untrusted, undo, accountable, place } = cell;
  const told = verdict !== 'violated' || room.witness > 0;
  const witness = verdict === 'violated' && told ? cell.witness : [];
  room.witness -= witness.length;
  return {
    call,
    scope,
    autonomy,
    verdict,
    because,
    approval,
    bounds,
    untrusted,
    undo,
    accountable,
    gates,
    witness: told ? witness.map((one) => ({ ...one, step: `${prefix}${one.step}` })) : null,
    at: { uri: place.uri, range: settled(place.range) },
  };
}
