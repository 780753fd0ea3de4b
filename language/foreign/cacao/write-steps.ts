import { isConsequential, lowest } from '../../model/levels.js';
import {
  type ActionStep,
  type AgentStep,
  type Approval,
  allSteps,
  type ForEachStep,
  type GateStep,
  type Handler,
  type Playbook,
  type Step,
  type SwitchStep,
} from '../../model/playbook.js';
import { get, type Json, type Node, toJson } from '../../syntax/tree.js';
import { type CacaoFacts, isMap, type JsonMap, withoutSteps } from './extension.js';
import { type Links, RUNNER, type WorkflowBuilder } from './workflow.js';

/**
 * Writes the steps of a playbook as a CACAO workflow. Three things are so that whoever runs it without knowing our extension
 * does no more than the playbook lets them:
 *
 * - An act that needs approval stands behind a condition that its gate's variable says "approved", which nothing but the answer sets.
 * - What ends the run is a command no other product knows. It fails there, and without `on_failure` failing ends the run.
 * - An act a person performs has people for its agent.
 *
 * @returns the id of the first step
 */
export function writeSteps(playbook: Playbook, facts: CacaoFacts, builder: WorkflowBuilder): string {
  /** The gates that grant a step, by its id. */
  const gatesOf = new Map<string, GateStep[]>();
  for (const step of allSteps(playbook.steps)) {
    if (step.kind !== 'gate') continue;
    for (const { value } of step.grants) gatesOf.set(value, [...(gatesOf.get(value) ?? []), step]);
  }
  const runner = (): string => builder.agent('countersign-runner', RUNNER);
  const people = (roles: readonly string[]): string =>
    builder.agent('group', roles.join(' or ') || playbook.accountable?.value || 'people');
  const approvalOf = (id: string): string =>
    builder.variable(`approval-${id}`, 'string', `What was answered at "${id}": approved, rejected or timeout.`);

  return list(playbook.steps, builder.end('/end'));

  function list(steps: readonly Step[], next: string): string {
    return steps.reduceRight((after, step) => guardedByWhen(step, after), next);
  }

  function guardedByWhen(step: Step, next: string): string {
    if (!step.when) return written(step, next);
    const id = step.id.value;
    const inside = written(step, builder.end(`${id}/when/end`));
    const condition = builder.add('if-condition', `${id}/when/if`, {
      name: `${named(step)}: is it due?`,
      condition: `${result(id, 'when')}:value = 'true'`,
      on_true: inside,
      on_completion: next,
    });
    return expression(step, 'when', get(step.node, 'when'), condition, undefined);
  }

  function written(step: Step, next: string): string {
    const id = step.id.value;
    if (step.kind === 'action') return action(step, next);
    if (step.kind === 'gate') return gate(step, next);
    const failed = handler(step, 'on-error', step.onError, next);
    const links = linksTo(next, failed);
    const common = { name: named(step), ...timeout(step), says: saysOf(step) };
    switch (step.kind) {
      case 'agent':
        return agent(step, next, failed);
      case 'manual': {
        const output = step.output && builder.variable(`output-${id}`, 'dictionary', `What was filled in at "${id}".`);
        return builder.add('action', id, {
          ...common,
          commands: [{ type: 'manual', command: textOf(get(get(step.node, 'manual'), 'task')) }],
          agent: people(step.role ? [step.role.value] : []),
          ...(output === undefined ? {} : { out_args: [output] }),
          ...links,
        });
      }
      case 'if': {
        const condition = builder.add('if-condition', id, {
          ...common,
          condition: `${result(id, 'if')}:value = 'true'`,
          on_true: list(step.then, builder.end(`${id}/then/end`)),
          ...(step.else.length > 0 ? { on_false: list(step.else, builder.end(`${id}/else/end`)) } : {}),
          ...links,
        });
        return expression(step, 'if', get(step.node, 'if'), condition, failed);
      }
      case 'switch':
        return expression(step, 'switch', get(step.node, 'switch'), switched(step, common, links), failed);
      case 'for-each':
        return loop(step, common, links, failed);
      case 'parallel': {
        const branches = step.branches.map(({ name, steps }) => list(steps, builder.end(`${id}/${name.value}/end`)));
        // CACAO asks for two.
        const spare = branches.length < 2 ? [builder.end(`${id}//end`), builder.end(`${id}///end`)] : [];
        return builder.add('parallel', id, {
          ...common,
          next_steps: [...branches, ...spare].slice(0, Math.max(2, branches.length)),
          ...links,
        });
      }
      case 'call': {
        const called = facts.calls[step.target.value];
        if (called === undefined) throw new Error('a call of a playbook that is not known, which `cacaoOf` refuses');
        return builder.add('playbook-action', id, { ...common, playbook_id: called, ...links });
      }
      case 'stop':
        return builder.stop(id, named(step), step.outcome.value, saysOf(step));
    }
  }

  function switched(step: SwitchStep, common: JsonMap, links: Links): string {
    const id = step.id.value;
    const cases = step.cases.map(({ value, steps }): [string, string] => [
      String(value.value),
      list(steps, builder.end(`${id}/case ${String(value.value)}/end`)),
    ]);
    const otherwise = step.default
      ? list(step.default, builder.end(`${id}/default/end`))
      : builder.stop(`${id}/default`, `${named(step)}: it is none of these`, 'failed');
    return builder.add('switch-condition', id, {
      ...common,
      switch: `${result(id, 'switch')}:value`,
      cases: Object.fromEntries([...cases, ['default', otherwise]]),
      ...links,
    });
  }

  function loop(step: ForEachStep, common: JsonMap, links: Links, failed: string | undefined): string {
    const id = step.id.value;
    const more = builder.variable(`more-${id}`, 'bool', `Whether the loop "${id}" has an item to go over.`);
    const item = builder.variable(`item-${id}`, 'string', `The item the loop "${id}" goes over, as JSON.`);
    const next = (key: string, command: string, to: Links): string =>
      builder.add('action', key, {
        name: `${named(step)}: ${key.endsWith('next') ? 'the next' : 'what to go over'}`,
        commands: [{ type: 'countersign-loop', command }],
        agent: runner(),
        out_args: [more, item],
        ...to,
      });
    const again = next(`${id}/next`, 'next', { on_success: builder.end(`${id}/end`) });
    const loop = builder.add('while-condition', id, {
      ...common,
      condition: `${more}:value = 'true'`,
      on_true: list(step.steps, again),
      ...links,
    });
    return next(`${id}/items`, textOf(get(get(step.node, 'for-each'), 'in')), linksTo(loop, failed));
  }

  /** A call of a tool, by a person or not. */
  function call(key: string, step: Step, tool: string, person: boolean, more: JsonMap): string {
    return builder.add('action', key, {
      commands: [{ type: 'countersign-tool', command: commandOf(step, tool) }],
      agent: person ? people(step.accountable ? [step.accountable.value] : []) : runner(),
      ...more,
    });
  }

  function action(step: ActionStep, next: string): string {
    const id = step.id.value;
    const tool = step.tool.value;
    const need = needOf(step, tool);
    const common = { name: named(step), ...timeout(step), says: saysOf(step) };
    const act = (after: string, failed: string | undefined): string =>
      call(id, step, tool, need === 'person', { ...common, ...linksTo(after, failed) });
    if (need === 'person' || need === 'nothing') return act(next, handler(step, 'on-error', step.onError, next));
    const failed = handler(step, 'on-error', step.onError, builder.end(`${id}/on-error/end`));
    return approved(step, need, id, next, {
      command: commandOf(step, tool),
      act: act(builder.end(`${id}/end`), failed),
      refused: failed ?? builder.stop(`${id}/refused`, `${named(step)}: it is not approved`, 'failed'),
    });
  }

  /** What an agent may call by itself are its commands; the calls a person decides stand behind it. */
  function agent(step: AgentStep, next: string, failed: string | undefined): string {
    const id = step.id.value;
    const tools = [...new Set(step.tools.map(({ tool }) => tool.value))];
    const first = tools.reduceRight((after, tool) => {
      const need = needOf(step, tool);
      if (need === 'nothing') return after;
      const name = `${named(step)}: ${tool}, if the agent proposes it`;
      const key = `${id}/${tool}`;
      if (need === 'person') return call(key, step, tool, true, { name, on_completion: after });
      return approved(step, need, key, after, {
        command: tool,
        act: call(key, step, tool, false, { name, on_completion: builder.end(`${key}/end`) }),
        refused: builder.end(`${key}/refused/end`),
      });
    }, next);
    const own = tools.filter((tool) => needOf(step, tool) === 'nothing');
    return builder.add('action', id, {
      name: named(step),
      ...timeout(step),
      says: saysOf(step),
      commands: [
        { type: 'countersign-agent', command: textOf(get(get(step.node, 'agent'), 'goal')) },
        ...own.map((tool) => ({ type: 'countersign-tool', command: tool })),
      ],
      agent: builder.agent('countersign-agent', 'An AI agent'),
      out_args: [builder.variable(`output-${id}`, 'dictionary', `What the agent answered at "${id}".`)],
      ...linksTo(first, failed),
    });
  }

  /** An act behind the approvals it has, or behind a question of its own. With neither it is refused, as a run refuses it. */
  function approved(
    step: ActionStep | AgentStep,
    need: 'approval' | readonly GateStep[],
    key: string,
    next: string,
    { command, act, refused }: { readonly command: string; readonly act: string; readonly refused: string },
  ): string {
    const decide = (at: string, variable: string, otherwise: string, after: string): string =>
      builder.add('if-condition', at, {
        name: `${named(step)}: is it approved?`,
        condition: `${variable}:value = 'approved'`,
        on_true: act,
        on_false: otherwise,
        on_completion: after,
      });
    if (need !== 'approval') {
      if (need.length === 0) return refused;
      const [outermost, ...others] = need.map((one) => one.id.value);
      const inner = others.reduceRight(
        (otherwise, gate) =>
          decide(`${key}/approved ${gate}`, approvalOf(gate), otherwise, builder.end(`${key}/approved ${gate}/end`)),
        refused,
      );
      return decide(`${key}/approved`, approvalOf(outermost ?? ''), inner, next);
    }
    // Neither ids nor names of tools have a hyphen, so no two of these are one.
    const own = approvalOf(key.replace('/', '-').replaceAll('.', '-'));
    const decision = decide(`${key}/approved`, own, refused, next);
    return ask(`${key}/ask`, `${named(step)}?`, `Approve this call? ${command}`, step.approval, own, decision, {});
  }

  /** Silence and failing lead to where the answer is read as well, which is then no yes. */
  function ask(
    key: string,
    name: string,
    text: string,
    approval: Approval | undefined,
    variable: string,
    next: string,
    more: JsonMap,
  ): string {
    const limit = approval?.timeout?.value;
    return builder.add('action', key, {
      name,
      commands: [{ type: 'manual', command: text }],
      agent: people(approval?.roles.map(({ value }) => value) ?? []),
      out_args: [variable],
      ...(limit === undefined ? {} : { timeout: limit }),
      on_completion: next,
      ...more,
    });
  }

  function gate(step: GateStep, next: string): string {
    const id = step.id.value;
    const variable = approvalOf(id);
    const way = (name: 'on-reject' | 'on-timeout' | 'on-error', on: Handler): string =>
      handler(step, name, on, builder.end(`${id}/${name}/end`)) ??
      builder.stop(`${id}/${name}/stop`, `${named(step)}: not approved`, 'stopped');
    const decision = builder.add('switch-condition', `${id}/answer`, {
      name: `${named(step)}: what was answered?`,
      switch: `${variable}:value`,
      cases: {
        approved: builder.end(`${id}/end`),
        rejected: way('on-reject', step.onReject),
        timeout: way('on-timeout', step.onTimeout),
        default: way('on-error', step.onError),
      },
      on_completion: next,
    });
    const text = textOf(get(get(step.node, 'gate'), 'ask'));
    return ask(id, named(step), text, step.approval, variable, decision, { says: saysOf(step) });
  }

  /** Where a handler begins; `undefined` where the run ends. */
  function handler(step: Step, name: string, { steps, then }: Handler, next: string): string | undefined {
    if (steps.length === 0) return then === 'continue' ? next : undefined;
    const rest =
      then === 'continue' ? next : builder.stop(`${step.id.value}/${name}/then`, 'It goes no further', 'failed');
    return list(steps, rest);
  }

  /** An expression is worked out by a command: CACAO's own conditions only compare variables. */
  function expression(
    step: Step,
    what: string,
    node: Node | undefined,
    next: string,
    failed: string | undefined,
  ): string {
    return builder.add('action', `${step.id.value}/${what}`, {
      name: `${named(step)}: work it out`,
      commands: [{ type: 'countersign-expression', command: textOf(node) }],
      agent: runner(),
      out_args: [result(step.id.value, what)],
      ...linksTo(next, failed),
    });
  }

  function result(id: string, what: string): string {
    return builder.variable(`${what}-${id}`, 'string', `What the expression under "${what}" of "${id}" comes to.`);
  }

  /** What a call of a tool needs, by what the text says: nothing, a person to do it, an answer of its own, or one of gates. */
  function needOf(step: ActionStep | AgentStep, tool: string): 'nothing' | 'person' | 'approval' | readonly GateStep[] {
    const own = step.autonomy?.value ?? playbook.defaults.autonomy?.value ?? 'approve';
    const level = playbook.autonomy ? lowest(own, playbook.autonomy.value) : own;
    if (level === 'notify' || level === 'autonomous') return 'nothing';
    if (!isConsequential(Object.hasOwn(facts.effects, tool) ? facts.effects[tool] : undefined)) return 'nothing';
    if (level !== 'approve') return 'person';
    return step.approval ? 'approval' : (gatesOf.get(step.id.value) ?? []);
  }
}

function named(step: Step): string {
  return step.title ?? step.id.value.replaceAll('_', ' ');
}

/** A call of a tool in words: its name, and its arguments where the text has them. */
function commandOf(step: Step, tool: string): string {
  const given = step.kind === 'action' ? get(step.node, 'with') : undefined;
  return given ? `${tool} ${JSON.stringify(toJson(given))}` : tool;
}

function linksTo(next: string, failed: string | undefined): Links {
  return failed === undefined ? { on_success: next } : { on_success: next, on_failure: failed };
}

function timeout(step: Step): JsonMap {
  return step.timeout === undefined ? {} : { timeout: step.timeout.value };
}

function saysOf(step: Step): JsonMap {
  const json = toJson(step.node);
  return isMap(json) ? withoutSteps(json) : {};
}

function textOf(node: Node | undefined): string {
  const value: Json = toJson(node);
  return typeof value === 'string' ? value : JSON.stringify(value);
}
