import { EXAMPLE_HEAD } from './example.js';
import type { RuleInfo } from './rule.js';

const LOOK_UP = `  - id: reputation
    action: intel.domain_reputation
    with: { domain: a.example }
`;
const fine: RuleInfo['passing'] = { kind: 'steps', text: LOOK_UP };

const TAGS = `policy: default
roles: { soc-manager: [eli@soc.example] }
tags: { crown-jewel: [dc-01] }
ceilings:
  - { effect: contain, target-tag: crown-jewel, autonomy: assist }
`;

/** What the YAML reader, the schemas and the loader report: the rules without a check of their own. */
export const READER_RULES: readonly RuleInfo[] = [
  {
    name: 'yaml-syntax',
    group: 'structure',
    severity: 'error',
    what: 'The file is not YAML at this place.',
    why: 'What cannot be read cannot be checked, so nothing of it is run.',
    fix: 'Correct the indentation, quote or bracket the message names. The rest of the file is still checked.',
    failing: { kind: 'steps', text: `${LOOK_UP}  - id: second\n    title: «"»unclosed\n` },
    passing: fine,
  },
  {
    name: 'duplicate-key',
    group: 'structure',
    severity: 'error',
    what: 'A map has the same key twice.',
    why: 'Tools differ on which of the two counts: a reviewer could read one and the runner use the other.',
    fix: 'Remove one of them.',
    failing: { kind: 'steps', text: `${LOOK_UP}    «with»: { domain: b.example }\n` },
    passing: fine,
  },
  {
    name: 'yaml-alias',
    group: 'structure',
    severity: 'error',
    what: 'The file uses an anchor, an alias, a tag or a merge key.',
    why: 'What a reviewer sees must be what runs; these say something in one place and mean it in another.',
    fix: 'Write the value out.',
    failing: { kind: 'steps', text: LOOK_UP.replace('a.example', '«&bad» a.example') },
    passing: fine,
  },
  {
    name: 'not-text',
    group: 'structure',
    severity: 'error',
    what: 'The file is not text.',
    why: 'It holds bytes that no YAML file has.',
    fix: 'Check that it is the right file, saved as UTF-8.',
    failing: { kind: 'steps', text: `${LOOK_UP}  - id: second\u0000\n` },
    passing: fine,
  },
  {
    name: 'file-too-large',
    group: 'structure',
    severity: 'error',
    what: 'The file is larger than 2 MiB, or nested deeper than 100 levels. Of a larger one the editor checks the YAML alone, up to 8 MiB.',
    why: 'No person can review it, and reading it could hold up the editor.',
    fix: 'Split it.',
    failing: { kind: 'steps', text: `${LOOK_UP}    title: ${'['.repeat(120)}${']'.repeat(120)}\n` },
    passing: fine,
  },
  {
    name: 'multiple-documents',
    group: 'structure',
    severity: 'error',
    what: 'The file holds more than one YAML document.',
    why: 'Only the first would be read.',
    fix: 'Put each in a file of its own.',
    failing: { kind: 'steps', text: `${LOOK_UP}«---»\nplaybook: second\n` },
    passing: fine,
  },
  {
    name: 'unknown-key',
    group: 'structure',
    severity: 'error',
    what: 'A key means nothing where it stands.',
    why: 'A misspelt safeguard would be ignored.',
    fix: 'Correct its spelling, or move it to where it belongs.',
    failing: { kind: 'steps', text: `${LOOK_UP}    «on-eror»: continue\n` },
    passing: fine,
  },
  {
    name: 'missing-key',
    group: 'structure',
    severity: 'error',
    what: 'A key that must be there is missing.',
    why: 'Without it the file does not say enough to be run safely.',
    fix: 'Add it.',
    failing: { kind: 'steps', text: `  - «action»: intel.domain_reputation\n    with: { domain: a.example }\n` },
    passing: fine,
  },
  {
    name: 'wrong-type',
    group: 'structure',
    severity: 'error',
    what: 'A value is of the wrong kind: a list where a text belongs, for instance.',
    why: 'It would be read as something its author did not mean.',
    fix: 'Write the kind of value the message names.',
    failing: { kind: 'steps', text: `${LOOK_UP}    title: «42»\n` },
    passing: fine,
  },
  {
    name: 'invalid-value',
    group: 'structure',
    severity: 'error',
    what: 'A value is not one of those allowed here.',
    why: 'A misspelt autonomy level is no level at all.',
    fix: 'Use one of the values the message names.',
    failing: { kind: 'steps', text: `${LOOK_UP}    autonomy: «autonomus»\n` },
    passing: { kind: 'steps', text: `${LOOK_UP}    autonomy: autonomous\n` },
  },
  {
    name: 'step-kind',
    group: 'structure',
    severity: 'error',
    what: 'A step names no kind, or more than one.',
    why: 'Which of two would run is not for a machine to guess.',
    fix: 'Give each step exactly one of action, agent, gate, manual, if, switch, for-each, parallel, call, stop.',
    failing: { kind: 'steps', text: `${LOOK_UP}    «manual»: { task: Look, role: analyst }\n` },
    passing: fine,
  },
  {
    name: 'file-not-found',
    group: 'structure',
    severity: 'error',
    what: 'A file that is referred to is not there.',
    why: 'Without its catalog a tool is unknown; without its policy nobody holds a role.',
    fix: 'Correct the path; it is relative to the file that names it.',
    failing: { kind: 'playbook', text: EXAMPLE_HEAD.replace('example.tools.yaml', '«exmaple.tools.yaml»') + LOOK_UP },
    passing: fine,
  },
  {
    name: 'broken-reference',
    group: 'structure',
    severity: 'error',
    what: 'A file that is referred to has errors, or two catalogs describe one tool.',
    why: 'What it says cannot be relied on.',
    fix: 'Open it and mend it.',
    failing: {
      kind: 'playbook',
      text: EXAMPLE_HEAD.replace('[example.tools.yaml]', '[example.tools.yaml, «example.policy.yaml»]') + LOOK_UP,
    },
    passing: fine,
  },
  {
    name: 'wrong-playbook',
    group: 'structure',
    severity: 'error',
    what: 'A case is run with a playbook it is not for.',
    why: 'Its answers and expectations say nothing about this playbook.',
    fix: 'Run it with the playbook it names, or correct `playbook:` in the case.',
    failing: { kind: 'case', text: 'case: example\nplaybook: other-playbook\nalert: example.alert.json\n' },
    passing: { kind: 'case', text: 'case: example\nplaybook: example\nalert: example.alert.json\n' },
  },
  {
    name: 'unknown-tag',
    group: 'structure',
    severity: 'error',
    what: 'A ceiling of a policy, or a test of it, is for a tag that the policy lists no targets for.',
    why: 'The ceiling then never holds: the crown jewels it was to keep are treated like any other host.',
    fix: 'Correct the tag, or list its targets under `tags:`.',
    failing: { kind: 'policy', text: TAGS.replace('target-tag: crown-jewel', 'target-tag: «crown-jewels»') },
    passing: { kind: 'policy', text: TAGS },
  },
  {
    name: 'invalid-alert',
    group: 'types',
    severity: 'error',
    what: 'A case’s alert is not an OCSF Detection Finding.',
    why: 'Expressions over it would read fields that are not there.',
    fix: 'Correct the alert file; what has no place in OCSF goes under `unmapped`.',
    failing: { kind: 'case', text: 'case: example\nplaybook: example\nalert: «broken.alert.json»\n' },
    passing: { kind: 'case', text: 'case: example\nplaybook: example\nalert: example.alert.json\n' },
  },
];
