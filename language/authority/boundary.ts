import type { Tool } from '../model/catalog.js';
import { type AutonomyLevel, lowest } from '../model/levels.js';
import type { CallStep, GateStep, Step } from '../model/playbook.js';
import type { Policy } from '../model/policy.js';
import type { Callee, PlaybookContext } from '../rules/context.js';
import { type Act, actsOf } from './acts.js';
import { approvalRequirement } from './approval-requirement.js';
import { type ApprovalVerdict, proverOf } from './approvals.js';
import type { Boundary, BoundaryCell, CellApproval, CellVerdict, WitnessStep } from './cell.js';
import { boundsOn, durationText, scopeOf, untrustedAt } from './cell-facts.js';
import { conditionsOf } from './conditions.js';
import { ceilingsOn } from './effective-autonomy.js';
import type { AnalysisFault } from './faults.js';
import { type Flow, flowOf, isReached } from './flow.js';
import { type PathStep, shortestPath } from './paths.js';
import { callsPeople } from './people.js';
import type { ExpressionSite } from './sites.js';
import { undoProblem } from './undo.js';
import { limitAtCall, limitedAct, operatingModelOf } from './whole.js';

/** The playbook a boundary is of: what a rule may look at, and no more. */
type Analysed = Omit<PlaybookContext, 'text'>;

/**
 * The authorization boundary of a playbook: one cell for every act it may do, those of the playbooks it calls included. The
 * level in force in a called playbook is never above what the call allows, and its policy is the caller's. Pure.
 *
 * @param faults planted by the tests of soundness only
 */
export function boundaryOf(loaded: Analysed, faults?: ReadonlySet<AnalysisFault>): Boundary {
  const cells = framesOf(loaded, faults).flatMap((frame) => frame.cells.map(({ cell }) => cell));
  const computed = operatingModelOf(loaded);
  return {
    version: 1,
    playbook: loaded.playbook.id?.value ?? '',
    operatingModel: {
      declared: loaded.playbook.operatingModel?.value ?? null,
      computed: computed.model,
      because: [computed.because, ...new Set(computed.steps.map((step) => step.id.value))],
    },
    cells: cells.sort(byStepAndTool),
  };
}

/** A playbook as it runs in a boundary: the one the boundary is of, or one that is called on the way. */
export interface Frame {
  readonly loaded: Analysed;
  /** `<call>/` for each call that leads here. */
  readonly prefix: string;
  /** The call it runs in; `undefined` for the playbook the boundary is of. */
  readonly calledAt: { readonly frame: Frame; readonly step: CallStep } | undefined;
  /** The policy it runs under: that of the outermost caller. */
  readonly policy: Policy | undefined;
  /** Under that policy. */
  readonly flow: Flow;
  /** Whether a path leads to its call. */
  readonly reached: boolean;
  readonly cells: readonly FramedCell[];
}

/** A cell with what it is of. */
export interface FramedCell {
  readonly cell: BoundaryCell;
  /** `undefined`: of a called playbook that cannot be followed, which may do anything. */
  readonly act: Act | undefined;
  /** Gates that grant the act. */
  readonly gates: readonly GateStep[];
}

/** The playbook and those it calls, each as often as it is called, with their cells. The same bounds hold as for boundaries. */
export function framesOf(loaded: Analysed, faults?: ReadonlySet<AnalysisFault>): readonly Frame[] {
  const frames: Frame[] = [];
  addFrames(
    loaded,
    {
      policy: loaded.policy,
      policyMissing: loaded.policyMissing,
      limit: undefined,
      prefix: '',
      path: [],
      reached: true,
      calledAt: undefined,
      gated: false,
      effort: { calls: MAX_CALLS },
      faults,
    },
    frames,
  );
  return frames;
}

function byStepAndTool(a: BoundaryCell, b: BoundaryCell): number {
  if (a.step !== b.step) return a.step < b.step ? -1 : 1;
  return a.tool < b.tool ? -1 : a.tool > b.tool ? 1 : 0;
}

/**
 * Calls that are followed, those of called playbooks included. Playbooks that call each other several times over, many deep,
 * come to more than any person could review.
 */
const MAX_CALLS = 1_000;

