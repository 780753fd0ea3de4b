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
};

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
