import { boundaryOf } from '../../authority/boundary.js';
import { type LoadedPlaybook, loadPlaybook } from '../../load.js';
import { type FindForeign, foreignBoundary } from '../boundary.js';
import { type EffectCatalogs, effectOf } from '../effects/effects-of.js';
import type { ForeignFinding } from '../finding.js';
import { FOREIGN_FORMATS, type ForeignPlaybook, type ForeignStep } from '../model.js';
import { calledIn, MOST_CALLS_DEEP, worstOfEach } from './called.js';
import type { FlowGraph } from './graph.js';
import { namesOf, RESERVED, slug } from './names.js';
import { callsIn, playbookText, toolsIn } from './playbook-text.js';
import { importedRoles } from './roles.js';
import { allPlanned, flatPlan, type Plan, type Planned, planOf } from './structure.js';
import { importedTools } from './tools.js';
import { writeItems } from './write-steps.js';
import { inert } from './yaml-text.js';

/** What a playbook of another product becomes. */
export interface ForeignImport {
  /** Names of files of one folder, and what is in them. The first is the playbook itself. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** What whoever imports it ought to know; a sentence each. */
  readonly notes: readonly string[];
  /** Which step of ours stands for which of the original. */
  readonly origins: readonly ImportedStep[];
}

export interface ImportedStep {
  /** Name of a file. */
  readonly file: string;
  readonly id: string;
  readonly playbook: ForeignPlaybook;
  readonly step: ForeignStep;
}

export interface ImportOptions {
  /** The playbooks it calls. */
  readonly find: FindForeign;
  readonly catalogs: EffectCatalogs;
  /** A place as people read it: `playbooks/block.yml:12`. */
  readonly placeOf: (uri: string, offset: number) => string;
  /** Names of files that must not be used. */
  readonly taken?: readonly string[];
}

export type ImportResult =
  | ({ readonly ok: true } & ForeignImport)
  /** Why it is not imported; a sentence. */
  | { readonly ok: false; readonly why: string };

/** By the question the acts that its yes is for. */
type Grants = ReadonlyMap<ForeignStep, readonly ForeignStep[]>;

/**
 * A playbook of another product as one of ours, with those it calls. Every act keeps the level it has in fact: where no person is asked
 * it stays `autonomous`, and is marked as decided by nobody, which is an error until a person decides it. Pure, and total.
 */
export function importForeign(main: ForeignPlaybook, options: ImportOptions): ImportResult {
  const broken = main.notUnderstood.find(({ breaks }) => breaks);
  if (broken) return { ok: false, why: `${inert(broken.what)} What is missing here would be missing there.` };
  const { findings } = foreignBoundary(main, options.find, options.catalogs);
  const writer = writerOf(main, options, findings);
  let grants = writer.settled(writer.possibleGrants());
  let made = writer.made(grants, new Map());
  // What our own analysis does not prove is not left to a gate.
  while (grants.size > 0) {
    const proven = provenIn(made);
    const kept = writer.settled(only(grants, (act) => proven.has(act)));
    if (countOf(kept) === countOf(grants)) break;
    grants = kept;
    made = writer.made(grants, new Map());
  }
  const models = new Map<string, string>();
  for (const { name } of made.files) {
    if (!name.endsWith('.playbook.yaml')) continue;
    const { computed } = boundaryOf(loadedOf(made, name)).operatingModel;
    if (computed !== 'autonomous') models.set(name, computed);
  }
  const { files, origins, isFlat } = writer.made(grants, models);
  return { ok: true, files, origins, notes: writer.notes(isFlat) };
}

interface Made extends Pick<ForeignImport, 'files' | 'origins'> {
  /** Whether its steps are one list, because lists in lists would take too many parts. */
  readonly isFlat: boolean;
}

interface Writer {
  /** What a gate may grant: acts that the yes at a question is the weakest approval of. */
  possibleGrants(): Grants;
  /** Without questions that cannot be gates where they stand, and acts that do not stand in the same file. */
  settled(grants: Grants): Grants;
  made(grants: Grants, models: ReadonlyMap<string, string>): Made;
  notes(isFlat: boolean): readonly string[];
}

