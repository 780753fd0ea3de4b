import { resolveReference } from '../host.js';
import type { LoadedPlaybook } from '../load.js';
import { fileKindOf } from '../model/shape.js';
import type { Range } from '../syntax/tree.js';
import { word } from './flow-yaml.js';
import type { Proposal } from './proposal.js';
import type { SourceFile } from './source-file.js';
import { lineBreak } from './step-text.js';

/** For a reference to a file that is not there: the file, with what the playbook already says of it. */
export function fileProposals(source: SourceFile, range: Range): Proposal[] {
  const { playbook, text } = source;
  if (!playbook) return [];
  return source.problems.flatMap((problem): Proposal[] => {
    const { rule, range: at } = problem;
    if (rule !== 'file-not-found' || !(at.start <= range.end && range.start <= at.end)) return [];
    const reference = text.slice(at.start, at.end);
    const lines = contentFor(playbook, reference);
    // A path that leads out of the folder, or to nothing of ours, is more likely a slip.
    if (!lines || /^([./\\]*$|\/|[a-z]+:|.*\\)|(^|\/)\.\.\//i.test(reference)) return [];
    const newText = lines.map((line) => line + lineBreak(text)).join('');
    return [
      {
        title: `Create "${reference}"`,
        kind: 'quickfix',
        preferred: false,
        makesFile: true,
        problems: [problem],
        changes: () => [
          {
            uri: resolveReference(source.uri, reference),
            create: true,
            edits: [{ range: { start: 0, end: 0 }, newText }],
          },
        ],
      },
    ];
  });
}

function contentFor(loaded: LoadedPlaybook, reference: string): readonly string[] | undefined {
  const { playbook, steps } = loaded;
  const id = idOf(reference);
  if (playbook.catalogs.some(({ value }) => value === reference))
    return fileKindOf(reference) === 'tools' ? catalog(loaded, id) : undefined;
  if (playbook.policy?.value === reference) return fileKindOf(reference) === 'policy' ? policy(loaded, id) : undefined;
  if (playbook.context.some(({ file }) => file.value === reference))
    return fileKindOf(reference) === undefined && /\.ya?ml$/.test(reference) ? ['{}'] : undefined;
  const call = steps.find((step) => step.kind === 'call' && step.target.value === reference);
  if (call?.kind !== 'call' || fileKindOf(reference) !== 'playbook') return undefined;
  const inputs = call.with.map(({ name }) => `  ${name.value}: { type: string }`);
  return [
    `playbook: ${id}`,
    'version: 1.0.0',
    `title: ${word(call.title ?? `Called by ${playbook.id?.value ?? 'another playbook'}`)}`,
    'operating-model: traditional',
    `owner: ${word(playbook.owner?.value ?? 'my-team')}`,
    'trigger: { class: detection_finding }',
    ...(inputs.length > 0 ? ['inputs:', ...inputs] : []),
    'steps:',
    '  - id: finish',
    '    stop: { outcome: completed }',
  ];
}

/** The tools this playbook uses and no catalog has, each as if it did harm, until somebody says what it does. */
function catalog({ steps, tools }: LoadedPlaybook, id: string): string[] {
  const used = new Map<string, readonly string[]>();
  for (const step of steps) {
    if (step.kind === 'action')
      used.set(
        step.tool.value,
        step.with.map(({ name }) => name.value),
      );
    if (step.kind === 'agent') for (const { tool } of step.tools) if (!used.has(tool.value)) used.set(tool.value, []);
  }
  const unknown = [...used].filter(([name]) => !tools.has(name));
  const entries = unknown.flatMap(([name, inputs]) => [
    `  ${name}:`,
    '    description: Say what it does, for agents and for people.',
    '    effect: contain # until somebody knows better',
    inputs.length === 0
      ? '    input: {}'
      : `    input: { ${inputs.map((one) => `${one}: { type: string }`).join(', ')} }`,
    '    output: {}',
  ]);
  return [`catalog: ${id}`, entries.length === 0 ? 'tools: {}' : 'tools:', ...entries];
}

/** The roles this playbook names, held by nobody yet. */
function policy({ playbook, steps }: LoadedPlaybook, id: string): string[] {
  const roles = new Set<string>();
  const add = (role: { readonly value: string } | undefined): void => {
    if (role) roles.add(role.value);
  };
  add(playbook.accountable);
  for (const step of steps) {
    add(step.accountable);
    if (step.kind === 'manual') add(step.role);
    if (step.kind !== 'gate' && step.kind !== 'action' && step.kind !== 'agent') continue;
    for (const role of step.approval?.roles ?? []) add(role);
    for (const role of step.approval?.escalateTo ?? []) add(role);
    if (step.kind !== 'gate') for (const role of step.notify?.roles ?? []) add(role);
  }
  return [
    `policy: ${id}`,
    roles.size === 0 ? 'roles: {}' : 'roles:',
    ...[...roles].map((role) => `  ${word(role)}: []`),
  ];
}

/** An id made of a file's name. */
function idOf(reference: string): string {
  const name = reference.replace(/^.*\//, '').replace(/\..*$/, '').toLowerCase();
  return name.replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '') || 'new';
}
