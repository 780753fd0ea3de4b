import type { BoundaryCell } from '../authority/cell.js';
import type { Step } from '../model/playbook.js';
import type { Range } from '../syntax/tree.js';
import { code, explainField, plain } from './explain.js';
import type { SourceFile } from './source-file.js';

/** What hover says of what a playbook is given, loops over or calls, as Markdown. Foreign text is shown as text. */
export function explainVariable(
  { playbook }: SourceFile,
  kind: 'item' | 'input' | 'context',
  name: string,
): string | undefined {
  if (!playbook) return undefined;
  switch (kind) {
    case 'item': {
      const loop = playbook.stepOf.get(name);
      if (loop?.kind !== 'for-each') return undefined;
      const list = loop.in?.parsed.text.trim().replace(/\s+/g, ' ') ?? 'a list';
      return `**\`${code(loop.item?.value ?? 'item')}\`** each item of \`${code(list)}\` in turn, at most ${loop.max}: the loop \`${code(name)}\``;
    }
    case 'input': {
      const schema = playbook.playbook.inputs?.properties?.[name];
      return schema && `${explainField(name, schema)}\n\nGiven by whoever calls this playbook, and untrusted.`;
    }
    case 'context': {
      const file = playbook.playbook.context.find((one) => one.name.value === name)?.file.value;
      return file && `**\`context.${code(name)}\`** the organization's own data, trusted: \`${code(file)}\``;
    }
  }
}

/** What a reference to a file leads to: of a called playbook, what it takes and what it may do under this one's policy. */
export function explainFile(source: SourceFile, name: string, range: Range): string | undefined {
  const { playbook } = source;
  const context = playbook?.playbook.context.find(({ file }) => file.range.start === range.start);
  if (context) return explainVariable(source, 'context', context.name.value);
  for (const step of playbook?.calls.keys() ?? []) {
    if (step.target.value === name && step.target.range.start === range.start) return explainCallOf(step, source);
  }
  return undefined;
}

/** What the playbook that a step calls is for, takes and may do; empty for any other step. */
export function explainCallOf(step: Step, source: SourceFile): string {
  const { playbook } = source;
  const callee = playbook && step.kind === 'call' ? playbook.calls.get(step) : undefined;
  if (!playbook || !callee) return '';
  const { loaded } = callee;
  if (!loaded) return 'It cannot be read, so what it may do is not known.';
  const { id, title, inputs } = loaded.playbook;
  const takes = Object.keys(inputs?.properties ?? {}).map((name) => `\`${code(name)}\``);
  return [
    `**${plain(id?.value ?? '')}** ${plain(title ?? '')}`,
    takes.length > 0 ? `Takes ${takes.join(', ')}` : 'Takes nothing',
    mayDo(source, `${step.id.value}/`),
  ].join('\n\n');
}

/** The cells of a call in a few words: `May do edr.isolate after approval of analyst`. */
function mayDo(source: SourceFile, prefix: string): string {
  const cells = (source.boundary()?.cells ?? []).filter(({ step }) => step.startsWith(prefix));
  if (cells.length === 0) return 'Only reads and records';
  const words = cells.map((cell) => `\`${code(cell.tool)}\` ${howItActs(cell)}`);
  const doubtful = cells.some(({ verdict }) => verdict === 'violated' || verdict === 'unknown');
  return `May do ${[...new Set(words)].join(', ')}${doubtful ? ' (not proven)' : ''}`;
}

function howItActs({ autonomy, approval }: BoundaryCell): string {
  switch (autonomy) {
    case 'manual':
    case 'assist':
      return 'by a person';
    case 'approve':
      return approval
        ? `after approval of ${approval.roles.map(plain).join(' or ')}`
        : 'after an approval nobody asks for';
    case 'notify':
      return 'without a person, who is told';
    case 'autonomous':
      return 'without a person';
  }
}
