import { boundaryOf } from '../../language/authority/boundary.js';
import type { BoundaryCell } from '../../language/authority/cell.js';
import { edgeWord } from '../../language/authority/paths.js';
import { type LoadedPlaybook, loadPlaybook } from '../../language/load.js';
import { fileKindOf } from '../../language/model/shape.js';
import { indexLines, type LineIndex } from '../../language/syntax/lines.js';
import { pathOf } from '../node-files.js';
import type { AssistantReply } from '../protocol/assistant.js';
import type { JsonObject } from '../protocol/trace.js';
import { listed, no, replyOf } from './reply.js';
import { outside } from './validate.js';
import type { Workspace } from './workspace.js';

type Read =
  | { readonly ok: true; readonly loaded: LoadedPlaybook; readonly name: string }
  | { readonly ok: false; readonly reply: AssistantReply };

/** Who decides, in the order a reviewer asks, each with the levels it is for. */
const DECIDES: { readonly [who: string]: readonly BoundaryCell['autonomy'][] } = {
  withoutAPerson: ['autonomous'],
  toldAfterwards: ['notify'],
  afterApproval: ['approve'],
  byAPerson: ['assist', 'manual'],
};

/** What a playbook, and the playbooks it calls, may do, by who decides. */
export function boundary({ file }: { readonly file: string }, workspace: Workspace): AssistantReply {
  const read = readPlaybook(file, workspace);
  if (!read.ok) return read.reply;
  const { cells, operatingModel, playbook } = boundaryOf(read.loaded);
  const errors = read.loaded.problems.filter(({ severity }) => severity === 'error').length;
  const show = cellShower(workspace);
  const groups = Object.entries(DECIDES).map(([who, levels]) => ({
    who,
    cells: cells.filter(({ autonomy }) => levels.includes(autonomy)),
  }));
  const words = ['step', 'tool', 'scope', 'approval', 'bounds[]', 'untrustedValues[]', 'accountable', 'because'];
  const untrusted = ['playbook', ...Object.keys(DECIDES).flatMap((who) => words.map((word) => `${who}[].${word}`))];
  return replyOf(untrusted, (most) => ({
    file: read.name,
    playbook,
    errors,
    ...(errors === 0
      ? {}
      : { note: 'The playbook has errors, so what is told of it may not be all. countersign_validate lists them.' }),
    operatingModel: { declared: operatingModel.declared, computed: operatingModel.computed },
    verdicts: countOf(cells),
    ...Object.fromEntries(groups.flatMap(({ who, cells }) => Object.entries(listed(who, cells.map(show), most)))),
  }));
}

/** The acts of a step: level, approval, verdict, and the path that shows it. */
export function explainAct(
  { file, step, tool }: { readonly file: string; readonly step: string; readonly tool?: string | undefined },
  workspace: Workspace,
): AssistantReply {
  const read = readPlaybook(file, workspace);
  if (!read.ok) return read.reply;
  const { cells } = boundaryOf(read.loaded);
  const ofStep = cells.filter((cell) => cell.step === step);
  const acts = tool === undefined ? ofStep : ofStep.filter((cell) => cell.tool === tool);
  if (acts.length === 0) {
    const there = read.loaded.steps.some(({ id }) => id.value === step);
    if (ofStep.length > 0)
      return no(`The step "${step}" has no act with "${tool ?? ''}". Its acts: ${namesOf(ofStep, 'tool')}.`);
    return no(
      there
        ? `The step "${step}" has no consequential act, so nobody has to decide about it. Steps with acts: ${namesOf(cells, 'step')}.`
        : `There is no step "${step}" in ${read.name}. Steps with acts: ${namesOf(cells, 'step')}.`,
    );
  }
  const show = cellShower(workspace);
  return replyOf(['acts[]'], (most) => ({
    file: read.name,
    step,
    ...listed(
      'acts',
      acts.map((cell) => ({ ...show(cell), path: pathTo(cell).slice(0, Math.max(most, 1)) })),
      most,
    ),
  }));
}

function readPlaybook(file: string, workspace: Workspace): Read {
  const found = workspace.find(file);
  if (found === undefined) return { ok: false, reply: outside(file) };
  if (fileKindOf(found.path) !== 'playbook')
    return { ok: false, reply: no(`"${file}" is no playbook: its name must end in .playbook.yaml.`) };
  const text = workspace.read(found);
  if (!text.ok) return { ok: false, reply: no(`"${file}" cannot be read: ${text.reason}.`) };
  return { ok: true, loaded: loadPlaybook(found.uri, text.text, workspace.host()), name: workspace.nameOf(found.path) };
}

/** Says what a cell is, with the line of its file from 1. */
function cellShower(workspace: Workspace): (cell: BoundaryCell) => JsonObject {
  const known = new Map<string, LineIndex | undefined>();
  const linesOf = (uri: string): LineIndex | undefined => {
    if (known.has(uri)) return known.get(uri);
    const found = workspace.find(uri);
    const text = found && workspace.read(found);
    const lines = text?.ok ? indexLines(text.text) : undefined;
    known.set(uri, lines);
    return lines;
  };
  return ({
    step,
    tool,
    effect,
    scope,
    autonomy,
    approval,
    bounds,
    untrusted,
    undo,
    accountable,
    verdict,
    because,
    place,
  }) => {
    const lines = linesOf(place.uri);
    return {
      step,
      tool,
      effect,
      scope,
      level: autonomy,
      approval: approval && { ...approval },
      bounds,
      untrustedValues: untrusted,
      undo,
      accountable,
      verdict,
      because,
      file: workspace.nameOf(pathOf(place.uri) ?? place.uri),
      ...(lines ? { line: lines.positionAt(place.range.start).line + 1 } : {}),
    };
  };
}

/** A path to an act, step by step, each with how it is left. */
function pathTo({ witness, step }: BoundaryCell): readonly string[] {
  return [
    ...witness.map(({ step, edge, branch }) => {
      const way = edgeWord(branch === undefined ? { kind: edge } : { kind: edge, branch });
      return way === '' ? step : `${step} (${way})`;
    }),
    step,
  ];
}

function countOf(cells: readonly BoundaryCell[]): JsonObject {
  const count = (verdict: BoundaryCell['verdict']): number => cells.filter((cell) => cell.verdict === verdict).length;
  return {
    proven: count('proven'),
    runtime: count('runtime'),
    violated: count('violated'),
    unknown: count('unknown'),
  };
}

function namesOf(cells: readonly BoundaryCell[], what: 'step' | 'tool'): string {
  const names = [...new Set(cells.map((cell) => cell[what]))];
  return names.length === 0 ? 'none' : `${names.slice(0, 20).join(', ')}${names.length > 20 ? ', …' : ''}`;
}
