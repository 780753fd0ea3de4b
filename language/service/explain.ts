import type { Tool } from '../model/catalog.js';
import type { JsonSchema } from '../model/json-schema.js';
import { isConsequential } from '../model/levels.js';
import type { Step } from '../model/playbook.js';
import type { Policy } from '../model/policy.js';
import type { RuleInfo } from '../rules/rule.js';

/**
 * What hover and completion say about a thing, as Markdown. Words from catalogs and playbooks are shown as text, so that
 * a description cannot smuggle links or images into the editor.
 */
export function explainTool(tool: Tool): string {
  const effect = tool.effect ?? 'unknown';
  const facts = [
    `effect \`${effect}\`${isConsequential(tool.effect) ? ' (consequential)' : ''}`,
    tool.reversible ? 'reversible' : isConsequential(tool.effect) ? 'irreversible' : undefined,
    tool.undo && `undone by \`${tool.undo.value}\``,
    tool.target && `acts on \`${tool.target.value}\``,
    tool.idempotent ? 'idempotent' : undefined,
    tool.autonomy && `never above \`${tool.autonomy.value}\``,
  ].filter((fact) => fact !== undefined);
  return [`**\`${tool.name.value}\`**`, plain(tool.description), facts.join(', '), signature(tool)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** A step in a sentence or two: kind, title, and what it calls or asks. */
export function explainStep(step: Step): string {
  const title = step.title === undefined ? '' : `\n\n${plain(step.title)}`;
  return `**\`${code(step.id.value)}\`** ${whatItDoes(step)}${title}`;
}

/** A role and who holds it. */
export function explainRole(role: string, policy: Policy | undefined): string {
  const people = policy?.roles.get(role);
  if (!policy) return `Role **\`${code(role)}\`**. Without a policy nobody holds it.`;
  if (!people) return `Role **\`${code(role)}\`** is not in the policy: nobody holds it.`;
  if (people.length === 0) return `Role **\`${code(role)}\`**. Nobody holds it, so it cannot approve.`;
  return `Role **\`${code(role)}\`**, held by ${peopleOf(people.map(({ value }) => value))}`;
}

/** How many people, and their names: `2 people: ana@soc.example, bo@soc.example`. */
export function peopleOf(names: readonly string[]): string {
  if (names.length === 0) return 'nobody holds that';
  const number = names.length === 1 ? '1 person' : `${names.length} people`;
  return `${number}: ${names.map(plain).join(', ')}`;
}

/** A tag of the policy and the targets that bear it. */
export function explainTag(tag: string, policy: Policy | undefined): string {
  const bearers = policy?.tags.get(tag);
  if (!bearers) return `Tag **\`${code(tag)}\`** is not in the policy, so every target counts as bearing it.`;
  const names = bearers.length === 0 ? 'nothing' : bearers.map(({ value }) => plain(value)).join(', ');
  return `Tag **\`${code(tag)}\`**, borne by ${names}`;
}

/** A rule: what it reports, why, and what to do. */
export function explainRule({ name, group, severity, what, why, fix }: RuleInfo): string {
  return [`**${name}** (${group}, ${severity})`, what, why, fix].join('\n\n');
}

/** One argument or field: its type and what it is. */
export function explainField(name: string, schema: JsonSchema): string {
  const entity = schema['x-entity'] === undefined ? '' : ` (names a ${schema['x-entity']})`;
  const text = schema.description === undefined ? '' : `\n\n${plain(schema.description)}`;
  return `\`${code(name)}: ${typeName(schema)}\`${entity}${text}`;
}

/** Markdown characters of foreign text made literal. */
export function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()<>#+!|~]/g, '\\$&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** A word for a code span. */
export function code(text: string): string {
  return text.replaceAll('`', "'");
}

function whatItDoes(step: Step): string {
  switch (step.kind) {
    case 'action':
      return `calls \`${code(step.tool.value)}\``;
    case 'agent':
      return `agent with ${count(step.tools.length, 'tool')}`;
    case 'gate':
      return gateWords(step.approval.roles.map((role) => role.value));
    case 'manual':
      return `task for ${code(step.role?.value ?? 'a person')}`;
    case 'if':
      return 'branches on a condition';
    case 'switch':
      return 'branches on a value';
    case 'for-each':
      return `repeats its steps for each \`${code(step.item?.value ?? 'item')}\`, at most ${count(step.max, 'time')}`;
    case 'parallel':
      return `${count(step.branches.length, 'branch').replace('branchs', 'branches')} side by side`;
    case 'call':
      return `runs the playbook \`${code(step.target.value)}\``;
    case 'stop':
      return `ends the run: ${step.outcome.value}`;
  }
}

function gateWords(roles: readonly string[]): string {
  return roles.length === 0 ? 'gate' : `gate, decided by ${roles.map(code).join(' or ')}`;
}

export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function signature(tool: Tool): string {
  const fields = Object.entries(tool.input.properties ?? {}).map(([name, schema]) => {
    const optional = tool.input.required?.includes(name) ? '' : '?';
    return `${name}${optional}: ${typeName(schema)}`;
  });
  return `\`\`\`\n${code(`${tool.name.value}(${fields.join(', ')})`)}\n\`\`\``;
}

function typeName(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'array') return `list of ${schema.items ? typeName(schema.items) : 'anything'}`;
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  return typeof schema.type === 'string' ? schema.type : 'anything';
}
