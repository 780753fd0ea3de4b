import { approvalRequirement, eligibleApprovers } from '../authority/approval-requirement.js';
import { VERDICT_WORDS } from '../authority/verdict-words.js';
import type { LoadedPlaybook } from '../load.js';
import type { GateStep, Step } from '../model/playbook.js';
import { callText } from './call-text.js';
import { durationWordsOf } from './duration-words.js';
import { code, count, peopleOf, plain } from './explain.js';
import { actsAt, cellOfAct } from './explain-acts.js';
import type { SourceFile } from './source-file.js';

/** What a gate covers, as Markdown: the exact calls it grants with the verdict on each, who may approve them, and for how long. */
export function explainGate(gate: GateStep, source: SourceFile): string {
  const { playbook } = source;
  if (!playbook) return '';
  const ids = [...new Set(gate.grants.map(({ value }) => value))];
  const granted = ids.map((id) => explainGranted(id, gate, source, playbook));
  const covers = granted.length === 0 ? 'Grants nothing yet' : `Grants\n\n${granted.flat().join('\n')}`;
  return [covers, whoApproves(gate, playbook), howLong(gate)].join('\n\n');
}

function explainGranted(id: string, gate: GateStep, source: SourceFile, playbook: LoadedPlaybook): readonly string[] {
  const step = playbook.stepOf.get(id);
  if (!step) return [`- \`${code(id)}\`: there is no such step`];
  const acts = actsAt(source, step);
  if (acts.length === 0) return [`- \`${code(id)}\`: nothing in it needs an approval`];
  return acts.map((act) => {
    const verdict = cellOfAct(source, act)?.verdict;
    const people = approvalRequirement(act.tool, playbook.policy);
    const asked = gate.approval.quorum?.value ?? 1;
    const more = people.quorum > asked ? `, ${people.quorum} people: ${plain(people.because)}` : '';
    const told = verdict === undefined ? '' : `: **${VERDICT_WORDS[verdict]}**`;
    return `- \`${code(id)}\` \`${code(callText(act))}\`${loopsText(step, gate, playbook)}${told}${more}`;
  });
}

/** The loops between the gate and the act: the gate shows every call they come to. */
function loopsText(step: Step, gate: GateStep, { flow }: LoadedPlaybook): string {
  const { placeOf } = flow.structure;
  const around = new Set(placeOf.get(gate)?.loops ?? []);
  const loops = (placeOf.get(step)?.loops ?? []).filter((loop) => !around.has(loop));
  return loops
    .map(
      (loop) => ` for each \`${code(loop.item?.value ?? 'item')}\` of \`${code(loop.id.value)}\`, at most ${loop.max}`,
    )
    .join('');
}

function whoApproves({ approval }: GateStep, { policy }: LoadedPlaybook): string {
  const people = eligibleApprovers(approval, { roleSets: [] }, policy);
  const roles = approval.roles.map(({ value }) => `\`${code(value)}\``).join(' or ') || 'nobody';
  const asked = count(approval.quorum?.value ?? 1, 'person').replace('persons', 'people');
  const further = approval.escalateTo.map(({ value }) => `\`${code(value)}\``).join(' or ');
  const others = approval.distinctFrom.map(({ value }) => `\`${code(value)}\``).join(', ');
  return `${asked} of ${roles}: ${peopleOf(people)}${further === '' ? '' : `, who may hand it to ${further}`}${others === '' ? '' : `; nobody who approved at ${others}`}`;
}

function howLong({ approval }: GateStep): string {
  const { timeout, expires, uses } = approval;
  return [
    timeout ? `Silence denies after ${durationWordsOf(timeout.value)}` : 'Waits for an answer as long as it takes',
    expires ? `an approval is valid for ${durationWordsOf(expires.value)}` : 'an approval is valid until the run ends',
    uses && uses.value > 1 ? `each call ${uses.value} times` : 'each call once',
  ].join('; ');
}
