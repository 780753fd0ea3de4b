import type { LoadedPlaybook } from '../load.js';
import type { Step } from '../model/playbook.js';
import { fileKindOf } from '../model/shape.js';
import { RULES } from '../rules/index.js';
import type { NodePath } from '../schema/node-path.js';
import type { SchemaView } from '../schema/schema-view.js';
import { entryOf, type Node } from '../syntax/tree.js';
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
      documentation: word.documentation ?? '',
      edit: { range: place.replace, newText: escapeSnippet(place.prefix + word.label) + (word.tail ?? '') },
      snippet: true,
      filterText: word.label,
      sortText: `1${String(index).padStart(4, '0')}`,
    }));
}

interface Word {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly detail?: string;
  readonly documentation?: string;
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
      return toolWords(source, place, path);
    case 'role':
      return [...(source.policy?.roles.entries() ?? [])].map(([role, people]) => ({
        label: role,
        kind: 'role',
        detail: people.length === 0 ? 'nobody' : people.map((person) => person.value).join(', '),
        documentation: explainRole(role, source.policy),
      }));
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
    case 'file':
      return fileWords(source, host, path);
    default:
      return [];
  }
}

function toolWords(source: SourceFile, place: TypingPlace, path: NodePath): Word[] {
  const last = path.at(-1);
  const calls = last?.kind === 'entry' && last.entry.key.text === 'action' ? last.map : undefined;
  const fills = calls !== undefined && !entryOf(calls, 'with') && place.lineEnds && !place.flow;
  return [...source.tools.values()].map((tool) => ({
    label: tool.name.value,
    kind: 'tool',
    detail: tool.effect ?? 'unknown effect',
    documentation: explainTool(tool),
    tail: fills ? argumentsSnippet(tool.input, place.hang) : '',
  }));
}

/**
 * Steps a gate can grant: those that act and come after it. Gates to be distinct from: those that come before. For
 * `feedback`, where people decide. A case answers for what asks people, wherever it is, in called playbooks, too.
 */
function stepWords(
  source: SourceFile,
  place: TypingPlace,
  reference: 'step' | 'gate',
  path: NodePath,
  named: LoadedPlaybook | undefined,
): Word[] {
  if (source.kind === 'case') {
    const answers = reference === 'gate' ? asksPeople : isTask;
    return [...(named ? stepsByPath(named) : [])]
      .filter(({ step }) => answers(step))
      .map((one) => ({ ...stepWord(one.step), label: one.path }));
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
  return { label: step.id.value, kind: 'step', detail: step.title ?? step.kind, documentation: explainStep(step) };
}

function asksPeople(step: Step): boolean {
  if (step.kind === 'action' || step.kind === 'agent') return step.approval !== undefined;
  return step.kind === 'gate';
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

const FILE_SUFFIXES: { readonly [key: string]: readonly string[] } = {
  catalogs: ['.tools.yaml'],
  policy: ['.policy.yaml'],
  alert: ['.json'],
  call: ['.playbook.yaml'],
  file: ['.playbook.yaml', '.tools.yaml', '.policy.yaml', '.case.yaml'],
};

function fileWords(source: SourceFile, host: CompletionHost, path: NodePath): Word[] {
  const [outer, key] = path.filter((step) => step.kind === 'entry').slice(-2);
  const isContext = outer?.kind === 'entry' && outer.entry.key.text === 'context' && path.length === 2;
  const last = key ?? outer;
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
