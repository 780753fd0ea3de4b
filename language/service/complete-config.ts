import { RULES } from '../rules/index.js';
import { schemaAt } from '../schema/schema-at.js';
import type { Completion } from './completion.js';
import type { TypingPlace } from './cursor.js';
import { explainRule } from './explain.js';
import { escapeSnippet } from './snippets.js';
import type { SourceFile } from './source-file.js';

/** The rules that have no severity yet, where one can be given (`x-keys: rule`); nothing anywhere else. */
export function ruleKeyCompletions(source: SourceFile, place: TypingPlace): Completion[] {
  const last = place.path.at(-1);
  if (source.kind !== 'config' || last?.kind !== 'entry') return [];
  const owners = schemaAt(source.kind, place.root, place.path.slice(0, -1), () => undefined);
  if (!owners.some((view) => view.keys === 'rule')) return [];
  const present = new Set(last.map.entries.map((entry) => entry.key.text));
  return RULES.filter(({ name }) => !present.has(name)).map((rule) => ({
    label: rule.name,
    kind: 'key',
    detail: rule.severity,
    documentation: explainRule(rule),
    edit: {
      range: place.replace,
      newText: `${escapeSnippet(place.prefix + rule.name)}${place.colon ? '' : ': $0'}`,
    },
    snippet: true,
    filterText: rule.name,
    sortText: `1${rule.name}`,
  }));
}
