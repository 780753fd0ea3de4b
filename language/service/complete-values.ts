import { approvalRequirement } from '../authority/approval-requirement.js';
import type { LoadedPlaybook } from '../load.js';
import { attackEntry } from '../model/attack-names.js';
import { attackIds } from '../model/attack-techniques.js';
import { buildCatalog } from '../model/build-catalog.js';
import type { Tool } from '../model/catalog.js';
import type { Step } from '../model/playbook.js';
import type { Policy } from '../model/policy.js';
import { fileKindOf } from '../model/shape.js';
import { RULES } from '../rules/index.js';
import type { NodePath } from '../schema/node-path.js';
import type { SchemaView } from '../schema/schema-view.js';
import { parseYaml } from '../syntax/parse.js';
import { entryOf, get, type Node } from '../syntax/tree.js';
import type { Completion, CompletionHost, CompletionKind } from './completion.js';
import type { TypingPlace } from './cursor.js';
import { explainRole, explainRule, explainStep, explainTool } from './explain.js';
import { stepsByPath } from './nested-playbooks.js';
import { relativeReference } from './relative-reference.js';
import { argumentsSnippet, escapeSnippet } from './snippets.js';
import type { SourceFile } from './source-file.js';
import { isConsequentialStep, surroundingsOf } from './step-order.js';

/** The URIs of the workspace's files whose names end so. */
export type FileLister = (suffix: string) => readonly string[];

/**
 * The words that can stand as a value: of an enum with what each means, or names of steps, tools, roles and files.
 * `path` leads to the value; what its list already holds is left out.
 */
export function valueCompletions(
  source: SourceFile,
  place: TypingPlace,
  views: readonly SchemaView[],
  host: CompletionHost,
  path: NodePath = place.path,
): Completion[] {
  const taken = besides(path);
  const words = views.flatMap((view) => [...enumWords(view, path), ...references(source, place, view, host, path)]);
  const examples = words.length > 0 ? [] : views.flatMap(exampleWords);
  return [...words, ...examples]
    .filter((word) => !taken.has(word.label))
    .map((word, index) => ({
      label: word.label,
      kind: word.kind,
      detail: word.detail ?? '',
      // Worked out when it is read: of a long list few are.
      get documentation() {
        return word.documentation ?? '';
      },
      edit: { range: place.replace, newText: escapeSnippet(place.prefix + word.label) + (word.tail ?? '') },
      snippet: true,
      filterText: word.filterText ?? word.label,
      sortText: `1${String(index).padStart(4, '0')}`,
    }));
}

interface Word {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail?: string;
  readonly documentation?: string;
  /** What typed text is matched with, where that is more than the word. */
  readonly filterText?: string;
  /** Snippet that follows the word. */
  readonly tail?: string;
}

function enumWords(view: SchemaView, path: NodePath): Word[] {
  const last = path.at(-1);
  const ofRules = last?.kind === 'entry' && last.entry.key.text === 'rule';
  const words: Word[] = (view.enum ?? []).map((value) => {
    const rule = ofRules ? RULES.find(({ name }) => name === value) : undefined;
    const documentation = rule ? explainRule(rule) : (view.enumDescriptions[String(value)] ?? '');
    return { label: String(value), kind: 'word', documentation };
  });
  if (view.types.length === 1 && view.types[0] === 'boolean') {
    words.push({ label: 'true', kind: 'word' }, { label: 'false', kind: 'word' });
  }
  return words;
}

function exampleWords(view: SchemaView): Word[] {
  return view.examples.map((example) => ({ label: String(example), kind: 'word', detail: 'for example' }));
}

function references(
  source: SourceFile,
  place: TypingPlace,
  view: SchemaView,
  host: CompletionHost,
  path: NodePath,
): Word[] {
  switch (view.reference) {
    case 'tool':
      return toolWords(source, place, path, host);
    case 'role':
      return roleWords(source, path, source.policy ?? host.casePlaybook?.policy);
    case 'step':
    case 'gate':
      return stepWords(source, place, view.reference, path, host.casePlaybook);
    case 'playbook':
      return (host.playbooks ?? []).map(({ id, title }) => ({ label: id, kind: 'file', detail: title }));
    case 'rule':
      return RULES.map((rule) => ({
        label: rule.name,
        kind: 'word',
        detail: rule.severity,
        documentation: explainRule(rule),
      }));
    case 'tag':
      return tagWords(source);
    case 'person':
      return personWords(source);
    case 'technique':
      return techniqueWords(source, place);
    case 'parameter':
      return parameterWords(path);
    case 'file':
      return fileWords(source, host, path);
    default:
      return [];
  }
}

