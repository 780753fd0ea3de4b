import { namedRules } from '../config/build-config.js';
import type { Step } from '../model/playbook.js';
import { RULES } from '../rules/index.js';
import { type NodeAt, nodeAt } from '../schema/node-path.js';
import { schemaAt } from '../schema/schema-at.js';
import type { SchemaView } from '../schema/schema-view.js';
import type { Range } from '../syntax/tree.js';
import { topAround } from '../top-steps.js';
import { durationWords } from './duration-words.js';
import { explainField, explainRole, explainRule, explainTag, explainTool } from './explain.js';
import { explainActs } from './explain-acts.js';
import { explainAttack } from './explain-attack.js';
import { explainGate } from './explain-gate.js';
import { explainFile, explainVariable } from './explain-given.js';
import { explainStepFully } from './explain-step.js';
import { explainExpressionAt } from './hover-expressions.js';
import { type Occurrence, occurrenceAt } from './occurrences.js';
import { placeLink, type Texts } from './place-link.js';
import type { SourceFile } from './source-file.js';
import { calleeNamed, takenInputs } from './taken-inputs.js';

/** What is said about the word under the cursor, as Markdown, and the word it is said about. */
export interface HoverText {
  readonly markdown: string;
  readonly range: Range;
}

const NO_TEXTS: Texts = { read: () => undefined };

/** Explains a key, a word of a closed list, a name or a part of an expression. `texts` says the lines of other files. */
export function hover(source: SourceFile, offset: number, texts: Texts = NO_TEXTS): HoverText | undefined {
  const expression = explainExpressionAt(source, offset, texts);
  if (expression) return expression;
  const found = occurrenceAt(source, offset);
  const named = found && !found.home && explainName(source, found, texts);
  if (found && named) return { markdown: named, range: found.range };
  const other = ruleAt(source, offset) ?? techniqueAt(source, offset);
  if (other) return other;
  const at = nodeAt(source.root, offset);
  if (at?.node.kind !== 'scalar') return undefined;
  const views = schemaAt(source.kind, source.root, at.path, takenInputs(source));
  const markdown = at.on === 'key' ? explainKey(source, at, views, texts) : explainWord(source, at, views, texts);
  return markdown === '' ? undefined : { markdown, range: at.node.range };
}

function explainName(source: SourceFile, { kind, name, range }: Occurrence, texts: Texts): string | undefined {
  switch (kind) {
    case 'step': {
      const step = source.playbook?.stepOf.get(name);
      return step && explainStepFully(step, source, texts);
    }
    case 'tool': {
      const tool = source.tools.get(name);
      const step = innermostStep(source, range.start);
      const where = tool && `Described at ${placeLink(source, { uri: tool.uri, range: tool.name.range }, texts)}`;
      return tool && paragraphs(explainTool(tool), step ? explainActs(step, source, texts, name) : '', where ?? '');
    }
    case 'role':
      return explainRole(name, source.policy);
    case 'file':
      return explainFile(source, name, range);
    case 'item':
    case 'input':
    case 'context':
      return explainVariable(source, kind, name);
    case 'tag':
      return explainTag(name, source.policy);
    case 'output':
    case 'argument':
    case 'playbook':
      return undefined;
  }
}

/** A rule that a configuration names. */
function ruleAt(source: SourceFile, offset: number): HoverText | undefined {
  if (source.kind !== 'config') return undefined;
  const named = namedRules(source.root).find(({ range }) => range.start <= offset && offset <= range.end);
  const rule = named && RULES.find(({ name }) => name === named.value);
  return named && rule ? { markdown: explainRule(rule), range: named.range } : undefined;
}

/** A technique or tactic that a playbook answers. */
function techniqueAt({ playbook }: SourceFile, offset: number): HoverText | undefined {
  const named = playbook?.playbook.attack.find(({ range }) => range.start <= offset && offset <= range.end);
  const markdown = named && explainAttack(named.value);
  return named && markdown !== undefined ? { markdown, range: named.range } : undefined;
}

function explainKey(source: SourceFile, at: NodeAt, views: readonly SchemaView[], texts: Texts): string {
  const last = at.path.at(-1);
  if (last?.kind !== 'entry') return '';
  const key = last.entry.key.text;
  const description = views.find((view) => view.description !== undefined)?.description ?? '';
  const step = innermostStep(source, at.node.range.start);
  const argument = step?.kind === 'action' && step.with.some((one) => one.name.range.start === at.node.range.start);
  const given = step?.kind === 'call' && step.with.some((one) => one.name.range.start === at.node.range.start);
  const taken = given ? calleeNamed(source, step.target.value)?.playbook.inputs?.properties?.[key] : undefined;
  if (taken) return explainField(key, taken);
  const schema = argument ? source.tools.get(step.tool.value)?.input.properties?.[key] : undefined;
  if (schema) return explainField(key, schema);
  if (description === '') return '';
  const words = views[0]?.enum?.map((word) => explainChoice(String(word), views[0]?.enumDescriptions ?? {})) ?? [];
  const own = last.map === step?.node ? explainStepKey(key, step, source, texts) : '';
  return paragraphs(`**${key}**`, description, words.join('\n'), own);
}

/** What a key of a step amounts to in this playbook. */
function explainStepKey(key: string, step: Step, source: SourceFile, texts: Texts): string {
  if (key === 'autonomy') return explainActs(step, source, texts);
  return key === 'gate' && step.kind === 'gate' ? explainGate(step, source) : '';
}

function explainWord(source: SourceFile, at: NodeAt, views: readonly SchemaView[], texts: Texts): string {
  if (at.node.kind !== 'scalar') return '';
  const word = at.node.text;
  const duration = views.some(({ pattern }) => pattern?.endsWith('(ms|s|m|h|d)$')) ? durationWords(word) : undefined;
  if (duration !== undefined) return `**${word}**: ${duration}`;
  const view = views.find((candidate) => candidate.enum?.some((value) => String(value) === word));
  const meaning = view?.enumDescriptions[word];
  if (meaning === undefined) return '';
  const last = at.path.at(-1);
  const step = innermostStep(source, at.node.range.start);
  const isLevel = last?.kind === 'entry' && last.entry.key.text === 'autonomy' && last.map === step?.node;
  return paragraphs(`**${word}**: ${meaning}`, isLevel && step ? explainActs(step, source, texts) : '');
}

function explainChoice(word: string, meanings: { readonly [word: string]: string }): string {
  return meanings[word] === undefined ? `- \`${word}\`` : `- \`${word}\`: ${meanings[word]}`;
}

/** The step around an offset that has no step in it around the same offset. */
function innermostStep(source: SourceFile, offset: number): Step | undefined {
  let found: Step | undefined;
  for (const step of topAround(source.playbook?.tops ?? [], offset)?.steps ?? []) {
    if (step.node.range.start <= offset && offset <= step.node.range.end) found = step;
  }
  return found;
}

function paragraphs(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
