// The playbooks the benchmark measures: investigate, ask a person, act, over and over, and everything in them is proven.
import { EXAMPLE_FILES, EXAMPLE_HEAD } from '../../out/language/rules/example.js';
import { ANSWER, ARGUMENTS, TASK } from './task.mjs';

/** The catalog and the policy they refer to, by name. */
export const FILES = {
  'example.tools.yaml': EXAMPLE_FILES['example.tools.yaml'],
  'example.policy.yaml': EXAMPLE_FILES['example.policy.yaml'],
};

/** @param {number} steps a multiple of 2 is what it will have; the rest of a division by 4 are look-ups */
export function playbook(steps, id = 'example') {
  const head = EXAMPLE_HEAD.replace('playbook: example', `playbook: ${id}`)
    .replace('title: An example', 'title: An example\ndescription: Looks up, asks, and acts.')
    .replace('ai-augmented', 'tool-assisted');
  const rounds = Array.from({ length: Math.floor(steps / 4) }, (_, index) => round(index));
  const rest = Array.from({ length: steps % 4 }, (_, index) => lookUp(`rest_${index}`));
  return head + rounds.join('') + rest.join('');
}

/** A playbook with about so many lines. */
export function playbookOfLines(lines) {
  return playbook(Math.round((lines - 12) / LINES_A_STEP));
}

const LINES_A_STEP = 13 / 4;

function round(index) {
  return `${lookUp(`look_${index}`)}  - id: who_${index}
    manual: { task: "Whose is it? \${{ alert.finding_info.title }}", role: analyst, output: { user: { type: string, x-entity: user } } }
    timeout: 5m
  - id: ask_${index}
    gate: { ask: "Suspend \${{ steps.who_${index}.output.user }}?", grants: [act_${index}], approvers: { roles: [analyst] }, timeout: 5m, expires: 1h }
  - id: act_${index}
    when: steps.ask_${index}.outcome == 'approved'
    action: identity.suspend
    with: { user: "\${{ steps.who_${index}.output.user }}" }
`;
}

function lookUp(id) {
  return `  - id: ${id}
    action: intel.domain_reputation
    with: { domain: a.example }
    on-error: continue
`;
}

/** A playbook that calls a tool so many times, with the case it is run over. */
export function calls(count) {
  const steps = Array.from({ length: count }, (_, index) => lookUp(`look_${index}`)).join('');
  return { playbook: `${EXAMPLE_HEAD.replace('ai-augmented', 'tool-assisted')}${steps}`, ...SAMPLE };
}

/** A playbook of one agent step that may call a tool so many times, one a turn, with the case it is run over. */
export function agent(count) {
  const budget = `budget: { turns: ${count + 1}, tool-calls: ${count} }`;
  const head = EXAMPLE_HEAD.replace(/^budget: .*$/m, budget);
  const step = `  - id: look
    ${budget}
    agent:
      goal: ${JSON.stringify(TASK)}
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
`;
  return { playbook: head + step, ...SAMPLE };
}

/** A case in which the tool has one answer, and its alert. */
const SAMPLE = {
  case: `case: calls
title: Many calls
playbook: example
alert: calls.alert.json
answers:
  - tool: intel.domain_reputation
    with: ${JSON.stringify(ARGUMENTS)}
    output: ${JSON.stringify(ANSWER)}
`,
  alert: JSON.stringify({
    class_uid: 2004,
    category_uid: 2,
    type_uid: 200401,
    activity_id: 1,
    severity_id: 4,
    time: 1_700_000_000_000,
    metadata: { version: '1.6.0', product: { vendor_name: 'Example' } },
    finding_info: { uid: 'f-1', title: 'An example' },
  }),
};