function toolWords(source: SourceFile, place: TypingPlace, path: NodePath, host: CompletionHost): Word[] {
  const last = path.at(-1);
  const calls = last?.kind === 'entry' && last.entry.key.text === 'action' ? last.map : undefined;
  const fills = calls !== undefined && !entryOf(calls, 'with') && place.lineEnds && !place.flow;
  const tools = source.kind === 'policy' ? listedTools(host) : [...source.tools.values()];
  return tools.map((tool) => ({
    label: tool.name.value,
    kind: 'tool',
    detail: tool.effect ?? 'unknown effect',
    get documentation() {
      return explainTool(tool);
    },
    tail: fills ? argumentsSnippet(tool.input, place.hang) : '',
  }));
}

/** Roles with who holds them. Where people are asked, those the policy requires of what they are asked about come first. */
function roleWords(source: SourceFile, path: NodePath, policy: Policy | undefined): Word[] {
  const asked = path.findLast((step) => step.kind === 'entry' && /^(gate|approval)$/.test(step.entry.key.text));
  const map = asked?.kind === 'entry' ? asked.map : undefined;
  const grants = get(get(map, 'gate'), 'grants');
  const tools = [
    get(map, 'action'),
    ...(grants?.kind === 'list' ? grants.items : []).map((grant) => {
      const step = grant?.kind === 'scalar' ? source.playbook?.stepOf.get(grant.text) : undefined;
      return step && get(step.node, 'action');
    }),
  ].flatMap((node) => (node?.kind === 'scalar' ? (source.tools.get(node.text) ?? []) : []));
  const required = new Set(tools.flatMap((tool) => approvalRequirement(tool, policy).roleSets.flat()));
  const roles = [...(policy?.roles.entries() ?? [])];
  return [...roles.filter(([role]) => required.has(role)), ...roles.filter(([role]) => !required.has(role))].map(
    ([role, people]) => ({
      label: role,
      kind: 'role',
      detail: people.length === 0 ? 'nobody' : people.map((person) => person.value).join(', '),
      get documentation() {
        return explainRole(role, policy);
      },
    }),
  );
}

/** A policy names no catalogs: the tools of every catalog there is. */
function listedTools({ listFiles, read }: CompletionHost): readonly Tool[] {
  return (listFiles?.('.tools.yaml') ?? []).flatMap((uri) => {
    const text = read?.(uri);
    return text === undefined ? [] : [...buildCatalog(uri, parseYaml(text).root).tools.values()];
  });
}

/** The inputs of the tool around: one of them is what it acts on. */
function parameterWords(path: NodePath): Word[] {
  const last = path.at(-1);
  const input = last?.kind === 'entry' ? entryOf(last.map, 'input')?.value : undefined;
  return (input?.kind === 'map' ? input.entries : []).map(({ key }) => ({ label: key.text, kind: 'argument' }));
}

/** The techniques and tactics of ATT&CK, to be found by identifier or by name; once an identifier is begun, those that begin so. */
function techniqueWords({ text }: SourceFile, { replace }: TypingPlace): Word[] {
  const written = text.slice(replace.start, replace.end).toUpperCase();
  return attackIds()
    .filter((id) => id.startsWith(/^TA?\d/.test(written) ? written.slice(0, 4) : ''))
    .map((label): Word => {
      const [parent, number] = label.split('.');
      const isTactic = label.startsWith('TA');
      const page = `${isTactic ? 'tactics' : 'techniques'}/${label.replace('.', '/')}`;
      const name = attackEntry(label)?.name;
      const kind = isTactic ? 'tactic' : number === undefined ? 'technique' : `sub-technique of ${parent}`;
      return {
        label,
        kind: 'word',
        detail: name ?? kind,
        documentation: `[${label}${name === undefined ? '' : `: ${name}`}](https://attack.mitre.org/${page}/)`,
        ...(name === undefined ? {} : { filterText: `${label} ${name}` }),
      };
    });
}

/**
 * Steps a gate can grant: those that act and come after it. Gates to be distinct from: those that come before. For
 * `feedback`, where people decide. A case answers for what asks people and takes back what acts, wherever it is, in called
 * playbooks, too.
 */
