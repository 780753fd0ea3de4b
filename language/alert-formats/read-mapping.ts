import { asText, entriesOf, textAt, textsAt } from '../model/read.js';
import type { Node } from '../syntax/tree.js';
import { get } from '../syntax/tree.js';
import { type AlertFormat, type NamedEntity, type SeverityId, USUAL_LEVELS } from './alert-format.js';

/** What a file of a mapping is called: the mapping's name before it. */
export const MAPPING_FILE = '.mapping.yaml';

const LEVELS: { readonly [word: string]: SeverityId } = {
  unknown: 0,
  informational: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
};

const ENTITIES: readonly NamedEntity[] = [
  'user',
  'host',
  'ip',
  'domain',
  'url',
  'hash',
  'process',
  'email',
  'endpoint',
];

/** The mapping in a YAML tree, whose shape was checked: what has the wrong one is absent here. */
export function buildMapping(root: Node | undefined): AlertFormat {
  const text = (key: string): string => textAt(root, key)?.value ?? '';
  const paths = (key: string, node = root): readonly string[] => textsAt(node, key).map(({ value }) => value);
  const severity = get(root, 'severity');
  const levels = entriesOf(get(severity, 'levels')).map(({ key, value }): [string, SeverityId] => [
    key.text,
    LEVELS[asText(value)?.value ?? ''] ?? 0,
  ]);
  const [jsonTexts, ruleUid] = [paths('json-texts'), paths('rule-uid')];
  return {
    name: text('mapping'),
    title: text('title'),
    vendor: text('vendor'),
    product: text('product'),
    recognizedBy: paths('recognized-by'),
    ...(jsonTexts.length > 0 ? { jsonTexts } : {}),
    uid: paths('uid'),
    headline: paths('headline'),
    description: paths('description'),
    rule: paths('rule'),
    ...(ruleUid.length > 0 ? { ruleUid } : {}),
    time: paths('time'),
    severity: { at: paths('at', severity), levels: levels.length > 0 ? Object.fromEntries(levels) : USUAL_LEVELS },
    techniques: paths('techniques'),
    entities: entriesOf(get(root, 'entities')).flatMap(({ key }) => {
      const type = ENTITIES.find((one) => one === key.text);
      return type ? [{ type, at: paths(type, get(root, 'entities')) }] : [];
    }),
  };
}
