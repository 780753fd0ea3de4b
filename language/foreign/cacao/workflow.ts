import type { Json } from '../../syntax/tree.js';
import { extensionId, type IdOf, type JsonMap } from './extension.js';

/** Where a step of a workflow goes on, by how it ended. Without `on_failure` the run ends there. */
export interface Links {
  readonly on_success?: string;
  readonly on_failure?: string;
  readonly on_completion?: string;
}

/** Who runs commands: a role's people, what calls tools, or an AI. */
export type AgentKind = 'group' | 'countersign-runner' | 'countersign-agent';

/** The steps, agents and variables of a workflow as it is put together, the last step first. */
export interface WorkflowBuilder {
  readonly extension: string;
  /** Adds a step and gives its id. Keys are unique; one with a `/` is part of the playbook's step before the `/`. */
  add(type: string, key: string, step: JsonMap): string;
  end(key: string): string;
  /** A step that ends the run. */
  stop(key: string, name: string, outcome: string, says?: JsonMap): string;
  agent(kind: AgentKind, name: string): string;
  /** Declares a variable and gives its name as it is compared: `__name__:value`. */
  variable(name: string, type: string, description: string, external?: true): string;
  finish(start: string): {
    readonly workflow: JsonMap;
    readonly start: string;
    readonly exception: string;
    readonly agents: JsonMap;
    readonly variables: JsonMap;
  };
}

export function workflowBuilder(playbook: string, idOf: IdOf): WorkflowBuilder {
  const extension = extensionId(idOf);
  const steps = new Map<string, { readonly key: string; readonly step: JsonMap }>();
  const agents = new Map<string, JsonMap>();
  const variables = new Map<string, JsonMap>();
  const id = (type: string, key: string): string => `${type}--${idOf(JSON.stringify([playbook, type, key]))}`;
  const add = (type: string, key: string, step: JsonMap): string => {
    const [of = '', ...part] = key.split('/');
    const { says, ...rest } = step;
    const told: JsonMap = {
      step: of,
      ...(part.length > 0 ? { part: part.join('/') } : {}),
      ...(says === undefined ? {} : { says }),
    };
    const made = id(type, key);
    steps.set(made, { key, step: { type, ...rest, ...(of === '' ? {} : { step_extensions: { [extension]: told } }) } });
    return made;
  };
  const agent = (kind: AgentKind, name: string): string => {
    const made = id(kind, name);
    agents.set(made, { type: kind, name });
    return made;
  };
  const builder: WorkflowBuilder = {
    extension,
    add,
    agent,
    end: (key) => add('end', key, {}),
    stop: (key, name, outcome, says) =>
      add('action', key, {
        name,
        commands: [{ type: 'countersign-stop', command: outcome }],
        agent: agent('countersign-runner', RUNNER),
        ...(says === undefined ? {} : { says }),
      }),
    variable: (name, type, description, external) => {
      variables.set(`__${name}__`, { type, description, ...(external ? { external } : {}) });
      return `__${name}__`;
    },
    finish: (first) => {
      const exception = add('end', '/exception', {});
      const start = add('start', '/start', { on_completion: first });
      const reached = reachedFrom([start, exception], steps);
      // What was made in advance, such as the end of a branch that stops the run, is left out where nothing leads to it.
      const kept = [...steps].reverse().filter(([one, { key }]) => reached.has(one) || !key.includes('/'));
      return {
        workflow: Object.fromEntries(kept.map(([one, { step }]) => [one, step])),
        start,
        exception,
        agents: Object.fromEntries(agents),
        variables: Object.fromEntries(variables),
      };
    },
  };
  return builder;
}

/** The name of what calls tools and works out expressions. */
export const RUNNER = 'What runs the playbook';

function reachedFrom(
  starts: readonly string[],
  steps: ReadonlyMap<string, { readonly step: JsonMap }>,
): ReadonlySet<string> {
  const reached = new Set(starts);
  for (const one of reached) {
    for (const next of idsIn(steps.get(one)?.step ?? {})) if (steps.has(next)) reached.add(next);
  }
  return reached;
}

/** Every text in a step's own members that may be the id of another. */
function idsIn({ step_extensions, commands, ...links }: JsonMap): readonly string[] {
  const texts = (value: Json): readonly string[] => {
    if (typeof value === 'string') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(texts) : [];
  };
  return texts(links);
}