/** What a caller decides about the playbook it calls. */
interface Caller {
  readonly policy: Policy | undefined;
  readonly policyMissing: boolean;
  /** The highest level it allows. */
  readonly limit: AutonomyLevel | undefined;
  /** `<call>/` for each call on the way. */
  readonly prefix: string;
  /** The path to the call. */
  readonly path: readonly WitnessStep[];
  /** Whether a path leads to the call at all. */
  readonly reached: boolean;
  readonly calledAt: Frame['calledAt'];
  /** Whether a gate of a caller comes before; for a planted fault only. */
  readonly gated: boolean;
  /** Calls that may still be followed. */
  readonly effort: { calls: number };
  readonly faults: ReadonlySet<AnalysisFault> | undefined;
}

function addFrames(loaded: Analysed, caller: Caller, frames: Frame[]): void {
  const { faults } = caller;
  const own = caller.policy === loaded.policy && faults === undefined;
  const sources = { uri: loaded.uri, playbook: loaded.playbook, policy: caller.policy, ...(faults ? { faults } : {}) };
  const acts = own ? loaded.acts : actsOf(loaded, loaded.tools, sources);
  const flow = own
    ? loaded.flow
    : flowOf(loaded.playbook, loaded.sites, acts, (step) => callsPeople(loaded.calls.get(step)), faults);
  const deciding = decidingSites(loaded);
  const prove = proverOf(flow);
  const cells: FramedCell[] = acts.map((one) => {
    const act = limitedAct(one, caller.limit);
    const proof = needsGate(act) ? proofOf(loaded, caller, flow, prove, act) : undefined;
    return { cell: cellOf(loaded, caller, flow, proof, act, deciding(act.step)), act, gates: proof?.gates ?? [] };
  });
  const { prefix, calledAt, policy, reached } = caller;
  const frame = { loaded, prefix, calledAt, policy, flow, reached, cells };
  frames.push(frame);
  for (const step of loaded.steps) {
    if (step.kind !== 'call') continue;
    const callee = loaded.calls.get(step);
    const within = withinCall(frame, caller, step);
    if (callee?.loaded && caller.effort.calls-- > 0) addFrames(callee.loaded, within, frames);
    else cells.push({ cell: unknownCallee(loaded, within, step, callee), act: undefined, gates: [] });
  }
}

function withinCall(frame: Frame, caller: Caller, step: CallStep): Caller {
  const { loaded, flow } = frame;
  const path = shortestPath(flow, step);
  return {
    policy: caller.policy,
    policyMissing: caller.policyMissing,
    limit: limitAtCall(caller.limit, loaded.playbook, step),
    prefix: `${caller.prefix}${step.id.value}/`,
    path: [
      ...caller.path,
      ...path.map((one) => witnessOf(one, caller.prefix)),
      { step: `${caller.prefix}${step.id.value}`, edge: 'entered' },
    ],
    reached: caller.reached && isReached(flow, step),
    calledAt: { frame, step },
    gated: caller.gated || path.some(({ step, edge }) => step.kind === 'gate' && edge.kind === 'approved'),
    effort: caller.effort,
    faults: caller.faults,
  };
}

/** What a playbook may do that cannot be read: anything. */
function unknownCallee(loaded: Analysed, within: Caller, step: CallStep, callee: Callee | undefined): BoundaryCell {
  return {
    step: within.prefix.slice(0, -1),
    tool: '*',
    effect: 'unknown',
    scope: 'anything',
    autonomy: lowest(within.limit ?? 'approve', 'approve'),
    approval: null,
    bounds: [],
    untrusted: [],
    undo: null,
    accountable: null,
    verdict: 'unknown',
    because:
      callee?.fault === 'recursive'
        ? `"${step.target.value}" leads back to a playbook that calls it, so there is no end to what it may do.`
        : callee?.loaded
          ? 'Playbooks call each other in more ways than anybody could review, so this call is not followed.'
          : `"${step.target.value}" cannot be read, so what it may do is not known.`,
    witness: within.path,
    place: { uri: loaded.uri, range: step.target.range },
  };
}

