import { buildPlaybook } from '../../model/build-playbook.js';
import { allSteps, type Playbook } from '../../model/playbook.js';
import { checkShape } from '../../model/shape.js';
import { parseYaml } from '../../syntax/parse.js';
import { type Json, toJson } from '../../syntax/tree.js';
import {
  type CacaoFacts,
  extensionDefinition,
  type IdOf,
  isMap,
  type JsonMap,
  playbookIdOf,
  withoutSteps,
} from './extension.js';
import { workflowBuilder } from './workflow.js';
import { writeSteps } from './write-steps.js';

export type Written = { readonly ok: true; readonly cacao: JsonMap } | { readonly ok: false; readonly why: string };

/**
 * A playbook as CACAO Security Playbooks 2.0 (OASIS, https://docs.oasis-open.org/cacao/security-playbooks/v2.0/). The same text and
 * facts always give the same. What CACAO cannot say is in an extension, with the text itself.
 *
 * A text whose YAML or shape is faulty is not written: nobody could tell that its graph is what it says. `why` is a sentence.
 */
export function cacaoOf(source: string, facts: CacaoFacts, idOf: IdOf): Written {
  const tree = parseYaml(source);
  const [fault] = [...tree.problems, ...checkShape('playbook', tree.root)].filter(
    ({ severity }) => severity === 'error',
  );
  if (fault) return { ok: false, why: `The playbook has a fault: ${fault.message}` };
  const playbook = buildPlaybook(tree.root);
  const { id } = playbook;
  const wrong = faultyNames(playbook, facts);
  if (!id || wrong !== undefined) return { ok: false, why: wrong ?? 'The playbook has no id.' };

  const cacaoId = playbookIdOf(playbook.owner?.value, id.value, idOf);
  const builder = workflowBuilder(cacaoId, idOf);
  builder.variable('alert', 'dictionary', 'The alert: an OCSF Detection Finding.', true);
  const { workflow, start, exception, agents, variables } = builder.finish(writeSteps(playbook, facts, builder));
  const says = toJson(tree.root);
  const head = isMap(says) ? withoutSteps(says) : {};
  const has = (type: string): boolean => Object.values(workflow).some((step) => isMap(step) && step.type === type);
  return {
    ok: true,
    cacao: {
      type: 'playbook',
      spec_version: 'cacao-2.0',
      id: cacaoId,
      name: playbook.title ?? id.value,
      ...(typeof head.description === 'string' ? { description: head.description } : {}),
      playbook_processing_summary: {
        external_playbooks: has('playbook-action'),
        parallel_processing: has('parallel'),
        if_logic: has('if-condition'),
        while_logic: has('while-condition'),
        switch_logic: has('switch-condition'),
        extensions: true,
      },
      created_by: `identity--${idOf(JSON.stringify(['owner', playbook.owner?.value ?? null]))}`,
      created: facts.created,
      modified: facts.modified,
      ...(playbook.attack.length > 0
        ? { external_references: playbook.attack.map(({ value }) => ({ name: 'mitre-attack', external_id: value })) }
        : {}),
      playbook_variables: variables,
      workflow_start: start,
      workflow_exception: exception,
      workflow,
      ...(Object.keys(agents).length > 0 ? { agent_definitions: agents } : {}),
      extension_definitions: { [builder.extension]: extensionDefinition(idOf) },
      playbook_extensions: {
        [builder.extension]: {
          version: 1,
          source,
          file: facts.file,
          effects: facts.effects,
          calls: facts.calls,
          playbook: head,
        },
      },
    },
  };
}

/** The export as a file has it. */
export function cacaoText(cacao: Json): string {
  return `${JSON.stringify(cacao, null, 2)}\n`;
}

/** Names that would become one in CACAO, or that lead to nothing that is known; a sentence. */
function faultyNames(playbook: Playbook, { calls }: CacaoFacts): string | undefined {
  if (playbook.unfinished.size > 0) return `Step "${[...playbook.unfinished][0]}" does not say what it does.`;
  const ids = new Set<string>();
  for (const step of allSteps(playbook.steps)) {
    if (ids.has(step.id.value)) return `Two steps are called "${step.id.value}".`;
    ids.add(step.id.value);
    if (step.kind === 'call' && !Object.hasOwn(calls, step.target.value))
      return `"${step.id.value}" calls "${step.target.value}", and which playbook that is cannot be told.`;
    if (step.kind !== 'switch') continue;
    const cases = new Set(['default']);
    for (const { value } of step.cases) {
      const name = String(value.value);
      if (cases.has(name)) return `"${step.id.value}" has two ways for "${name}", which CACAO cannot tell apart.`;
      cases.add(name);
    }
  }
  return undefined;
}
