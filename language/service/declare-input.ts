import type { ExpressionSite } from '../authority/sites.js';
import type { LoadedPlaybook } from '../load.js';
import type { JsonSchema } from '../model/json-schema.js';
import { entryOf, type Range } from '../syntax/tree.js';
import { flowYaml } from './flow-yaml.js';
import { addEntries } from './map-entry.js';
import type { Proposal } from './proposal.js';
import type { SourceFile } from './source-file.js';
import { gapAt, lastWord, lineBreak, nextLine, written } from './step-text.js';

/** For an expression that reads an input nobody declares: its declaration, of the type its place asks for. */
export function inputProposals(source: SourceFile, range: Range): Proposal[] {
  const { playbook, text } = source;
  const problems = source.problems.filter(
    ({ rule, range: at }) =>
      (rule === 'unknown-variable' || rule === 'unknown-member') && at.start <= range.end && range.start <= at.end,
  );
  if (!playbook || problems.length === 0 || playbook.playbook.node.flow) return [];
  return problems.flatMap((problem): Proposal[] => {
    const { start } = problem.range;
    const name = inputAt(text, start, problem.rule === 'unknown-variable');
    const site = playbook.sites.find(({ expression: { node } }) => node.range.start <= start && start < node.range.end);
    if (name === undefined || !site) return [];
    const entry = `${name}: ${flowYaml({ ...schemaFor(playbook, site, name) })}`;
    return [
      {
        title: `Declare the input "${name}"`,
        kind: 'quickfix',
        preferred: true,
        makesFile: false,
        problems: [problem],
        changes: () => [{ uri: source.uri, create: false, edits: declared(source, playbook, entry) }],
      },
    ];
  });
}

/** The input that is read where the word `inputs`, or the name behind it, is unknown. */
function inputAt(text: string, start: number, isVariable: boolean): string | undefined {
  if (!isVariable && !/\binputs\.$/.test(text.slice(Math.max(0, start - 20), start))) return undefined;
  const behind = text.slice(start, start + 80);
  return (isVariable ? /^inputs\.([a-z][a-z0-9_]*)\b/ : /^([a-z][a-z0-9_]*)\b/).exec(behind)?.[1];
}

function declared({ text }: SourceFile, { playbook }: LoadedPlaybook, entry: string) {
  const inputs = entryOf(playbook.node, 'inputs');
  if (inputs?.value?.kind === 'map') return [addEntries(text, inputs.value, [entry])];
  const { entries } = playbook.node;
  const steps = entries.findIndex(({ key }) => key.text === 'steps');
  const before = inputs ?? entries[steps < 0 ? entries.length - 1 : steps - 1];
  const at = before ? nextLine(text, before.value ? lastWord(before.value) : before.key.range.end) : 0;
  const lines = [...(inputs ? [] : ['inputs:']), `  ${entry}`];
  return [{ range: { start: at, end: at }, newText: gapAt(text, at) + written(lines, 0, lineBreak(text)) }];
}

/** The schema of an argument that is the input and nothing else; a text otherwise. */
function schemaFor(playbook: LoadedPlaybook, site: ExpressionSite, name: string): { readonly [key: string]: string } {
  const isAlone = site.expression.node.text.replace(/\s+/g, '') === `\${{inputs.${name}}}`;
  const { step } = site;
  const takes =
    step?.kind === 'action'
      ? playbook.tools.get(step.tool.value)?.input
      : step?.kind === 'call'
        ? playbook.calls.get(step)?.loaded?.playbook.inputs
        : undefined;
  const schema: JsonSchema | undefined =
    isAlone && site.slot === 'argument' && site.argument !== undefined ? takes?.properties?.[site.argument] : undefined;
  const entity = schema?.['x-entity'];
  const type = typeof schema?.type === 'string' ? schema.type : 'string';
  return { type, ...(entity === undefined ? {} : { 'x-entity': entity }) };
}