function cellOf(
  loaded: Analysed,
  caller: Caller,
  flow: Flow,
  proof: ApprovalVerdict | undefined,
  act: Act,
  deciding: readonly ExpressionSite[],
): BoundaryCell {
  const { step, tool } = act;
  const { verdict, because } = judge(loaded, caller, flow, act, proof);
  let witness: readonly WitnessStep[] | undefined;
  return {
    step: `${caller.prefix}${step.id.value}`,
    tool: act.toolName.value,
    effect: act.effect,
    scope: scopeOf(act, flow.structure),
    autonomy: act.autonomy.undecided ?? act.autonomy.level,
    approval:
      act.autonomy.level === 'approve' && act.autonomy.undecided === undefined
        ? approvalOf(act, proof?.gates ?? [], caller.policy)
        : null,
    bounds: boundsOn(act, loaded.playbook, caller.policy, flow.structure),
    untrusted: untrustedAt(act, deciding, loaded.stepOf),
    undo: tool?.undo?.value ?? null,
    accountable: step.accountable?.value ?? loaded.playbook.accountable?.value ?? null,
    verdict,
    because,
    /** Worked out when first asked for: of a long playbook the paths to all acts are by far the most there is to say. */
    get witness() {
      witness ??= witnessTo(caller, proof?.kind === 'violated' ? proof.path : shortestPath(flow, step));
      return witness;
    },
    place: { uri: loaded.uri, range: act.toolName.range },
  };
}

/** Of each step the expressions that its arguments are made of, and those that decide whether it runs. */
function decidingSites({ playbook, sites, sitesAt }: Analysed): (step: Step) => readonly ExpressionSite[] {
  const conditions = conditionsOf(playbook.steps, sites);
  const made = (step: Step) => (sitesAt.get(step) ?? []).filter((site) => site.slot === 'argument');
  return (step) => [...made(step), ...(conditions.get(step) ?? [])];
}

function needsGate({ autonomy, step }: Act): boolean {
  return autonomy.level === 'approve' && step.approval === undefined;
}

/** The proof that reading made already, where nothing about the act is different here. */
function proofOf(
  loaded: Analysed,
  caller: Caller,
  flow: Flow,
  prove: (act: Act) => ApprovalVerdict,
  act: Act,
): ApprovalVerdict {
  const known = flow === loaded.flow ? loaded.verdictOf.get(act) : undefined;
  const proof = known ?? prove(act);
  const passed = caller.faults?.has('approval-through-call') && caller.gated && proof.kind === 'violated';
  return passed ? { kind: 'proven', gates: proof.gates } : proof;
}

interface Judged {
  readonly verdict: CellVerdict;
  readonly because: string;
}

function judge(loaded: Analysed, caller: Caller, flow: Flow, act: Act, proof: ApprovalVerdict | undefined): Judged {
  const { step, tool, autonomy } = act;
  const name = act.toolName.value;
  const planted = caller.faults !== undefined;
  if (loaded.tree.problems.some((problem) => problem.severity === 'error'))
    return unknown('The file has errors in its YAML, so parts of it may be missing here.');
  if (!tool && !planted) return unknown(`No catalog describes ${name}, so what it does is not known.`);
  if (caller.policyMissing) return unknown('The policy cannot be read, so who may do what is not known.');
  if (!caller.reached || !isReached(flow, step)) return proven('No path leads to it.');
  if (caller.policy?.forbid.some((one) => one.value === name)) return proven('The policy forbids it: it never runs.');
  if (step.undecided) {
    const why = `Nobody has decided its level. ${step.undecided.value}`.trim();
    return tool && tool.effect === undefined ? unknown(why) : { verdict: 'violated', because: why };
  }
  switch (autonomy.level) {
    case 'manual':
    case 'assist':
      return proven(`A person does it: ${autonomy.because}.`);
    case 'approve':
      return proof ? judgeProof(proof) : proven('It asks for an approval of its own, each time it is about to run.');
    case 'notify':
    case 'autonomous': {
      const doubt = doubtAbout(act, caller.policy, loaded.tools);
      if (doubt) return unknown(doubt);
      const where = act.grant ? act.grant.where : step.kind === 'action' ? step.where : undefined;
      return where
        ? { verdict: 'runtime', because: `No person is asked: ${autonomy.because}. Each call is held to its bounds.` }
        : proven(`No person is asked: ${autonomy.because}.`);
    }
  }
}

