import type { Tool } from '../../language/model/catalog.js';
import type { Approval } from '../../language/model/playbook.js';
import type { Policy } from '../../language/model/policy.js';
import type { Call, TraceLine } from '../protocol/trace.js';
import { type AuditedPlaybook, ceilingsFor, holdsOneOf, placeOf, quorumFor } from './place.js';

/** One time a gate, or a step with an approval of its own, asked people. */
interface Round {
  readonly gate: string;
  /** By digest: how often it was shown. */
  readonly shown: Map<string, number>;
  /** By digest: how often it went ahead on this round. */
  readonly used: Map<string, number>;
  /** Who may not approve here, whatever they hold. */
  readonly excluded: ReadonlySet<string>;
  /** The role it was handed to; `undefined` while those decide whom the playbook names. */
  readonly role: string | undefined;
  readonly approvers: string[];
  /** When the first approval was given, at the latest; milliseconds since the epoch. */
  given: number | undefined;
  rejected: boolean;
  approved: boolean;
}

/** What an act that needs approval is looked up by. */
export interface Wanted {
  /** Path of the step that makes the call. */
  readonly step: string;
  readonly digest: string;
  readonly tool: Tool;
  readonly target: string | null;
  /** When it was decided, at the earliest; milliseconds since the epoch. */
  readonly at: number;
}

export type Found = { readonly ok: true; readonly by: string } | { readonly ok: false; readonly reason: string };

/** The questions that were put to people, and what they said, as the lines of a trace tell. */
export interface Rounds {
  /** `next` is the time of the line after it. */
  add(line: TraceLine, next: number): void;
  /** Uses up an approval for a call that went ahead; says what was wrong where there is none. */
  use(wanted: Wanted): Found;
}

/**
 * Keeps the approvals of a run by the rules of docs/security.md: exact calls, distinct people who hold the roles,
 * nobody who is excluded, as many as the strictest asks for, before the call, not expired, each used as often as allowed,
 * void once the gate asks again, and never into or out of a called playbook.
 *
 * @param digestOf of what people were shown, whatever digest stood beside it
 */
export function roundsOf(
  root: AuditedPlaybook,
  policy: Policy | undefined,
  digestOf: (shown: Call, gate: string) => string,
): Rounds {
  let rounds: Round[] = [];
  /** By gate under way: who changed what is asked there, or handed it on, and to which role. */
  const handed = new Map<string, { readonly by: Set<string>; role: string | undefined }>();
  /** By gate: who approved there last. */
  const approvedAt = new Map<string, readonly string[]>();
  let requester = '';
  const resumers = new Set<string>();
  let model = '';

  const openAt = (gate: string): Round | undefined => rounds.findLast((round) => round.gate === gate);
  const crossed = (path: string): void => {
    const inside = (name: string): boolean => name.startsWith(`${path}/`);
    rounds = rounds.filter((round) => !inside(round.gate));
    for (const gate of approvedAt.keys()) if (inside(gate)) approvedAt.delete(gate);
  };

  const handedAt = (gate: string) => {
    const known = handed.get(gate) ?? { by: new Set<string>(), role: undefined };
    handed.set(gate, known);
    return known;
  };

  const add: Rounds['add'] = (line, next) => {
    switch (line.event) {
      case 'run.opened':
        requester = line.data.startedBy;
        model = line.data.model.id;
        return;
      case 'resumed':
        resumers.add(line.data.by);
        return;
      case 'gate.opened': {
        const { gate, calls } = line.data;
        // Asked afresh within one question, what became of it since it was first asked holds.
        if (line.data.round === undefined) handed.delete(gate);
        const { by = new Set<string>(), role } = handed.get(gate) ?? {};
        rounds = rounds.filter((round) => round.gate !== gate);
        const prefix = gate.slice(0, gate.lastIndexOf('/') + 1);
        const distinct = approvalAt(root, gate)?.distinctFrom ?? [];
        const before = distinct.flatMap((other) => approvedAt.get(prefix + other.value) ?? []);
        const shown = new Map<string, number>();
        for (const call of calls) {
          const digest = digestOf(call, gate);
          shown.set(digest, (shown.get(digest) ?? 0) + 1);
        }
        rounds.push({
          gate,
          shown,
          used: new Map(),
          excluded: new Set([requester, model, ...resumers, ...before, ...by]),
          role,
          approvers: [],
          given: undefined,
          rejected: false,
          approved: false,
        });
        return;
      }
      case 'decided': {
        const round = openAt(line.data.gate);
        if (!round || round.approved) return;
        if (line.data.decision === 'reject' || line.data.decision === 'end') round.rejected = true;
        else if (line.data.decision === 'approve' && line.actor.kind === 'human') {
          // What they approved before they had it go on counts.
          if (resumers.has(line.actor.id)) return;
          round.approvers.push(line.actor.id);
          round.given ??= next;
        }
        return;
      }
      case 'modified':
        if (line.data.refused === null) handedAt(line.data.gate).by.add(line.actor.id);
        return;
      case 'escalated': {
        const { gate, to } = line.data;
        const at = handedAt(gate);
        at.by.add(line.actor.id);
        at.role = to;
        return;
      }
      case 'gate.closed': {
        const { gate, outcome } = line.data;
        const round = openAt(gate);
        if (outcome !== 'approved' || !round) {
          rounds = rounds.filter((one) => one.gate !== gate);
          return;
        }
        round.approved = true;
        approvedAt.set(gate, round.approvers);
        return;
      }
      case 'called':
        if (line.step !== null) crossed(line.step);
        return;
      case 'step.left':
        if (line.step !== null && placeOf(root, line.step)?.step.kind === 'call') crossed(line.step);
        return;
      default:
        return;
    }
  };

  const use: Rounds['use'] = (wanted) => {
    let reason = 'nobody was asked about this call';
    for (const round of rounds) {
      if (!grants(root, round.gate, wanted.step)) continue;
      const problem = problemWith(round, wanted, approvalAt(root, round.gate), policy);
      if (problem !== undefined) {
        reason = problem;
        continue;
      }
      round.used.set(wanted.digest, (round.used.get(wanted.digest) ?? 0) + 1);
      return { ok: true, by: `approved at "${round.gate}" by ${[...new Set(round.approvers)].sort().join(', ')}` };
    }
    return { ok: false, reason };
  };

  return { add, use };
}

