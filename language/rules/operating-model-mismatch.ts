import { operatingModelOf } from '../authority/whole.js';
import type { Problem } from '../problem.js';
import { EXAMPLE_HEAD } from './example.js';
import { type PlaybookRule, report } from './rule.js';

const STEPS = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`;

export const operatingModelMismatch: PlaybookRule = {
  name: 'operating-model-mismatch',
  group: 'authority',
  severity: 'error',
  partial: false,
  what: 'The playbook claims an operating model its steps do not have.',
  why: 'The claim is what buyers, auditors and new colleagues read first. It must be true in both directions.',
  fix: 'Correct the claim, or change the steps that make the difference.',
  failing: { kind: 'playbook', text: EXAMPLE_HEAD.replace('ai-augmented', '«ai-soc»') + STEPS },
  passing: { kind: 'playbook', text: EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted') + STEPS },
  *check(context): Generator<Problem> {
    const { uri, playbook, catalogsRead } = context;
    const claim = playbook.operatingModel;
    if (!claim || !catalogsRead) return;
    const computed = operatingModelOf(context);
    if (computed.model === claim.value) return;
    const related = computed.steps.slice(0, 6).map((step) => ({
      uri: computed.uriOf.get(step) ?? uri,
      range: step.id.range,
      message: `"${step.id.value}" makes it "${computed.model}".`,
    }));
    if (computed.model === 'autonomous') {
      yield report(
        this,
        claim.range,
        `This playbook is autonomous: ${computed.because}. Nobody would be accountable, so no claim covers it. Add a gate or a manual step, or lower the level of those acts to "approve".`,
        { related },
      );
      return;
    }
    yield report(
      this,
      claim.range,
      `The playbook claims "${claim.value}", and its steps make it "${computed.model}": ${computed.because}. Change the claim or those steps.`,
      {
        related,
        fixes: [
          {
            title: `Change to "${computed.model}"`,
            edits: [{ range: claim.range, newText: computed.model }],
            safe: false,
          },
        ],
      },
    );
  },
};
