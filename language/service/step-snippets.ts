import type { StepKind } from '../model/playbook.js';
import { freshId } from './step-text.js';

/** What a whole new step of a kind is called at first, and what is written below its id. */
const STEPS: { readonly [K in StepKind]: { readonly id: string; readonly lines: readonly string[] } } = {
  action: { id: 'act', lines: ['action: $2'] },
  agent: {
    id: 'investigate',
    lines: [
      'agent:',
      '  goal: >',
      '    $2',
      '  tools: [$3]',
      '  output:',
      '    ${4:summary}: { type: ${5|string,boolean,number,integer,array,object|} }',
    ],
  },
  gate: {
    id: 'ask',
    lines: ['gate:', '  ask: >', '    $2', '  grants: [$3]', '  approvers: { roles: [$4] }', '  timeout: ${5:15m}'],
  },
  manual: { id: 'do', lines: ['manual:', '  task: >', '    $2', '  role: $3'] },
  if: { id: 'check', lines: ['if: $2', 'then:', '  - $3'] },
  switch: { id: 'route', lines: ['switch: $2', 'cases:', '  $3'] },
  'for-each': { id: 'each', lines: ['for-each: { item: ${2:item}, in: $3, max: ${4:5} }', 'steps:', '  - $5'] },
  parallel: {
    id: 'side_by_side',
    lines: ['parallel: ${2|all,any|}', 'branches:', '  ${3:first}:', '    - $4', '  ${5:second}:', '    - $6'],
  },
  call: { id: 'hand_over', lines: ['call: $2'] },
  stop: { id: 'finish', lines: ['stop: { outcome: ${2|completed,escalated,stopped,failed|}, reason: $3 }'] },
};

/** `id: …` and the kind with what it cannot do without, as an LSP snippet: a whole new step, under an id nobody has yet. */
export function stepSnippet(kind: StepKind, indent: string, taken: ReadonlySet<string>): string {
  const { id, lines } = STEPS[kind];
  return [`id: \${1:${freshId(id, taken)}}`, ...lines].join(`\n${indent}`);
}

/** A gate and the act it grants, which stands behind it in the same list. `hang` is the indentation of the keys. */
export function gatedActSnippet(hang: string, taken: ReadonlySet<string>): string {
  const ask = freshId('ask', taken);
  const act = freshId('act', taken);
  const dash = hang.slice(2);
  const gate = [
    'gate:',
    '  ask: >',
    '    $3',
    `  grants: [\${2:${act}}]`,
    '  approvers: { roles: [$4] }',
    '  timeout: ${5:15m}',
  ];
  return [
    `id: \${1:${ask}}`,
    ...gate.map((line) => hang + line),
    `${dash}- id: \${2:${act}}`,
    `${hang}action: $6`,
  ].join('\n');
}
