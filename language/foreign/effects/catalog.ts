import type { Effect } from '../../model/levels.js';
import { parseYaml } from '../../syntax/parse.js';
import type { Range } from '../../syntax/tree.js';
import { FOREIGN_FORMATS, type ForeignFormat } from '../model.js';
import { at, entriesOf, itemsOf, rangeOf, textAt, textOf } from '../read-node.js';
import { BUILT_IN_EFFECTS } from './built-in.generated.js';
import { isEffect } from './classify.js';
import type { EffectCatalogs, KnownEffects } from './effects-of.js';

/** What such a file says. */
export interface EffectsFile {
  /** `undefined`: for actions of all products. */
  readonly product: ForeignFormat | undefined;
  readonly effects: KnownEffects;
  readonly problems: readonly { readonly range: Range; readonly message: string }[];
}

/**
 * Reads a file that says what actions of other products do:
 *
 * ```yaml
 * product: xsoar
 * effects:
 *   contain: [core-isolate-endpoint]
 *   read: [core-get-endpoints]
 * ```
 *
 * Names match exactly. Never throws. A name with two effects has neither: what is unclear counts as unknown.
 */
export function readEffects(text: string): EffectsFile {
  const { root, problems } = parseYaml(text);
  const found = problems.map(({ range, message }) => ({ range, message }));
  const effects = new Map<string, Effect>();
  const unclear = new Set<string>();
  for (const { key, value } of entriesOf(at(root, 'effects'))) {
    const effect = key.text;
    if (!isEffect(effect)) {
      found.push({
        range: key.range,
        message: `"${effect}" is no effect. Write read, record, notify, suppress, contain, evict, restore or harden.`,
      });
      continue;
    }
    for (const item of itemsOf(value)) {
      const name = textOf(item);
      if (name === undefined) continue;
      const known = effects.get(name);
      if (known !== undefined && known !== effect) {
        unclear.add(name);
        found.push({
          range: item.range,
          message: `"${name}" is listed as ${known} and as ${effect}, so it counts as unknown. Keep one.`,
        });
      }
      effects.set(name, effect);
    }
  }
  for (const name of unclear) effects.delete(name);
  const product = textAt(root, 'product');
  if (product !== undefined && !isFormat(product)) {
    found.push({
      range: rangeOf(at(root, 'product')),
      message: `"${product}" is no product that is read. Write one of ${Object.keys(FOREIGN_FORMATS).join(', ')}.`,
    });
    return { product: undefined, effects: new Map(), problems: found };
  }
  return { product, effects, problems: found };
}

/** What people wrote down, before what comes along with Countersign. */
export function effectCatalogs(given: readonly Pick<EffectsFile, 'product' | 'effects'>[]): EffectCatalogs {
  const builtIn = new Map<string, KnownEffects>();
  for (const { product, effects } of BUILT_IN_EFFECTS) {
    const known = new Map<string, Effect>();
    for (const [effect, names] of Object.entries(effects)) {
      if (isEffect(effect)) for (const name of names) known.set(name, effect);
    }
    builtIn.set(product, known);
  }
  return {
    of(format) {
      const own = given
        .filter(({ product }) => product === undefined || product === format)
        .map(({ effects }) => effects);
      const known = builtIn.get(format);
      return known ? [...own, known] : own;
    },
  };
}

function isFormat(text: string): text is ForeignFormat {
  return Object.hasOwn(FOREIGN_FORMATS, text);
}
