import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { boundaryOf } from '../../authority/boundary.js';
import type { BoundaryCell } from '../../authority/cell.js';
import { type LoadedPlaybook, loadPlaybook } from '../../load.js';
import type { Problem } from '../../problem.js';
import { RULE_NAMES } from '../../rules/names.js';
import { type FindForeign, foreignBoundary } from '../boundary.js';
import type { EffectCatalogs } from '../effects/effects-of.js';
import type { ForeignFinding } from '../finding.js';
import type { ForeignPlaybook } from '../model.js';
import { type ForeignImport, type ImportResult, importForeign } from './import-foreign.js';
import { importedRoles } from './roles.js';
import { whoOf } from './step-entries.js';
import { inert, inertLines } from './yaml-text.js';

/** What is compared of an act: of all its places the worst. */
export interface ComparedAct {
  readonly effect: BoundaryCell['effect'];
  readonly autonomy: BoundaryCell['autonomy'];
  readonly verdict: BoundaryCell['verdict'];
  /** Who says yes to it, where that is proven: a role of ours. */
  readonly who: string;
}

const LEVELS: readonly BoundaryCell['autonomy'][] = ['autonomous', 'notify', 'approve', 'assist', 'manual'];
const VERDICTS: readonly BoundaryCell['verdict'][] = ['unknown', 'violated', 'runtime', 'proven'];

function worse(a: ComparedAct | undefined, b: ComparedAct): ComparedAct {
  if (!a) return b;
  const order =
    LEVELS.indexOf(a.autonomy) - LEVELS.indexOf(b.autonomy) ||
    VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict);
  return order <= 0 ? a : b;
}

/** The acts of an original that a run can come to, by playbook and step. */
export function actsOfOriginal(findings: readonly ForeignFinding[]): ReadonlyMap<string, ComparedAct> {
  const acts = new Map<string, ComparedAct>();
  for (const { playbook, stepId, cell, level } of findings) {
    if (level === 'unreached' || cell.because === 'No path leads to it.') continue;
    const key = keyOf(playbook, stepId);
    const { effect, autonomy, verdict, approval } = cell;
    const roles = whoOf(approval?.roles ?? []);
    const who = verdict === 'proven' && autonomy === 'approve' ? importedRoles().of(roles) : '';
    acts.set(key, worse(acts.get(key), { effect, autonomy, verdict, who }));
  }
  return acts;
}

export function keyOf({ uri, name }: ForeignPlaybook, step: string): string {
  return `${uri} ${name} ${step}`;
}

/** The same of what an import made, with what is wrong with its files. */
export function actsOfImport({ files, origins }: ForeignImport): {
  readonly acts: ReadonlyMap<string, ComparedAct>;
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  readonly cells: readonly BoundaryCell[];
  readonly strays: readonly string[];
  readonly model: string | undefined;
} {
  const folder = 'file:///imported/';
  const texts = new Map(files.map(({ name, text }) => [`${folder}${name}`, text]));
  const host = { read: (uri: string) => texts.get(uri) };
  const loaded = new Map<string, LoadedPlaybook>();
  for (const { name } of files)
    if (name.endsWith('.playbook.yaml'))
      loaded.set(name, loadPlaybook(`${folder}${name}`, texts.get(`${folder}${name}`) ?? '', host));
  const originOf = new Map(origins.map((one) => [`${one.file} ${one.id}`, one]));
  const acts = new Map<string, ComparedAct>();
  const strays: string[] = [];
  const [main] = files;
  const first = main && loaded.get(main.name);
  const boundary = first && boundaryOf(first);
  const cells = boundary?.cells ?? [];
  for (const cell of cells) {
    const id = cell.step.slice(cell.step.lastIndexOf('/') + 1);
    const origin = originOf.get(`${cell.place.uri.slice(folder.length)} ${id}`);
    if (!origin) {
      strays.push(cell.step);
      continue;
    }
    const key = keyOf(origin.playbook, origin.step.id);
    const { effect, autonomy, verdict, approval } = cell;
    const who = verdict === 'proven' && autonomy === 'approve' ? (approval?.roles.join() ?? '') : '';
    acts.set(key, worse(acts.get(key), { effect, autonomy, verdict, who }));
  }
  return {
    acts,
    cells,
    strays,
    model: boundary?.operatingModel.computed,
    problems: new Map([...loaded].map(([name, one]) => [name, one.problems])),
  };
}

