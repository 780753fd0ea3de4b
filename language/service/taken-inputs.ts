import type { LoadedPlaybook } from '../load.js';
import type { PlaybookContext } from '../rules/context.js';
import type { InputsBelow } from '../schema/schema-at.js';
import { get } from '../syntax/tree.js';
import type { SourceFile } from './source-file.js';

/**
 * What a map of arguments takes beside what the schema says: `with:` what the tool takes (`action:`; `tool:` in a case) or
 * what the called playbook does (`call:`), and a case's own `inputs:` what its playbook does.
 */
export function takenInputs(source: SourceFile, casePlaybook?: LoadedPlaybook): InputsBelow {
  return (step) => {
    if (step.kind !== 'entry') return undefined;
    const key = step.entry.key.text;
    if (key === 'inputs' && source.kind === 'case') return casePlaybook?.playbook.inputs;
    if (key !== 'with') return undefined;
    const tool = get(step.map, 'action') ?? get(step.map, 'tool');
    if (tool?.kind === 'scalar') return source.tools.get(tool.text)?.input;
    const target = get(step.map, 'call');
    return target?.kind === 'scalar' ? calleeNamed(source, target.text)?.playbook.inputs : undefined;
  };
}

/** The playbook that a `call` to this path leads to. */
export function calleeNamed(source: SourceFile, target: string): PlaybookContext | undefined {
  for (const [step, callee] of source.playbook?.calls ?? []) {
    if (step.target.value === target) return callee.loaded;
  }
  return undefined;
}
