import type { Truth } from '../../language/model/case.js';
import { isRight } from '../evaluation/truth.js';
import type { Call, TraceLine } from '../protocol/trace.js';

/** What people decided in a run that goes against what was proposed, and what they let pass. */
export interface Decided {
  /** Who refused, changed or ended, each once. */
  readonly by: readonly string[];
  /** What they said, where and why, for the case's description. */
  readonly words: readonly string[];
  /** Tools of calls that were refused, or stood before a person who ended the run. */
  readonly refused: readonly string[];
  /** Tools of calls that people approved, and that ran. */
  readonly let: readonly string[];
  /** Gates at which a call was changed. */
  readonly changedAt: readonly string[];
  /** Acts that ran, whoever let them: tool and effect. */
  readonly ran: readonly { readonly tool: string; readonly effect: string }[];
}

export function decidedIn(lines: readonly TraceLine[]): Decided {
  const asked = new Map<string, readonly Call[]>();
  const calls = new Map<string, Call>();
  const [by, refused, approved, changedAt] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  const words: string[] = [];
  const ran: { tool: string; effect: string }[] = [];
  const toolsAt = (gate: string): readonly string[] => [...new Set((asked.get(gate) ?? []).map(({ tool }) => tool))];
  for (const line of lines) {
    switch (line.event) {
      case 'proposed':
        calls.set(line.data.call.id, line.data.call);
        break;
      case 'gate.opened':
        asked.set(line.data.gate, line.data.calls);
        break;
      case 'decided': {
        const { gate, decision, reason } = line.data;
        if (decision !== 'reject' && decision !== 'end' && decision !== 'modify') break;
        by.add(line.actor.id);
        if (decision === 'modify') changedAt.add(gate);
        else for (const tool of toolsAt(gate)) refused.add(tool);
        words.push(`${SAID[decision]} at ${gate} (${toolsAt(gate).join(', ')})${reason === '' ? '.' : `: ${reason}`}`);
        break;
      }
      case 'gate.closed':
        if (line.data.outcome === 'approved') for (const tool of toolsAt(line.data.gate)) approved.add(tool);
        break;
      case 'executed': {
        const { call, tool, ok } = line.data;
        if (ok) ran.push({ tool, effect: calls.get(call)?.effect ?? 'unknown' });
        break;
      }
      default:
        break;
    }
  }
  const done = new Set(ran.map(({ tool }) => tool));
  return {
    ...{ by: [...by], words, refused: [...refused], changedAt: [...changedAt], ran },
    let: [...approved].filter((tool) => done.has(tool)),
  };
}

const SAID = { reject: 'Refused', end: 'The run was ended', modify: 'Changed' } as const;

/** Tools by what a later run is to do with them, sorted; each is in one list. */
export interface ExpectedActs {
  readonly must: readonly string[];
  readonly may: readonly string[];
  readonly mustNot: readonly string[];
}

/**
 * What is to be expected of acts. What people approved must run and what they refused must not; of a tool that they approved for
 * one target and refused for another either is right. What ran and is wrong once it is known what the alert really is must not,
 * whoever let it.
 */
export function expectedActs({ refused, let: approved, ran }: Decided, truth: Truth | undefined): ExpectedActs {
  const no = new Set(refused);
  const wrong = new Set(
    ran.filter((act) => isRight(act, { expect: undefined }, truth ?? null) === false).map(({ tool }) => tool),
  );
  const may = approved.filter((tool) => no.has(tool) && !wrong.has(tool));
  return {
    must: approved.filter((tool) => !no.has(tool) && !wrong.has(tool)).sort(),
    may: may.sort(),
    mustNot: [...new Set([...refused, ...wrong])].filter((tool) => !may.includes(tool)).sort(),
  };
}
