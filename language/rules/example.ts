const OTHER_POLICY = `playbook: other-policy
version: 1.0.0
title: Suspend an account under another policy
description: Called with the account.
operating-model: ai-augmented
owner: detection-engineering
accountable: soc-manager
catalogs: [example.tools.yaml]
policy: other.policy.yaml
trigger: { class: detection_finding }
inputs: { user: { type: string, x-entity: user } }
budget: { turns: 5 }
steps:
  - id: look
    agent:
      goal: Say what the account \${{ inputs.user }} is for
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ inputs.user }}" }
    approval: { roles: [incident-commander], timeout: 15m }
`;

const DECIDED = (id: string, mark: string): string => `case: ${id}
title: A person decided otherwise than was proposed
description: Refused at ask. The account is a service's.
playbook: example
truth: benign
feedback:
  source: { run: run-1, trace: "sha256:${'0'.repeat(64)}" }
  by: [ana@soc.example]
  reviewed: seen
${mark}alert: example.alert.json
expect: { verdict: benign }
`;

/** What the rules' examples of kind `steps` stand in: small, and complete. */
export const EXAMPLE_FILES: { readonly [reference: string]: string } = {
  'example.tools.yaml': `catalog: example
tools:
  intel.domain_reputation:
    description: What is known about a domain.
    effect: read
    reversible: true
    idempotent: true
    input: { domain: { type: string, x-entity: domain } }
    output: { score: { type: integer, minimum: 0, maximum: 100 } }
  identity.suspend:
    description: Disable sign-in for an account.
    effect: contain
    reversible: true
    undo: identity.restore
    idempotent: true
    target: user
    input: { user: { type: string, x-entity: user } }
    output: { state: { enum: [suspended, already_suspended] } }
  identity.restore:
    description: Enable sign-in again.
    effect: restore
    reversible: true
    undo: identity.suspend
    idempotent: true
    target: user
    input: { user: { type: string, x-entity: user } }
    output: {}
  identity.delete_user:
    description: Delete an account for good.
    effect: evict
    reversible: false
    idempotent: true
    target: user
    input: { user: { type: string, x-entity: user } }
    output: {}
  mail.block_sender:
    description: Refuse mail from a sender.
    effect: contain
    reversible: true
    idempotent: true
    target: sender
    input: { sender: { type: string, x-entity: email } }
    output: {}
`,
  'example.policy.yaml': `policy: example
roles:
  analyst: [ana@soc.example, bo@soc.example]
  incident-commander: [cy@soc.example, di@soc.example]
  soc-manager: [eli@soc.example]
ceilings:
  - { effect: contain, autonomy: notify }
  - { effect: evict, autonomy: approve, quorum: 2, roles: [incident-commander] }
forbid: [mail.block_sender]
require: { accountable: true, undo-for: [contain] }
`,
  'breaker.policy.yaml': `policy: breaker
roles:
  analyst: [ana@soc.example, bo@soc.example]
  incident-commander: [cy@soc.example, di@soc.example]
  soc-manager: [eli@soc.example]
breaker:
  measure: soc.measure.json
  acts:
    - { effect: contain, max-error: 10%, max-age: 30d }
ceilings:
  - { effect: contain, autonomy: notify }
`,
  'example.alert.json': `{ "class_uid": 2004, "category_uid": 2, "type_uid": 200401, "activity_id": 1, "severity_id": 4,
  "time": 1700000000000, "metadata": { "version": "1.6.0", "product": { "vendor_name": "Example" } },
  "finding_info": { "uid": "f-1", "title": "An example" } }
`,
  'decided.case.yaml': DECIDED('decided', ''),
  'reviewed.case.yaml': DECIDED(
    'reviewed',
    `  example: { by: ana@soc.example, at: "2026-06-30T09:00:00Z", digest: "sha256:${'a'.repeat(64)}" }\n`,
  ),
  'response.tools.yaml': `catalog: response
tools:
  edr.run_script:
    description: Run a command on a host.
    effect: contain
    reversible: true
    undo: edr.undo_script
    idempotent: false
    target: host
    input: { host: { type: string, x-entity: host }, command: { type: string } }
    output: {}
  edr.undo_script:
    description: Take back what a command changed.
    effect: restore
    reversible: true
    undo: edr.run_script
    idempotent: true
    target: host
    input: { host: { type: string, x-entity: host }, command: { type: string } }
    output: {}
`,
  'context.yaml': `vips: [ceo@corp.example, cfo@corp.example]
`,
  'suspend-user.playbook.yaml': `playbook: suspend-user
version: 1.0.0
title: Suspend an account after approval
description: Called with the account.
operating-model: ai-augmented
owner: detection-engineering
accountable: soc-manager
catalogs: [example.tools.yaml]
policy: example.policy.yaml
trigger: { class: detection_finding }
inputs: { user: { type: string, x-entity: user } }
budget: { turns: 5 }
steps:
  - id: look
    agent:
      goal: Say what the account \${{ inputs.user }} is for
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
  - id: suspend
    action: identity.suspend
    with: { user: "\${{ inputs.user }}" }
    approval: { roles: [incident-commander], timeout: 15m }
`,
  'suspend-at-once.playbook.yaml': `playbook: suspend-at-once
version: 1.0.0
title: Suspend an account of the alert at once
description: Called with the account.
operating-model: ai-soc
owner: detection-engineering
accountable: soc-manager
catalogs: [example.tools.yaml]
policy: example.policy.yaml
trigger: { class: detection_finding }
inputs: { user: { type: string, x-entity: user } }
budget: { turns: 5, time: 10m }
steps:
  - id: look
    agent:
      goal: Say what the account \${{ inputs.user }} is for
      tools: [intel.domain_reputation]
      output: { summary: { type: string } }
  - id: suspend
    action: identity.suspend
    autonomy: notify
    notify: { roles: [analyst] }
    with: { user: "\${{ inputs.user }}" }
    where: args.user in alert.entities.users
    review: 10%
  - id: look_again
    manual: { task: See whether that was right, role: analyst }
`,
  'other-policy.playbook.yaml': OTHER_POLICY,
  'misspelt.policy.yaml': `policy: misspelt
roles:
  analyst: [ana@soc.example, bo@soc.example]
  soc-manager: [eli@soc.example, gus@soc.example]
forbid: [identity.delete]
`,
  'other.policy.yaml': `policy: other
roles:
  incident-commander: [zoe@other.example]
  soc-manager: [zoe@other.example]
`,
  'waivers.policy.yaml': `policy: waivers
roles:
  analyst: [ana@soc.example, bo@soc.example]
  incident-commander: [cy@soc.example, di@soc.example]
  soc-manager: [eli@soc.example]
require: { undo-for: [contain] }
waivers:
  - rule: missing-undo
    playbook: example
    step: block
    owner: soc-manager
    reason: The gateway's vendor delivers its undo with the next version.
    expires: 2099-12-31
`,
};

/** The day on which the examples are checked. */
export const EXAMPLE_DAY = '2026-07-01';

/** Step lines under the head of the example playbook, with the example's text starting at `EXAMPLE_HEAD.length`. */
export const EXAMPLE_HEAD = `playbook: example
version: 1.0.0
title: An example
operating-model: ai-augmented
owner: detection-engineering
accountable: soc-manager
catalogs: [example.tools.yaml]
policy: example.policy.yaml
trigger: { class: detection_finding }
budget: { turns: 10, tokens: 50000 }
steps:
`;