function stepWords(
  source: SourceFile,
  place: TypingPlace,
  reference: 'step' | 'gate',
  path: NodePath,
  named: LoadedPlaybook | undefined,
): Word[] {
  if (source.kind === 'case') {
    const top = path.find((step) => step.kind === 'entry');
    const ofTasks = top?.kind === 'entry' && top.entry.key.text === 'tasks';
    const answers = reference === 'gate' ? asksPeople : ofTasks ? isTask : acts;
    return [...(named ? stepsByPath(named) : [])]
      .filter(({ step }) => answers(step))
      .map((one) => ({
        label: one.path,
        kind: 'step',
        detail: one.step.title ?? one.step.kind,
        documentation: explainStep(one.step),
      }));
  }
  const playbook = source.playbook?.playbook;
  if (!playbook) return [];
  const key = path.findLast((step) => step.kind === 'entry');
  if (key?.kind === 'entry' && key.entry.key.text === 'feedback') {
    return (source.playbook?.steps ?? []).filter(({ kind }) => kind === 'gate' || kind === 'manual').map(stepWord);
  }
  const { before, after } = surroundingsOf(playbook, place.replace.start);
  const steps =
    reference === 'gate'
      ? before.filter((step) => step.kind === 'gate')
      : after.filter((step) => isConsequentialStep(step, source.tools));
  return steps.map(stepWord);
}

function stepWord(step: Step): Word {
  return {
    label: step.id.value,
    kind: 'step',
    detail: step.title ?? step.kind,
    get documentation() {
      return explainStep(step);
    },
  };
}

function asksPeople(step: Step): boolean {
  if (step.kind === 'action' || step.kind === 'agent') return step.approval !== undefined;
  return step.kind === 'gate';
}

/** Whether the step calls tools, so that there may be something to take back or to review. */
function acts(step: Step): boolean {
  return step.kind === 'action' || step.kind === 'agent';
}

/** Steps that people do and report on. */
function isTask(step: Step): boolean {
  return step.kind === 'manual' || step.autonomy?.value === 'assist';
}

/** Tags of targets, with how many bear each. */
function tagWords(source: SourceFile): Word[] {
  return [...(source.policy?.tags ?? [])].map(([label, bearers]) => ({
    label,
    kind: 'word',
    detail: bearers.map(({ value }) => value).join(', '),
  }));
}

/** People who hold a role, with the roles they hold. */
function personWords(source: SourceFile): Word[] {
  const held = new Map<string, string[]>();
  for (const [role, people] of source.policy?.roles ?? []) {
    for (const { value } of people) held.set(value, [...(held.get(value) ?? []), role]);
  }
  return [...held].map(([label, roles]) => ({ label, kind: 'word', detail: roles.join(', ') }));
}

const FILE_SUFFIXES: { readonly [key: string]: readonly string[] } = {
  catalogs: ['.tools.yaml'],
  examples: ['.case.yaml'],
  policy: ['.policy.yaml'],
  alert: ['.json'],
  events: ['.jsonl', '.csv'],
  call: ['.playbook.yaml'],
  file: ['.playbook.yaml', '.tools.yaml', '.policy.yaml', '.policy.test.yaml', '.case.yaml'],
};

function fileWords(source: SourceFile, host: CompletionHost, path: NodePath): Word[] {
  const [outer, key] = path.filter((step) => step.kind === 'entry').slice(-2);
  const isContext = outer?.kind === 'entry' && outer.entry.key.text === 'context' && path.length === 2;
  const isEvents = outer?.kind === 'entry' && outer.entry.key.text === 'events' && path.length === 2;
  const last = isEvents ? outer : (key ?? outer);
  const suffixes = isContext ? ['.yaml'] : last?.kind === 'entry' ? FILE_SUFFIXES[last.entry.key.text] : undefined;
  const { listFiles } = host;
  if (suffixes === undefined || !listFiles) return [];
  return suffixes
    .flatMap((suffix) => listFiles(suffix))
    .filter((uri) => uri !== source.uri && !(isContext && fileKindOf(uri) !== undefined))
    .flatMap((uri) => {
      const label = relativeReference(source.uri, uri);
      return label === undefined ? [] : [{ label, kind: 'file' as const }];
    });
}

/** The other items of the list a path ends in. */
function besides(path: NodePath): Set<string> {
  const last = path.at(-1);
  if (last?.kind !== 'item') return new Set();
  const others = last.list.items.filter((_, index) => index !== last.index);
  return new Set(others.flatMap(wordOf));
}

function wordOf(node: Node | undefined): string[] {
  if (node?.kind === 'scalar') return [node.text];
  const use = node?.kind === 'map' ? entryOf(node, 'use')?.value : undefined;
  return use?.kind === 'scalar' ? [use.text] : [];
}
