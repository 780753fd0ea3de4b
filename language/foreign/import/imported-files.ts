import type { BoundaryCell } from '../../authority/cell.js';
import { type EffectCatalogs, effectOf } from '../effects/effects-of.js';
import type { ForeignFinding } from '../finding.js';
import { FOREIGN_FORMATS, type ForeignPlaybook, type ForeignStep } from '../model.js';
import { type CalledPlaybooks, MOST_CALLS_DEEP } from './called.js';
import { depthOf, type ImportedFile } from './check-import.js';
import { type Grants, planWith } from './gates.js';
import type { FlowGraph } from './graph.js';
import { namesOf, RESERVED, slug } from './names.js';
import { callsIn, playbookText, toolsIn } from './playbook-text.js';
import { importedRoles } from './roles.js';
import { flatPlan } from './structure.js';
import { importedTools } from './tools.js';
import { writeItems } from './write-steps.js';
import { type Item, inert } from './yaml-text.js';

/** Which step of ours stands for which of the original. */
export interface ImportedStep {
  /** Name of a file. */
  readonly file: string;
  readonly id: string;
  readonly playbook: ForeignPlaybook;
  readonly step: ForeignStep;
}

/** What the files are made of. */
export interface Importing {
  readonly main: ForeignPlaybook;
  readonly called: CalledPlaybooks;
  readonly findingIn: (playbook: ForeignPlaybook, step: ForeignStep) => ForeignFinding | undefined;
  readonly catalogs: EffectCatalogs;
  readonly placeOf: (uri: string, offset: number) => string;
  /** Names of files that must not be used. */
  readonly taken: readonly string[];
}

export interface ImportedFiles {
  readonly files: readonly ImportedFile[];
  readonly origins: readonly ImportedStep[];
  /** Whether playbooks call each other deeper than ours may. */
  readonly isDeep: boolean;
}

/**
 * The files of an import, the main playbook first.
 *
 * @param models the operating model that a playbook claims, by its file
 * @param isFlat whether the steps of a playbook are one list, in which each asks whether the original comes to it
 */
export function importedFiles(
  { main, called, findingIn, catalogs, placeOf, taken }: Importing,
  grants: Grants,
  models: ReadonlyMap<string, string>,
  isFlat: boolean,
): ImportedFiles {
  const given = [...RESERVED, ...taken.map((name) => name.replace(/\.(?:playbook|tools|policy)\.yaml$/, ''))];
  const ids = namesOf('-', 70, given);
  const base = slug(nameOf(main), '-', 50) || 'imported';
  const idOf = new Map(
    called.playbooks.map((one) => [one, ids.take(one === main ? base : `${base} ${nameOf(one)}`, 'imported')]),
  );
  const mainId = idOf.get(main) ?? base;
  const policy = `${mainId}.policy.yaml`;
  const catalogFile = `${mainId}.tools.yaml`;
  /** What an act does; of one that is none of the boundary, that it only looks or writes down. */
  const effectIn = (playbook: ForeignPlaybook, step: ForeignStep): BoundaryCell['effect'] => {
    const found = findingIn(playbook, step);
    if (found) return found.cell.effect;
    const { does } = step;
    return does.kind === 'act' && effectOf(does, playbook.format, catalogs).effect === 'read' ? 'read' : 'record';
  };
  const acts = called.playbooks.flatMap((playbook) =>
    called
      .graphOf(playbook)
      .nodes.flatMap((node) =>
        node.kind === 'step' && node.step.does.kind === 'act'
          ? [[node.step.does, effectIn(playbook, node.step)] as const]
          : [],
      ),
  );
  const tools = importedTools(main.format, acts);
  const roles = importedRoles();
  const origins: ImportedStep[] = [];
  const files: ImportedFile[] = [];
  const calls = new Map<string, readonly string[]>();
  for (const playbook of called.playbooks) {
    const graph = called.graphOf(playbook);
    const plan = isFlat ? flatPlan(graph) : planWith(graph, grants);
    const id = idOf.get(playbook) ?? mainId;
    const partIds = new Map(
      [...plan.parts.keys()].map((node) => [node, ids.take(`${id} ${stepNameAt(graph, node)}`, 'part')]),
    );
    const named = new Set<ForeignStep>();
    const lists = [
      { id, steps: plan.steps, from: undefined },
      ...[...plan.parts].map(([node, steps]) => ({
        id: partIds.get(node) ?? id,
        steps,
        from: stepNameAt(graph, node),
      })),
    ].map(({ id: name, steps, from }) => {
      const file = fileOf(name);
      const items: readonly Item[] = writeItems(steps, {
        graph,
        grants,
        tools,
        findingOf: (step) => findingIn(playbook, step),
        roleOf: roles.of,
        calledFile: (step) => {
          const to = called.followed(step);
          return to && fileOf(idOf.get(to) ?? mainId);
        },
        whyNot: called.whyNot,
        partFile: (node) => fileOf(partIds.get(node) ?? id),
        placeOf: ({ uri, range, drawnAt }) =>
          `${placeOf(uri, range.start)}${drawnAt ? `, drawn at ${drawnAt.x}, ${drawnAt.y}` : ''}`,
        effectOf: (step) => effectIn(playbook, step),
        origin(stepId, step) {
          named.add(step);
          origins.push({ file, id: stepId, playbook, step });
        },
        named: (step) => named.add(step),
      });
      calls.set(file, callsIn(items));
      return { id: name, file, items, from };
    });
    const missing = playbook.steps.filter((step) => !step.part && !named.has(step));
    const reached = reachedIn(graph);
    for (const { id: name, file, items, from } of lists) {
      const isWhole = from === undefined;
      files.push({
        name: file,
        text: playbookText({
          id: name,
          playbook,
          from,
          items,
          model: models.get(file),
          catalog: toolsIn(items) ? catalogFile : undefined,
          policy,
          place: placeOf(playbook.uri, 0),
          unreached: isWhole ? missing.filter((step) => !reached.has(step)).map((step) => step.id) : [],
          unnamed: isWhole ? missing.filter((step) => reached.has(step)).map((step) => step.id) : [],
        }),
      });
    }
  }
  const from = `"${inert(main.name, 120)}" (${FOREIGN_FORMATS[main.format]})`;
  const catalog = tools.text(mainId, from);
  if (catalog !== undefined) files.push({ name: catalogFile, text: catalog });
  files.push({ name: policy, text: roles.policyText(mainId, from) });
  return { files, origins, isDeep: depthOf(calls, fileOf(mainId)) > MOST_CALLS_DEEP };
}

function reachedIn({ nodes }: FlowGraph): ReadonlySet<ForeignStep> {
  const reached = new Set<ForeignStep>();
  for (const node of nodes) {
    if (node.kind === 'step') reached.add(node.step);
    for (const step of node.passed) reached.add(step);
  }
  return reached;
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

function stepNameAt({ nodes }: FlowGraph, at: number): string {
  const node = nodes[at];
  return node?.kind === 'step' ? node.step.id : 'several steps';
}

function fileOf(id: string): string {
  return `${id}.playbook.yaml`;
}