function writerOf(main: ForeignPlaybook, options: ImportOptions, findings: readonly ForeignFinding[]): Writer {
  const worst = worstOfEach(findings);
  const called = calledIn(main, options.find);
  const base = slug(nameOf(main), '-', 50) || 'imported';
  const ids = namesOf('-', 70, takenIds(options));
  const idOf = new Map(
    called.playbooks.map((one) => [one, ids.take(one === main ? base : `${base} ${nameOf(one)}`, 'imported')]),
  );
  const mainId = idOf.get(main) ?? base;
  const findingIn = (playbook: ForeignPlaybook, step: ForeignStep): ForeignFinding | undefined =>
    worst.get(playbook)?.get(step.id);

  function planned(graph: FlowGraph, grants: Grants): Plan {
    return planOf(graph, (at) => {
      const node = graph.nodes[at];
      return node?.kind === 'step' && grants.has(node.step);
    });
  }

  function written(
    grants: Grants,
    models: ReadonlyMap<string, string>,
    isFlat: boolean,
  ): Omit<Made, 'isFlat'> & { deep: boolean } {
    const tools = importedTools(main.format);
    const roles = importedRoles();
    const partIds = namesOf('-', 70, takenIds(options));
    for (const id of idOf.values()) partIds.take(id, 'imported');
    const origins: ImportedStep[] = [];
    const files: { readonly name: string; readonly text: string }[] = [];
    const calls = new Map<string, readonly string[]>();
    const policyFile = `${mainId}.policy.yaml`;
    const catalogFile = `${mainId}.tools.yaml`;
    for (const playbook of called.playbooks) {
      const graph = called.graphOf(playbook);
      const plan = isFlat ? flatPlan(graph) : planned(graph, grants);
      const id = idOf.get(playbook) ?? mainId;
      const partNames = new Map(
        [...plan.parts.keys()].map((node) => [node, partIds.take(`${id} ${stepNameAt(graph, node)}`, 'part')]),
      );
      const lists: { readonly id: string; readonly steps: readonly Planned[]; readonly from: string | undefined }[] = [
        { id, steps: plan.steps, from: undefined },
        ...[...plan.parts].map(([node, steps]) => ({
          id: partNames.get(node) ?? id,
          steps,
          from: stepNameAt(graph, node),
        })),
      ];
      for (const { id: name, steps, from } of lists) {
        const file = fileOf(name);
        const items = writeItems(steps, {
          graph,
          grants,
          tools,
          findingOf: (step) => findingIn(playbook, step),
          roleOf: roles.of,
          calledFile: (step) => {
            const to = called.followed(step);
            return to && fileOf(idOf.get(to) ?? mainId);
          },
          partFile: (node) => fileOf(partNames.get(node) ?? id),
          placeOf: (step) => options.placeOf(step.uri, step.range.start),
          effectOf: ({ does }) =>
            does.kind === 'act' && effectOf(does, playbook.format, options.catalogs).effect === 'read'
              ? 'read'
              : 'record',
          origin: (stepId, step) => origins.push({ file, id: stepId, playbook, step }),
        });
        calls.set(file, callsIn(items));
        files.push({
          name: file,
          text: playbookText({
            id: name,
            playbook,
            from,
            items,
            model: models.get(file),
            catalog: toolsIn(items) ? catalogFile : undefined,
            policy: policyFile,
            place: options.placeOf(playbook.uri, 0),
            unreached: from === undefined ? unreachedIn(playbook, graph) : [],
          }),
        });
      }
    }
    const from = `"${inert(main.name, 120)}" (${FOREIGN_FORMATS[main.format]})`;
    const catalog = tools.text(mainId, from);
    if (catalog !== undefined) files.push({ name: catalogFile, text: catalog });
    files.push({ name: policyFile, text: roles.policyText(mainId, from) });
    return { files, origins, deep: depthOf(calls, fileOf(mainId)) > MOST_CALLS_DEEP };
  }

  function unreachedIn(playbook: ForeignPlaybook, graph: FlowGraph): readonly string[] {
    const reached = new Set(graph.nodes.flatMap((node) => (node.kind === 'step' ? [node.step] : node.passed)));
    for (const { passed } of graph.nodes) for (const step of passed) reached.add(step);
    return playbook.steps.filter((step) => step.does.kind !== 'flow' && !reached.has(step)).map(({ id }) => id);
  }

  return {
    possibleGrants() {
      const grants = new Map<ForeignStep, ForeignStep[]>();
      for (const playbook of called.playbooks) {
        const steps = called.graphOf(playbook).nodes.flatMap((node) => (node.kind === 'step' ? [node.step] : []));
        const asks = new Map(steps.flatMap((step) => (step.does.kind === 'ask' ? [[step.id, step] as const] : [])));
        for (const act of steps) {
          const found = act.does.kind === 'act' ? findingIn(playbook, act) : undefined;
          if (found?.level !== 2 || found.cell.verdict !== 'proven') continue;
          const prefix = found.cell.step.slice(0, found.cell.step.length - found.stepId.length);
          const gate = found.cell.approval?.gate ?? '';
          const asked = gate.startsWith(prefix) ? asks.get(gate.slice(prefix.length)) : undefined;
          if (asked) grants.set(asked, [...(grants.get(asked) ?? []), act]);
        }
      }
      return grants;
    },
    settled(grants) {
      let now = grants;
      for (;;) {
        const next = new Map<ForeignStep, readonly ForeignStep[]>();
        for (const playbook of now.size > 0 ? called.playbooks : []) {
          const graph = called.graphOf(playbook);
          const plan = planned(graph, now);
          for (const steps of [plan.steps, ...plan.parts.values()]) {
            const { gates, acts } = stepsIn(steps, graph);
            for (const [gate, granted] of now) {
              const here = granted.filter((act) => acts.has(act));
              if (gates.has(gate) && here.length > 0) next.set(gate, here);
            }
          }
        }
        if (countOf(next) === countOf(now)) return next;
        now = next;
      }
    },
    made(grants, models) {
      const { deep, files, origins } = written(grants, models, false);
      if (!deep) return { files, origins, isFlat: false };
      // Too many parts in parts: one list, in which every step asks whether the original comes to it.
      const flat = written(new Map(), models, true);
      return { files: flat.files, origins: flat.origins, isFlat: true };
    },
    notes(isFlat) {
      const flat = isFlat
        ? [
            'Its ways are too tangled for lists in lists, so its steps are one list: before each, a tool tells whether the original comes to it.',
          ]
        : [];
      const notUnderstood = called.playbooks.flatMap((playbook) =>
        playbook.notUnderstood.map(
          ({ uri, range, what }) => `${options.placeOf(uri, range.start)}  ${inert(what, 300)}`,
        ),
      );
      return [...flat, ...notUnderstood];
    },
  };
}

