import type { JsonSchema } from '../model/json-schema.js';
import type { Argument, Step } from '../model/playbook.js';
import type { Related } from '../problem.js';
import type { Located } from '../syntax/tree.js';
import type { PlaybookContext } from './context.js';

/** What a step hands over, and what the other side says it takes: a tool its arguments, a called playbook its `inputs`. */
export interface Parameters {
  /** The word that names the other side. */
  readonly name: Located<string>;
  readonly given: readonly Argument[];
  readonly takes: JsonSchema;
  readonly related: readonly Related[];
}

/** Every step that hands something over to a tool or playbook that is known. */
export function* parametersOf({
  steps,
  tools,
  calls,
}: Pick<PlaybookContext, 'steps' | 'tools' | 'calls'>): Generator<Parameters & { readonly step: Step }> {
  for (const step of steps) {
    if (step.kind === 'action') {
      const tool = tools.get(step.tool.value);
      if (!tool) continue;
      const described = { uri: tool.uri, range: tool.name.range, message: `${tool.name.value} is described here.` };
      yield { step, name: step.tool, given: step.with, takes: tool.input, related: [described] };
    } else if (step.kind === 'call') {
      const callee = calls.get(step);
      if (!callee?.loaded) continue;
      const { playbook } = callee.loaded;
      const range = playbook.id?.range ?? { start: 0, end: 0 };
      yield {
        step,
        name: step.target,
        given: step.with,
        takes: playbook.inputs ?? { type: 'object', properties: {}, required: [] },
        related: [{ uri: callee.uri, range, message: 'The playbook that is called; its "inputs" say what it takes.' }],
      };
    }
  }
}