function problemWith(
  round: Round,
  { digest, tool, target, at }: Wanted,
  approval: Approval | undefined,
  policy: Policy | undefined,
): string | undefined {
  const gate = `"${round.gate}"`;
  if (!approval) return `${gate} is no gate and has no approval of its own`;
  const shown = round.shown.get(digest) ?? 0;
  if (shown === 0) return `${gate} showed other calls`;
  if (round.rejected) return `a person refused at ${gate}`;
  if (!round.approved) return `${gate} was not approved`;
  const most = shown * (approval.uses?.value ?? 1);
  if ((round.used.get(digest) ?? 0) >= most) return `the approval at ${gate} was used up`;
  const named = approval.roles.map((role) => role.value);
  if (round.role !== undefined && ![...approval.escalateTo.map((role) => role.value), ...named].includes(round.role))
    return `${gate} was handed to a role that may not have it`;
  const roleSets = [
    round.role === undefined ? named : [round.role],
    ...ceilingsFor(tool, policy, target).flatMap(({ roles }) =>
      roles.length > 0 ? [roles.map((role) => role.value)] : [],
    ),
  ];
  const people = [...new Set(round.approvers)].filter(
    (person) => !round.excluded.has(person) && roleSets.every((roles) => holdsOneOf(person, roles, policy)),
  );
  const needed = Math.max(1, approval.quorum?.value ?? 1, quorumFor(tool, policy, target));
  if (people.length < needed) return `${people.length} of ${needed} people who may approve did so at ${gate}`;
  const expires = approval.expires?.value;
  if (expires !== undefined && !(round.given !== undefined && at < round.given + expires))
    return `the approval at ${gate} had expired`;
  return undefined;
}

/** Whether what people approve at `gate` can be a call of `step`: its own, or one it grants in the same playbook. */
function grants(root: AuditedPlaybook, gate: string, step: string): boolean {
  if (gate === step) return true;
  const place = placeOf(root, gate);
  if (place?.step.kind !== 'gate' || !step.startsWith(place.prefix)) return false;
  const id = step.slice(place.prefix.length);
  return place.step.grants.some((grant) => grant.value === id);
}

function approvalAt(root: AuditedPlaybook, path: string): Approval | undefined {
  const step = placeOf(root, path)?.step;
  return step && 'approval' in step ? step.approval : undefined;
}
