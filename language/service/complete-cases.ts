import { enumValues } from '../expressions/types.js';
import type { LoadedPlaybook } from '../load.js';
import { get } from '../syntax/tree.js';
import type { Completion } from './completion.js';
import type { TypingPlace } from './cursor.js';
import { explainStep } from './explain.js';
import { stepsByPath } from './nested-playbooks.js';
import { escapeSnippet } from './snippets.js';
import type { SourceFile } from './source-file.js';

/** The values of a `switch` that have no case yet, where one can be written; nothing anywhere else. */
export function caseCompletions(source: SourceFile, place: TypingPlace): Completion[] {
  const [cases, branch] = place.path.slice(-2);
  if (cases?.kind !== 'entry' || cases.entry.key.text !== 'cases' || branch?.kind !== 'entry') return [];
  const on = get(cases.map, 'switch');
  // The same words mean the same type wherever they stand, so the tree around the cursor need not be the loaded one.
  const site = source.playbook?.sites.find(
    ({ slot, expression }) => slot === 'switch' && on?.kind === 'scalar' && expression.node.text === on.text,
  );
  const present = new Set(branch.map.entries.map((entry) => entry.key.text));
  const values = (site && enumValues(site.checked.type)) ?? [];
  return values
    .map(String)
    .filter((value) => !present.has(value))
    .map((value, index) => {
      const name = escapeSnippet(place.prefix + value);
      const body = place.flow || !place.lineEnds ? ': [$0]' : `:\n${place.hang}  - $1`;
      return {
        label: value,
        kind: 'word',
        detail: 'no case yet',
        documentation: '',
        edit: { range: place.replace, newText: place.colon ? name : name + body },
        snippet: true,
        filterText: value,
        sortText: `1${String(index).padStart(4, '0')}`,
      };
    });
}

/** In a case: the agent steps it has no turns for yet, those of called playbooks included. */
export function turnCompletions(
  source: SourceFile,
  place: TypingPlace,
  named: LoadedPlaybook | undefined,
): Completion[] {
  const [turns, step] = place.path.slice(-2);
  if (source.kind !== 'case' || !named || place.path.length !== 2) return [];
  if (turns?.kind !== 'entry' || turns.entry.key.text !== 'turns' || step?.kind !== 'entry') return [];
  const present = new Set(step.map.entries.map((entry) => entry.key.text));
  return [...stepsByPath(named)]
    .filter((one) => one.step.kind === 'agent' && !present.has(one.path))
    .map(({ path, step: agent }, index) => {
      const body = place.flow || !place.lineEnds ? ': [$0]' : `:\n${place.hang}  - $0`;
      return {
        label: path,
        kind: 'step',
        detail: agent.title ?? agent.kind,
        documentation: explainStep(agent),
        edit: { range: place.replace, newText: escapeSnippet(place.prefix + path) + (place.colon ? '' : body) },
        snippet: true,
        filterText: path,
        sortText: `1${String(index).padStart(4, '0')}`,
      };
    });
}
