import type { LoadedPlaybook } from '../../language/load.js';
import type { Tool } from '../../language/model/catalog.js';
import { allSteps, type Step } from '../../language/model/playbook.js';
import type { Policy } from '../../language/model/policy.js';
import { runEngine } from '../../runner/engine/engine.js';
import { type Playbook, POLICIES, type Program } from './playbook.js';
import type { Given } from './real-run.js';
import { ready } from './real-run.js';

/**
 * Faults of the runner, as far as they can be planted from outside: the engine is given other files than the audit, as if it
 * overlooked what they say, or a part of it is wrapped. Each must be found by the audit of some random run.
 */

type Parts = Parameters<typeof runEngine>[0];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a fault does to the files as the engine reads them, or to what it is run with. */
export interface RunnerFault {
  readonly step?: (step: Mutable<Step>) => void;
  readonly tool?: (tool: Mutable<Tool>) => void;
  readonly policy?: (policy: Mutable<Policy>) => void;
  readonly playbook?: (playbook: Mutable<LoadedPlaybook['playbook']>) => void;
  readonly parts?: (parts: Parts) => Parts;
  /** A playbook that shows it, where a random one hardly ever does. */
  readonly program?: Program;
}

/** The text of a call's argument. */
const CONSTANT = [{ from: 'constant', value: 'k1' }] as const;
const AT = { start: 0, end: 0 };
const located = <T>(value: T): { readonly value: T; readonly range: typeof AT } => ({ value, range: AT });

export const RUNNER_FAULTS: { readonly [name: string]: RunnerFault } = {
  'where-ignored': {
    step(step) {
      if (step.kind === 'action') step.where = undefined;
      if (step.kind === 'agent') step.tools = step.tools.map((grant) => ({ ...grant, where: undefined }));
    },
  },
  'max-calls-ignored': {
    step(step) {
      if (step.kind === 'agent') step.tools = step.tools.map((grant) => ({ ...grant, maxCalls: undefined }));
    },
    program: programOf([{ kind: 'agent', id: 'n', grants: [{ tool: 't.look', maxCalls: 1 }] }]),
  },
  'grants-ignored': {
    step(step) {
      if (step.kind !== 'agent') return;
      const note = { tool: located('t.note'), where: undefined, maxCalls: undefined };
      step.tools = [...step.tools, note];
    },
  },
  'expiry-ignored': {
    step: withApproval((approval) => ({ ...approval, expires: undefined })),
    program: programOf([
      { kind: 'gate', id: 'g', grants: ['a'], expires: 90_000 },
      { kind: 'action', id: 'r', tool: 't.look', x: CONSTANT },
      { kind: 'action', id: 'a', tool: 't.suspend', x: CONSTANT },
    ]),
  },
  'uses-unlimited': {
    step: withApproval((approval) => ({ ...approval, uses: located(99) })),
    program: programOf([
      { kind: 'gate', id: 'g', grants: ['a'] },
      { kind: 'action', id: 'a', tool: 't.suspend', x: CONSTANT, retry: { attempts: 3 } },
    ]),
  },
  'quorum-of-the-gate-ignored': { step: withApproval((approval) => ({ ...approval, quorum: undefined })) },
  'irreversible-like-the-rest': {
    tool(tool) {
      tool.reversible = true;
    },
  },
  'acts-taken-for-reading': {
    tool(tool) {
      if (tool.name.value === 't.suspend') tool.effect = 'read';
    },
  },
  'level-of-the-tool-ignored': {
    tool(tool) {
      tool.autonomy = undefined;
    },
    program: programOf([{ kind: 'action', id: 'a', tool: 't.mute', x: CONSTANT, autonomy: 'autonomous' }]),
  },
  'level-of-the-playbook-ignored': {
    playbook(playbook) {
      playbook.autonomy = undefined;
    },
  },
  'level-of-the-call-ignored': {
    step(step) {
      if (step.kind === 'call') step.autonomy = undefined;
    },
    program: programOf(
      [{ kind: 'call', id: 'c', playbook: 'c1', inputs: {}, autonomy: 'approve' }],
      [{ kind: 'action', id: 'a', tool: 't.suspend', x: CONSTANT, autonomy: 'autonomous' }],
    ),
  },
  'no-level-is-autonomous': {
    step(step) {
      if (step.kind === 'action') step.autonomy ??= located('autonomous' as const);
    },
  },
  'always-gate-ignored': {
    policy(policy) {
      policy.alwaysGate = [];
    },
    program: {
      ...programOf([{ kind: 'action', id: 'a', tool: 't.suspend', x: CONSTANT, autonomy: 'autonomous' }]),
      policy: POLICIES.find((policy) => policy.name === 'gated'),
    },
  },
  'ceilings-ignored': {
    policy(policy) {
      policy.ceilings = [];
    },
  },
  'roles-ignored': {
    policy(policy) {
      policy.roles = new Map(
        [...policy.roles].map(([role, people]) => [role, [...people, located('mallory@evil.example')]]),
      );
    },
  },
  'executes-twice': {
    parts: (parts) => ({
      ...parts,
      host: {
        async call(request, signal) {
          await parts.host.call(request, signal);
          return parts.host.call(request, signal);
        },
      },
    }),
  },
  'executes-something-else': {
    parts: (parts) => ({
      ...parts,
      host: {
        call: (request, signal) =>
          parts.host.call({ ...request, arguments: { ...request.arguments, x: 'h9' } }, signal),
      },
    }),
  },
  'bound-to-another-policy': {
    parts: (parts) => ({ ...parts, binding: { ...parts.binding, policy: parts.binding.playbook } }),
  },
};

function programOf(main: Playbook['steps'], callee?: Playbook['steps']): Program {
  const named = (name: string, steps: Playbook['steps']): Playbook => ({ name, inputs: [], defaults: {}, steps });
  return { main: named('main', main), callees: callee ? [named('c1', callee)] : [], policy: POLICIES[0] };
}

function withApproval(
  change: (approval: Extract<Step, { kind: 'gate' }>['approval']) => Extract<Step, { kind: 'gate' }>['approval'],
): (step: Mutable<Step>) => void {
  return (step) => {
    if (step.kind === 'gate') step.approval = change(step.approval);
    else if ((step.kind === 'action' || step.kind === 'agent') && step.approval) step.approval = change(step.approval);
  };
}

/** The engine with a fault, for one program. The files are read for it alone, so that changing them changes nothing else. */
export function faulty(program: Program, fault: RunnerFault): NonNullable<Given['engine']> {
  const { loaded } = ready(program);
  const seen = new Set<unknown>();
  const visit = (one: LoadedPlaybook): void => {
    if (seen.has(one)) return;
    seen.add(one);
    fault.playbook?.(one.playbook);
    if (one.policy) fault.policy?.(one.policy);
    for (const step of allSteps(one.playbook.steps)) fault.step?.(step);
    for (const tool of one.tools.values()) {
      if (!seen.has(tool)) fault.tool?.(tool);
      seen.add(tool);
    }
    for (const callee of one.calls.values()) if (callee.loaded) visit(callee.loaded);
  };
  visit(loaded);
  return (parts) => {
    const planted = { ...parts, loaded };
    return runEngine(fault.parts ? fault.parts(planted) : planted);
  };
}