const STRUCTURAL: ReadonlySet<string> = new Set([...RULE_NAMES.structure, ...RULE_NAMES.types]);

/**
 * Problems that no import may have, whatever the original does. That a called file has errors is one of that file, and is looked for
 * there.
 */
export function structural(problems: readonly Problem[]): readonly Problem[] {
  return problems.filter(
    ({ rule, severity, message }) =>
      severity === 'error' &&
      STRUCTURAL.has(rule) &&
      !(rule === 'broken-reference' && message.includes('.playbook.yaml"')),
  );
}

/** What steps give their tools, by file and id, as another reader of YAML has it. */
function withOf({ files }: ForeignImport): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, readonly unknown[]>();
  for (const { name, text } of files) {
    const queue: unknown[] = name.endsWith('.playbook.yaml') ? [parse(text)] : [];
    for (const one of queue) {
      if (typeof one !== 'object' || one === null) continue;
      queue.push(...Object.values(one));
      if ('id' in one && 'with' in one && typeof one.with === 'object' && one.with !== null)
        found.set(`${name} ${String(one.id)}`, Object.values(one.with));
    }
  }
  return found;
}

/** How two sets of acts differ; a line each. */
export function differences(
  original: ReadonlyMap<string, ComparedAct>,
  imported: ReadonlyMap<string, ComparedAct>,
): readonly string[] {
  const words = (act: ComparedAct | undefined): string =>
    act ? `${act.effect} ${act.autonomy} ${act.verdict} ${act.who}` : 'nothing';
  return [...new Set([...original.keys(), ...imported.keys()])].flatMap((key) => {
    const [a, b] = [words(original.get(key)), words(imported.get(key))];
    return a === b ? [] : [`${key}: ${a} became ${b}`];
  });
}

/** Imports a playbook, and checks that it has the acts of the original at its levels, and no fault of its own. */
export function assertImportsAlike(
  playbook: ForeignPlaybook,
  find: FindForeign,
  catalogs: EffectCatalogs = { of: () => [] },
): ImportResult {
  const made = importForeign(playbook, { find, catalogs, placeOf: (_, offset) => `original:${offset}` });
  assert.equal(made.ok, !playbook.notUnderstood.some(({ breaks }) => breaks));
  if (!made.ok) return made;
  const shown = made.files.map(({ name, text }) => `=== ${name}\n${text}`).join('\n');
  const { acts, problems, strays, model } = actsOfImport(made);
  const { findings, boundary } = foreignBoundary(playbook, find, catalogs);
  const original = actsOfOriginal(findings);
  const { computed } = boundary.operatingModel;
  // Conditions are tools that only look.
  assert.ok(
    model === computed || (computed === 'traditional' && model === 'tool-assisted'),
    `${computed} became ${model}`,
  );
  assert.deepEqual(differences(original, acts), [], shown);
  assert.deepEqual(strays, [], shown);
  for (const [file, found] of problems) assert.deepEqual(structural(found), [], `${file}\n${shown}`);
  const written = withOf(made);
  for (const { file, id, step } of made.origins) {
    if (step.does.kind !== 'act') continue;
    const values = written.get(`${file} ${id}`) ?? [];
    for (const { name, text } of step.does.args)
      assert.ok(values.includes(inertLines(text)), `"${id}" is not given ${name}:\n${shown}`);
  }
  const places = made.origins.filter(({ step }) => step.does.kind !== 'call').map(({ step }) => step);
  assert.equal(new Set(places).size, places.length, `Each step stands in one place:\n${shown}`);
  for (const { id, part } of playbook.steps) {
    const name = inert(id, 120);
    const isNamed = [name, JSON.stringify(name).slice(1, -1)].some((one) => shown.includes(one));
    assert.ok(part || isNamed, `Nothing names the step "${id}":\n${shown}`);
  }
  return made;
}