function takenIds({ taken = [] }: ImportOptions): readonly string[] {
  return [...RESERVED, ...taken.map((name) => name.replace(/\.(?:playbook|tools|policy)\.yaml$/, ''))];
}

/** What a playbook is called; by its file where it has no name but an expression for one. */
function nameOf({ name, uri }: ForeignPlaybook): string {
  return /[[({$]/.test(name) ? decoded(uri.slice(uri.lastIndexOf('/') + 1)).replace(/\.[^.]*$/, '') : name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The steps of the original that our own analysis proves to run only after the approval they need. */
function provenIn(made: Made): ReadonlySet<ForeignStep> {
  const proven = new Set<ForeignStep>();
  const files = new Map<string, Map<string, ForeignStep>>();
  for (const { file, id, step } of made.origins) {
    const of = files.get(file) ?? new Map<string, ForeignStep>();
    files.set(file, of.set(id, step));
  }
  for (const [file, steps] of files) {
    for (const { step, verdict } of boundaryOf(loadedOf(made, file)).cells) {
      const original = steps.get(step);
      if (original && verdict === 'proven') proven.add(original);
    }
  }
  return proven;
}

function only(grants: Grants, isKept: (act: ForeignStep) => boolean): Grants {
  return new Map([...grants].map(([gate, acts]) => [gate, acts.filter(isKept)]));
}

function countOf(grants: Grants): number {
  return [...grants.values()].reduce((sum, acts) => sum + 1 + acts.length, 0);
}

/** The gates and the steps in a list and the lists in it. */
function stepsIn(
  steps: readonly Planned[],
  graph: FlowGraph,
): { readonly gates: ReadonlySet<ForeignStep>; readonly acts: ReadonlySet<ForeignStep> } {
  const gates = new Set<ForeignStep>();
  const acts = new Set<ForeignStep>();
  for (const planned of allPlanned(steps)) {
    if (planned.kind !== 'do' && planned.kind !== 'gate') continue;
    const node = graph.nodes[planned.node];
    if (node?.kind === 'step') (planned.kind === 'gate' ? gates : acts).add(node.step);
  }
  return { gates, acts };
}

function stepNameAt({ nodes }: FlowGraph, at: number): string {
  const node = nodes[at];
  return node?.kind === 'step' ? node.step.id : 'several steps';
}

function fileOf(id: string): string {
  return `${id}.playbook.yaml`;
}

/** How many files call each other, one after the other. */
function depthOf(calls: ReadonlyMap<string, readonly string[]>, from: string): number {
  const known = new Map<string, number>();
  const depth = (file: string): number => {
    const before = known.get(file);
    if (before !== undefined) return before;
    const deepest = 1 + Math.max(0, ...(calls.get(file) ?? []).map(depth));
    known.set(file, deepest);
    return deepest;
  };
  return depth(from);
}

function loadedOf({ files }: Made, name: string): LoadedPlaybook {
  const texts = new Map(files.map((file) => [`${FOLDER}${file.name}`, file.text]));
  return loadPlaybook(`${FOLDER}${name}`, texts.get(`${FOLDER}${name}`) ?? '', { read: (uri) => texts.get(uri) });
}

/** Where the files are while they are looked at. */
const FOLDER = 'file:///import/';
