import type { Tool } from '../../model/catalog.js';
import { isConsequential } from '../../model/levels.js';
import type { ActionStep, AgentStep, ToolGrant } from '../../model/playbook.js';
import type { Act } from '../acts.js';
import type { Frame } from '../boundary.js';
import type { BoundaryCell, WitnessStep } from '../cell.js';
import { scopeOf } from '../cell-facts.js';
import { type PathStep, shortestPath } from '../paths.js';

/** How such a tool runs. */
const FREE: Act['autonomy'] = {
  level: 'autonomous',
  because: 'its catalog says that it only reads or records',
  declared: 'autonomous',
  undecided: undefined,
  ceiling: undefined,
  decidedAt: undefined,
};

/** A step with a tool that its catalog says only reads or records. */
export interface HarmlessUse {
  readonly step: ActionStep | AgentStep;
  readonly tool: Tool;
  readonly named: Tool['name'];
  readonly grant: ToolGrant | undefined;
}

export function* harmlessUses({ loaded }: Frame): Generator<HarmlessUse> {
  for (const step of loaded.steps) {
    const named =
      step.kind === 'action'
        ? [{ name: step.tool, grant: undefined }]
        : step.kind === 'agent'
          ? step.tools.map((grant) => ({ name: grant.tool, grant }))
          : [];
    for (const { name, grant } of named) {
      const tool = loaded.tools.get(name.value);
      if (tool && !isConsequential(tool.effect) && (step.kind === 'action' || step.kind === 'agent'))
        yield { step, tool, named: name, grant };
    }
  }
}

/** The cell it would be. */
export function freeCell(frame: Frame, use: HarmlessUse): BoundaryCell {
  const { step, tool, named } = use;
  return {
    step: `${frame.prefix}${step.id.value}`,
    tool: named.value,
    effect: tool.effect ?? 'unknown',
    scope: scopeOf(freeAct(use), frame.flow.structure),
    autonomy: 'autonomous',
    approval: null,
    bounds: [],
    untrusted: [],
    undo: tool.undo?.value ?? null,
    accountable: step.accountable?.value ?? frame.loaded.playbook.accountable?.value ?? null,
    verdict: 'proven',
    because: `The catalog says that it only ${tool.effect === 'read' ? 'reads' : 'records'}, so nobody is asked.`,
    witness: pathTo(frame, shortestPath(frame.flow, step)),
    place: { uri: frame.loaded.uri, range: named.range },
  };
}

function pathTo(frame: Frame, path: readonly PathStep[]): readonly WitnessStep[] {
  const { calledAt, prefix } = frame;
  const own = path.map(
    ({ step, edge }): WitnessStep => ({
      step: `${prefix}${step.id.value}`,
      edge: edge.kind,
      ...(edge.branch === undefined ? {} : { branch: edge.branch }),
    }),
  );
  if (!calledAt) return own;
  const outer = pathTo(calledAt.frame, shortestPath(calledAt.frame.flow, calledAt.step));
  return [...outer, { step: prefix.slice(0, -1), edge: 'entered' }, ...own];
}

/** Such a use as an act, to be compared with what it was when it needed authority. */
export function freeAct({ step, tool, named, grant }: HarmlessUse): Act {
  return { step, toolName: named, tool, grant, effect: tool.effect ?? 'unknown', autonomy: FREE };
}
