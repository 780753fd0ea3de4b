import assert from 'node:assert/strict';
import { add, type Edit, edit, edited, everywhere, library, moveLines, reviewed } from './library.js';

const HOST = 'contain-host.playbook.yaml';
const MAIL = 'phishing-triage.playbook.yaml';
const MALWARE = 'endpoint-malware.playbook.yaml';
const TAKEOVER = 'identity-takeover.playbook.yaml';
const POLICY = 'policies/default.policy.yaml';
const EDR = 'catalogs/edr.tools.yaml';

const STAYS = `    on-reject:
      - id: stays
        stop: { outcome: stopped, reason: A person refused to isolate the host., verdict: "'refused'" }
`;
const ALONE = 'autonomy: notify\n    notify: { roles: [analyst] }\n    where: args.host in alert.entities.hosts';

/** What a pull request does, what it lets run, and what is named as the cause. */
const BYPASSES: readonly (readonly [string, readonly Edit[], string, string])[] = [
  [
    'a refusal that goes on',
    [edit(HOST, STAYS, '    on-reject: continue\n')],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  [
    'the same, in a called playbook',
    [edit(HOST, STAYS, '    on-reject: continue\n')],
    'identity-takeover contain/isolate edr.isolate',
    'called playbook',
  ],
  [
    'silence that goes on',
    [
      everywhere(
        MAIL,
        /on-timeout: # silence denies[\s\S]*?15 minutes; the message stays where it is\. }\n/,
        'on-timeout: continue\n',
      ),
    ],
    'phishing-triage quarantine mail.quarantine',
    'playbook',
  ],
  [
    'a gate whose own failure goes on',
    [edit(HOST, '      expires: 30m\n', '      expires: 30m\n    on-error: continue\n')],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  [
    'a gate under a guard',
    [edit(HOST, '    title: Isolate the host?\n', '    title: Isolate the host?\n    when: alert.severity_id >= 4\n')],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  [
    'a gate that does not grant any more',
    [edit(MAIL, 'grants: [quarantine, warn]', 'grants: [warn]')],
    'phishing-triage quarantine mail.quarantine',
    'playbook',
  ],
  [
    'a gate moved behind the act',
    [
      moveLines(
        MALWARE,
        `        - id: isolate
          title: Isolate the host
          action: edr.isolate
          with: { host: "\${{ alert.device.hostname }}" }
          where: args.host in alert.entities.hosts
`,
        '      malicious:\n',
      ),
    ],
    'endpoint-malware isolate edr.isolate',
    'playbook',
  ],
  [
    'an act in a handler',
    [
      edit(
        MAIL,
        '      - id: without_headers\n',
        '      - id: quarantine_all\n        action: mail.quarantine\n        with: { message_uid: "${{ alert.email.message_uid }}" }\n      - id: without_headers\n',
      ),
    ],
    'phishing-triage quarantine_all mail.quarantine',
    'playbook',
  ],
  [
    'a second act under the approval of the first',
    [
      edit(
        HOST,
        '  - id: evidence\n',
        '  - id: again\n    action: edr.isolate\n    with: { host: "${{ alert.device.hostname }}" }\n  - id: evidence\n',
      ),
    ],
    'contain-host again edr.isolate',
    'playbook',
  ],
  [
    'fewer people',
    [
      edit(
        TAKEOVER,
        'approval: { roles: [incident-commander], quorum: 2, timeout: 30m }',
        'approval: { roles: [incident-commander], timeout: 30m }',
      ),
    ],
    'identity-takeover suspend_vip identity.suspend',
    'playbook',
  ],
  [
    'a wider role',
    [
      edit(
        MALWARE,
        'approval: { roles: [analyst], timeout: 4h }',
        'approval: { roles: [analyst, threat-hunter], timeout: 4h }',
      ),
    ],
    'endpoint-malware close case.close',
    'playbook',
  ],
  [
    'a role the question can be handed to',
    [
      edit(
        MALWARE,
        'approval: { roles: [analyst], timeout: 4h }',
        'approval: { roles: [analyst], escalate-to: [soc-manager], timeout: 4h }',
      ),
    ],
    'endpoint-malware close case.close',
    'playbook',
  ],
  [
    'one more member of a role',
    [edit(POLICY, 'analyst: [ana@soc.example', 'analyst: [new@soc.example, ana@soc.example')],
    'contain-host isolate edr.isolate',
    'roles',
  ],
  [
    'the same people twice',
    [edit(MAIL, ', distinct-from: [ask_quarantine]', '')],
    'phishing-triage suspend identity.suspend',
    'playbook',
  ],
  [
    'an approval that is good for more',
    [edit(HOST, '      expires: 30m\n', '      expires: 30m\n      uses: 5\n')],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  [
    'an approval that is valid longer',
    [edit(HOST, '      expires: 30m\n', '      expires: 2h\n')],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  [
    'a tool said to record',
    [edit(EDR, '    effect: contain\n', '    effect: record\n')],
    'contain-host isolate edr.isolate',
    'catalog',
  ],
  [
    'a read tool answered by another server',
    [
      edit(
        EDR,
        '    description: Read what is known about a host, who uses it and how much depends on it.\n',
        '    description: Read what is known about a host, who uses it and how much depends on it.\n    backend: { mcp: { server: edr, tool: isolate_host } }\n',
      ),
    ],
    'contain-host profile edr.host_profile',
    'catalog',
  ],
  [
    'tags that look at another input',
    [
      edit(
        EDR,
        '    effect: contain\n    reversible: true\n    undo: edr.release\n    idempotent: true\n    target: host\n',
        '    effect: contain\n    reversible: true\n    undo: edr.release\n    idempotent: true\n',
      ),
    ],
    'contain-host isolate edr.isolate',
    'catalog',
  ],
  [
    'a tag that a target loses',
    [edit(POLICY, 'crown-jewel: [dc-01, ', 'crown-jewel: [')],
    'contain-host isolate edr.isolate',
    'policy',
  ],
  [
    'a ceiling that is gone',
    [everywhere(POLICY, / {2}- \{ tool: edr\.isolate, target-tag.*\n/, '')],
    'endpoint-malware isolate edr.isolate',
    'policy',
  ],
  [
    'a list of exceptions that is shorter',
    [edit('context/changes.yaml', 'hosts: [fin-db-02]', 'hosts: []')],
    'contain-host isolate edr.isolate',
    'context',
  ],
  [
    'a list that allows, which is longer',
    [edit('context/changes.yaml', 'egress: [', 'egress: [203.0.113.9, ')],
    'identity-takeover close case.close',
    'context',
  ],
  [
    'a person who is no exception any more',
    [edit('context/vips.yaml', 'accounts: [c.moss, f.linden]', 'accounts: [f.linden]')],
    'identity-takeover challenge identity.require_password_change',
    'context',
  ],
  [
    'a merge key',
    [edit(HOST, '  - id: isolate\n', '  - &other { autonomy: autonomous }\n  - <<: *other\n    id: isolate\n')],
    'contain-host * *',
    'playbook',
  ],
  [
    'a key that is there twice',
    [edit(HOST, '  - id: isolate\n', '  - id: isolate\n    autonomy: approve\n    autonomy: autonomous\n')],
    'contain-host * *',
    'playbook',
  ],
  [
    'a bound that is gone',
    [edit(MAIL, '              where: args.user in alert.entities.users\n', '')],
    'phishing-triage suspend identity.suspend',
    'playbook',
  ],
  [
    'a bound with an "or"',
    [
      edit(
        MAIL,
        '              where: args.user in alert.entities.users\n',
        '              where: args.user in alert.entities.users || alert.severity_id > 3\n',
      ),
    ],
    'phishing-triage suspend identity.suspend',
    'playbook',
  ],
  [
    'more rounds of a loop',
    [
      edit(
        TAKEOVER,
        'item: suspect, in: steps.investigate.output.accounts, max: 5',
        'item: suspect, in: steps.investigate.output.accounts, max: 500',
      ),
    ],
    'identity-takeover challenge identity.require_password_change',
    'playbook',
  ],
  [
    'a lower threshold',
    [edit(MAIL, 'confidence >= 0.9', 'confidence >= 0.5')],
    'phishing-triage close case.close',
    'playbook',
  ],
  [
    'a condition that is gone',
    [edit(MAIL, " && steps.headers.output.dmarc == 'pass'", '')],
    'phishing-triage close case.close',
    'playbook',
  ],
  [
    'a stop that is gone',
    [everywhere(HOST, / {6}- id: left_to_people\n.*\n/, '')],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  ['less review', [edit(MAIL, 'review: 10%', 'review: 1%')], 'phishing-triage close case.close', 'playbook'],
  [
    'less time to take it back',
    [edit(MAIL, 'undo-within: 24h', 'undo-within: 1m')],
    'phishing-triage close case.close',
    'playbook',
  ],
  [
    'other people told',
    [edit(MAIL, 'notify: { roles: [analyst] }', 'notify: { roles: [soc-manager] }')],
    'phishing-triage close case.close',
    'playbook',
  ],
  [
    'another target',
    [edit(MAIL, '"${{ steps.investigate.output.compromised[0] }}" }', 'svc-backup }')],
    'phishing-triage suspend identity.suspend',
    'playbook',
  ],
  [
    'a target read from what came after the approval',
    [
      edit(
        HOST,
        '    with: { host: "${{ inputs.host }}" }\n    where',
        '    with: { host: "${{ steps.profile.output.primary_user }}" }\n    where',
      ),
    ],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  [
    'a tool for an agent',
    [
      edit(
        MAIL,
        '        - { use: identity.profile,',
        '        - { use: identity.suspend, where: args.user in alert.entities.users }\n        - { use: identity.profile,',
      ),
    ],
    'phishing-triage investigate identity.suspend',
    'playbook',
  ],
  [
    'a higher level, and a policy that allows it',
    [
      edit(
        HOST,
        '    title: Isolate the host\n',
        `    title: Isolate the host\n    ${ALONE.replace(/\n {4}where.*/, '')}\n`,
      ),
      edit(
        POLICY,
        '{ effect: contain, autonomy: approve, quorum: 1, roles: [analyst, incident-commander] }',
        '{ effect: contain, autonomy: notify }',
      ),
    ],
    'contain-host isolate edr.isolate',
    'playbook and policy',
  ],
  [
    'a gate that goes, and a policy that hides it',
    [
      edit(HOST, STAYS, '    on-reject: continue\n'),
      edit(POLICY, '{ effect: contain, autonomy: approve,', '{ effect: contain, autonomy: assist,'),
    ],
    'contain-host isolate edr.isolate',
    'playbook',
  ],
  [
    'another policy',
    [
      edit(HOST, 'policies/default.policy.yaml', 'policies/lax.policy.yaml'),
      add(
        'policies/lax.policy.yaml',
        `policy: lax\nroles: { analyst: [zoe@soc.example], incident-commander: [zoe@soc.example], soc-manager: [zoe@soc.example] }\n`,
      ),
    ],
    'contain-host isolate edr.isolate',
    'policy and roles',
  ],
  [
    'another playbook in place of the called one',
    [
      edit(TAKEOVER, 'call: contain-host.playbook.yaml', 'call: contain-fast.playbook.yaml'),
      (files) =>
        files.set(
          'contain-fast.playbook.yaml',
          (files.get(HOST) ?? '')
            .replace('playbook: contain-host', 'playbook: contain-fast')
            .replace(STAYS, '    on-reject: continue\n'),
        ),
    ],
    'identity-takeover contain/isolate edr.isolate',
    'playbook',
  ],
  [
    'a new playbook that acts alone',
    [
      add(
        'new.playbook.yaml',
        `playbook: new\nversion: 1.0.0\ntitle: N\noperating-model: ai-soc\nowner: o\naccountable: soc-manager\ncatalogs: [catalogs/case.tools.yaml]\npolicy: policies/default.policy.yaml\ntrigger: { class: detection_finding }\nsteps:\n  - id: close\n    action: case.close\n    with: { disposition: benign, reason: R }\n    autonomy: notify\n    notify: { roles: [analyst] }\n`,
      ),
    ],
    'new close case.close',
    'playbook',
  ],
];

describe('Planted bypasses', () => {
  const base = library();
  it('are at least thirty', () => assert.ok(BYPASSES.length >= 30, `${BYPASSES.length}`));

  for (const [what, edits, act, cause] of BYPASSES) {
    it(`is found, with a path and a cause: ${what}`, () => {
      const found = reviewed(base, edited(base, edits));
      const told = found
        .map((one) => `${one.act}: ${one.class} by ${one.causes.join(' and ')}: ${one.words}`)
        .join('\n');
      const own = found.find((one) => one.act === act);
      assert.ok(own, `${act} is not told of:\n${told}`);
      assert.ok(own.class === 'widened' || own.class === 'incomparable', told);
      assert.equal(own.causes.join(' and '), cause, told);
      assert.ok(own.path.length > 0, told);
    });
  }
});
