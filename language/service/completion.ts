import type { LoadedPlaybook } from '../load.js';
import type { TextEdit } from '../problem.js';
import { schemaAt } from '../schema/schema-at.js';
import { caseCompletions, turnCompletions } from './complete-cases.js';
import { ruleKeyCompletions } from './complete-config.js';
import { expressionCompletions, templateAt } from './complete-expressions.js';
import { keyCompletions, wholeValueCompletions } from './complete-keys.js';
import { templateCompletions } from './complete-templates.js';
import { type FileLister, valueCompletions } from './complete-values.js';
import { type TypingPlace, typingPlace } from './cursor.js';
import { toolsBelow } from './nested-playbooks.js';
import type { SourceFile } from './source-file.js';
import { takenInputs } from './taken-inputs.js';

/** What a completion stands for; the editor picks an icon by it. */
export type CompletionKind =
  | 'key'
  | 'argument'
  | 'step-kind'
  | 'word'
  | 'step'
  | 'tool'
  | 'role'
  | 'file'
  | 'variable'
  | 'member'
  | 'function';

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  /** One line beside the label. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation: string;
  readonly edit: TextEdit;
  /** Whether `edit.newText` is an LSP snippet; its further lines are relative to the line's own indentation. */
  readonly snippet: boolean;
  /** What typed text is matched with. */
  readonly filterText: string;
  readonly sortText: string;
  /** Whether it is what nearly everybody would choose here. */
  readonly preselect?: boolean;
}

/** What the host can tell beside the file, if anything. */
export interface CompletionHost {
  readonly listFiles?: FileLister;
  /** For a case: the playbooks it could name. */
  readonly playbooks?: readonly PlaybookName[];
  /** For a case: the playbook it names. */
  readonly casePlaybook?: LoadedPlaybook;
  /** Text of a file that was listed. */
  readonly read?: (uri: string) => string | undefined;
}

export interface PlaybookName {
  readonly id: string;
  readonly title: string;
}

/** What can be typed at `offset`. Answers in half-typed documents, with exact ranges, and never the same label twice. */
export function complete(source: SourceFile, offset: number, host: CompletionHost = {}): Completion[] {
  const place = typingPlace(source.text, source.root, offset);
  if (!place) return [];
  const named = source.kind === 'case' ? host.casePlaybook : undefined;
  const subject = named ? { ...source, tools: toolsBelow(named), policy: named.policy } : source;
  return withPreselected(unique(candidates(subject, place, offset, host)));
}

function candidates(source: SourceFile, place: TypingPlace, offset: number, host: CompletionHost): Completion[] {
  const views = schemaAt(
    source.kind,
    place.root,
    place.path,
    takenInputs(source, host.casePlaybook),
    place.path.at(-1)?.kind === 'item',
  );
  if (place.on === 'key') {
    return [
      ...caseCompletions(source, place),
      ...ruleKeyCompletions(source, place),
      ...turnCompletions(source, place, host.casePlaybook),
      ...keyCompletions(source, place, host),
    ];
  }
  if (views.some((view) => view.template)) {
    const template = templateAt(source.text, place.value, offset);
    if (template) return expressionCompletions(source, place, template, offset);
  }
  if (views.some((view) => view.expression)) return expressionCompletions(source, place, place.value, offset);
  if (place.scalarOnly) return [];
  const filled = views.some((view) => view.template) ? templateCompletions(source, place, views) : [];
  const values = [...valueCompletions(source, place, views, host), ...filled];
  if (place.path.at(-1)?.kind === 'item') return [...values, ...keyCompletions(source, place, host)];
  return [...values, ...wholeValueCompletions(source, place, views, host)];
}

function unique(items: readonly Completion[]): Completion[] {
  const seen = new Set<string>();
  return items.filter((item) => {
    if (seen.has(item.label)) return false;
    seen.add(item.label);
    return true;
  });
}

/** The first key that has to be there, or the only word there is, is what is most often meant. */
function withPreselected(items: readonly Completion[]): Completion[] {
  const first = items.reduce<Completion | undefined>(
    (least, item) => (least && least.sortText <= item.sortText ? least : item),
    undefined,
  );
  if (!first || !(items.length === 1 || first.sortText.startsWith('0'))) return [...items];
  return items.map((item) => (item === first ? { ...item, preselect: true } : item));
}
