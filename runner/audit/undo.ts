import { isConsequential } from '../../language/model/levels.js';
import type { ActionStep, AgentStep } from '../../language/model/playbook.js';
import type { JsonObject, TraceLine } from '../protocol/trace.js';
import { canonical } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';
import type { Intent, Judged } from './authority.js';
import { ceilingsFor, holdsOneOf, levelOf, placeOf, quorumFor } from './place.js';
import { type AuditWorld, exactDigest, hasReplaced, targetOf } from './world.js';

/** An act at level `notify`, which people may take back. */
interface Notified {
  readonly step: string | null;
  readonly tool: string;
  readonly arguments: JsonObject;
  result: JsonObject;
  /** When it had run, at the latest; milliseconds since the epoch. */
  ranAt: number;
  undone: boolean;
}

/** The acts of a run that people were told of, and what they took back. */
export interface Undone {
  add(line: TraceLine, next: number): void;
  /** An act that goes ahead at level `notify`. */
  ran(call: string, intent: Pick<Intent, 'step' | 'call' | 'args'>): void;
  /** What lets `person` make a call that takes an act back, worked out anew. */
  judge(person: string, intent: Intent): Judged;
}

export function undoneOf(world: AuditWorld): Undone {
  const acts = new Map<string, Notified>();
  const { policy } = world.loaded;

  const judge: Undone['judge'] = (person, { call, step: path, line, at, args: given, simulated }) => {
    const place = path === null ? undefined : placeOf(world.loaded, path);
    const tool = place?.playbook.tools.get(call.tool);
    const args = given ?? call.arguments;
    const no = (problem: string): Judged => ({
      consequential: isConsequential(tool?.effect),
      by: null,
      problems: [problem],
      untold: null,
    });
    const { step } = place ?? {};
    if (!place || !tool || (step?.kind !== 'action' && step?.kind !== 'agent')) return no('A person may not make it.');
    const act = [...acts.values()].find(
      (one) =>
        one.step === path &&
        !one.undone &&
        place.playbook.tools.get(one.tool)?.undo?.value === call.tool &&
        Object.entries(args).every(([name, value]) => isFrom(one, name, value)),
    );
    if (!act) return no('It takes back no act that people were told of.');
    act.undone = true;
    if (policy?.forbid.some((name) => name.value === call.tool)) return no('The policy forbids the tool.');
    const exact = exactDigest(call.tool, tool, args, world) === line.data.digest;
    if (!exact && (given || !hasReplaced(args))) return no('It is not bound to its tool and arguments.');
    if (exact && world.schemas.problem(tool.input, args) !== null) return no('Its arguments do not fit the tool.');
    if (simulated !== (tool.effect !== 'read')) return no('It is not simulated as a dry run says.');
    const within = step.kind === 'action' ? step.undoWithin?.value : undefined;
    if (within !== undefined && !(at < act.ranAt + within)) return no('The time to take the act back was over.');
    const target = targetOf(tool, args);
    const level = levelOf({ ...place, step }, tool, policy, target);
    if (level === 'manual' || level === 'assist') return no('A person performs this themselves.');
    const roleSets = ceilingsFor(tool, policy, target).flatMap(({ roles }) =>
      roles.length > 0 ? [roles.map((role) => role.value)] : [],
    );
    const may = holdsOneOf(person, rolesOf(step, place.playbook.playbook.accountable?.value), policy);
    if (!may || !roleSets.every((roles) => holdsOneOf(person, roles, policy)))
      return no(`${person} may not take the act back.`);
    if (quorumFor(tool, policy, target) > 1) return no('The tool takes more than one person.');
    return {
      consequential: isConsequential(tool.effect),
      by: `taken back by ${person}`,
      problems: [],
      untold: exact ? null : 'A secret was replaced in its arguments, so what they were is not known.',
    };
  };

  return {
    add(line, next) {
      if (line.event !== 'executed') return;
      const act = acts.get(line.data.call);
      if (!act) return;
      act.ranAt = next;
      if (isJsonObject(line.data.result)) act.result = line.data.result;
    },
    ran(id, { step, call, args }) {
      acts.set(id, {
        step,
        tool: call.tool,
        arguments: args ?? call.arguments,
        result: {},
        ranAt: Number.POSITIVE_INFINITY,
        undone: false,
      });
    },
    judge,
  };
}

/** Whether an input of the call that takes an act back is what the act was given, or what it returned, under that name. */
function isFrom(act: Notified, name: string, value: JsonObject[string]): boolean {
  return [act.arguments, act.result].some(
    (source) => Object.hasOwn(source, name) && canonical(source[name]) === canonical(value),
  );
}

/** Who was told, could have approved the act, or answers for it. */
function rolesOf(step: ActionStep | AgentStep, ofPlaybook: string | undefined): readonly string[] {
  const accountable = step.accountable?.value ?? ofPlaybook;
  return [
    ...(step.notify?.roles ?? []).map((role) => role.value),
    ...(step.approval?.roles ?? []).map((role) => role.value),
    ...(accountable === undefined ? [] : [accountable]),
  ];
}