function judgeProof(proof: ApprovalVerdict): Judged {
  const gates = proof.gates.map((gate) => `"${gate.id.value}"`).join(' or ');
  switch (proof.kind) {
    case 'proven':
      return proven(`Every path to it has the approval of ${gates}.`);
    case 'unreachable':
      return proven('No path leads to it.');
    case 'runtime':
      return {
        verdict: 'runtime',
        because: `Every path to it has the approval of ${gates}; whether that has expired by then, the run checks.`,
      };
    case 'unknown':
      return unknown('There are too many ways that lead to it.');
    case 'violated':
      return { verdict: 'violated', because: whyViolated(proof, gates) };
  }
}

function whyViolated({ lost }: Extract<ApprovalVerdict, { kind: 'violated' }>, gates: string): string {
  if (!lost) return gates === '' ? 'No gate grants it.' : `A path to it does not pass the approved side of ${gates}.`;
  const at = `"${lost.at.id.value}"`;
  const approval = `The approval of "${lost.gate.id.value}"`;
  switch (lost.because) {
    case 'used':
      return `${approval} is used up at ${at}, and a path leads on to it.`;
    case 'rebound':
      return `${approval} is void once ${at} runs, which changes what was approved.`;
    case 'interference':
      return `${approval} is void once ${at} runs in another branch, which may be at any time.`;
    case 'expired':
      return `${approval} may expire while the run waits at ${at}.`;
    case 'asked-again':
      return `${approval} is void once it is asked again.`;
  }
}

/** Why an act at `notify` or `autonomous` does not have what that level asks; the runner then wants an approval. */
function doubtAbout(
  { step, tool, grant, autonomy, toolName }: Act,
  policy: Policy | undefined,
  tools: ReadonlyMap<string, Tool>,
): string | undefined {
  const name = toolName.value;
  if (!tool) return undefined;
  if (autonomy.level === 'notify') {
    const problem = undoProblem(tool, tools);
    if (problem !== undefined) return `${name} runs at "notify" and cannot be undone by whoever is told: ${problem}.`;
    if (!step.notify || step.notify.roles.length === 0) return `${name} runs at "notify" and nobody is told.`;
  } else if (!tool.reversible && ceilingsOn(tool, policy).length === 0) {
    return `${name} cannot be undone, and the policy says nothing about it.`;
  }
  const takes = Object.keys(tool.input.properties ?? {}).length > 0;
  return grant && !grant.where && takes
    ? `The agent chooses the arguments of ${name}, and no "where" bounds them.`
    : undefined;
}

function proven(because: string): Judged {
  return { verdict: 'proven', because };
}

function unknown(because: string): Judged {
  return { verdict: 'unknown', because };
}

/** The weakest approval that lets an act run: of the fewest people, valid longest. */
function approvalOf(act: Act, gates: readonly GateStep[], policy: Policy | undefined): CellApproval | null {
  const least = approvalRequirement(act.tool, policy).quorum;
  const asked = act.step.approval ? [act.step, ...gates] : gates;
  const approvals = asked.flatMap((step) => {
    const { approval } = step;
    if (!approval) return [];
    const expires = approval.expires?.value;
    return [
      {
        gate: step.id.value,
        // Whoever the question may be handed to may approve, too.
        roles: [...new Set([...approval.roles, ...approval.escalateTo].map((role) => role.value))],
        quorum: Math.max(approval.quorum?.value ?? 1, least),
        expires,
      },
    ];
  });
  const [weakest] = approvals.sort((a, b) => a.quorum - b.quorum || (b.expires ?? Infinity) - (a.expires ?? Infinity));
  return weakest ? { ...weakest, expires: weakest.expires === undefined ? null : durationText(weakest.expires) } : null;
}

function witnessTo(caller: Caller, path: readonly PathStep[]): readonly WitnessStep[] {
  return caller.reached ? [...caller.path, ...path.map((one) => witnessOf(one, caller.prefix))] : [];
}

function witnessOf({ step, edge }: PathStep, prefix: string): WitnessStep {
  return {
    step: `${prefix}${step.id.value}`,
    edge: edge.kind,
    ...(edge.branch === undefined ? {} : { branch: edge.branch }),
  };
}
