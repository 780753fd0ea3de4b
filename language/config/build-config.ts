import { resolveReference } from '../host.js';
import { asText, entriesOf, listAt, textAt, wordRange } from '../model/read.js';
import { isRuleName, type RuleName } from '../rules/names.js';
import type { Located, Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { type Config, REPORT_LEVELS, type ReportLevel, type Suppression } from './config.js';
import { isFixed } from './fixed-rules.js';

/** The configuration in a YAML tree. What cannot be read, or may not be said, is left out: then the rules are reported. */
export function buildConfig(uri: string, root: Node | undefined): Config {
  const levels = new Map<RuleName, ReportLevel>();
  for (const entry of entriesOf(get(root, 'rules'))) {
    const level = REPORT_LEVELS.find((one) => one === asText(entry.value)?.value);
    if (isRuleName(entry.key.text) && !isFixed(entry.key.text) && level) levels.set(entry.key.text, level);
  }
  const suppressions: Suppression[] = [];
  for (const item of listAt(root, 'suppressions')?.items ?? []) {
    const rule = ruleAt(item);
    const file = textAt(item, 'file');
    const reason = textAt(item, 'reason')?.value.trim();
    const step = textAt(item, 'step');
    // A `step` that is no text must not widen the suppression to the whole file.
    if (!item || !rule || isFixed(rule.value) || !file || !reason || (get(item, 'step') && !step)) continue;
    suppressions.push({ rule, file, target: resolveReference(uri, file.value), step, reason, range: item.range });
  }
  return { uri, levels, suppressions };
}

/** A word that should name a rule: a key of `rules`, with the level under it, or the `rule` of a suppression. */
export interface NamedRule extends Located<string> {
  /** `undefined` in a suppression; empty where no level is written. */
  readonly level: string | undefined;
}

export function namedRules(root: Node | undefined): readonly NamedRule[] {
  const leveled = entriesOf(get(root, 'rules')).map(({ key, value }) => ({
    value: key.text,
    range: wordRange(key),
    level: asText(value)?.value ?? '',
  }));
  const suppressed = (listAt(root, 'suppressions')?.items ?? []).flatMap((item) => {
    const rule = textAt(item, 'rule');
    return rule ? [{ ...rule, level: undefined }] : [];
  });
  return [...leveled, ...suppressed];
}

function ruleAt(item: Node | undefined): Located<RuleName> | undefined {
  const rule = textAt(item, 'rule');
  return rule && isRuleName(rule.value) ? { value: rule.value, range: rule.range } : undefined;
}
