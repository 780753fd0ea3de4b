import {
  type AttackDomain,
  attackDomain,
  attackEntry,
  type LoadedCase,
  type LoadedPlaybook,
} from '../../language/index.js';

/** A playbook that says it answers a technique. */
export interface Answer {
  /** Its id. */
  readonly playbook: string;
  readonly model: string;
  /** How many labelled cases there are for it: those that say which verdict is right. */
  readonly cases: number;
}

export interface CoveredTechnique {
  readonly id: string;
  readonly name: string;
  readonly domain: AttackDomain;
  /** In order of their ids; at least one. */
  readonly answers: readonly Answer[];
}

/** What playbooks say they answer. It is what their authors wrote, and shows no detection. */
export interface Covered {
  /** In order of their ids. */
  readonly techniques: readonly CoveredTechnique[];
  /** Ids of playbooks that were counted. */
  readonly playbooks: readonly string[];
  /** What was not counted, each with the reason, as a sentence without its full stop. */
  readonly leftOut: readonly { readonly what: string; readonly why: string }[];
}

/**
 * Techniques of MITRE ATT&CK that playbooks name in `attack`. A playbook with errors does not run, so it answers nothing; a
 * tactic, and an identifier that ATT&CK does not have, is no technique.
 */
export function coveredBy(playbooks: readonly LoadedPlaybook[], cases: readonly LoadedCase[]): Covered {
  const labelled = new Map<string, number>();
  for (const { case: sample } of cases) {
    const id = sample.playbook?.value;
    if (id !== undefined && sample.expect?.verdict !== undefined) labelled.set(id, (labelled.get(id) ?? 0) + 1);
  }
  const answers = new Map<string, Answer[]>();
  const counted: string[] = [];
  const leftOut: { what: string; why: string }[] = [];
  const inOrder = playbooks
    .map((loaded) => ({ loaded, id: loaded.playbook.id?.value ?? loaded.uri.replace(/.*\//, '') }))
    .sort((one, other) => (one.id < other.id ? -1 : 1));
  for (const { loaded, id } of inOrder) {
    if (loaded.problems.some(({ severity }) => severity === 'error')) {
      leftOut.push({ what: id, why: 'it has errors, so it does not run' });
      continue;
    }
    counted.push(id);
    const model = loaded.playbook.operatingModel?.value ?? '';
    for (const { value: technique } of loaded.playbook.attack) {
      if (attackDomain(technique) === undefined) {
        const why = attackEntry(technique) ? 'a tactic is no technique' : 'ATT&CK has no such technique';
        leftOut.push({ what: `${technique} of ${id}`, why });
        continue;
      }
      answers.set(technique, [
        ...(answers.get(technique) ?? []),
        { playbook: id, model, cases: labelled.get(id) ?? 0 },
      ]);
    }
  }
  const techniques = [...answers].flatMap(([id, given]): CoveredTechnique[] => {
    const domain = attackDomain(id);
    const entry = attackEntry(id);
    return domain && entry ? [{ id, name: entry.name, domain, answers: given }] : [];
  });
  return { techniques: techniques.sort((one, other) => (one.id < other.id ? -1 : 1)), playbooks: counted, leftOut };
}
