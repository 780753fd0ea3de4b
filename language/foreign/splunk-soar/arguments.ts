import { argumentAt, argumentOf, argumentsIn, given, givenOn } from '../given.js';
import type { ForeignArgument } from '../model.js';
import { at, entriesOf, itemsOf } from '../read-node.js';
import type { Block } from './blocks.js';

/** Arguments of an action, the app that carries it out among them. */
export function givenTo({ data }: Block, app: string | undefined): ReturnType<typeof given> {
  const own = [...argumentsIn(at(data, 'parameters')), ...argumentsIn(at(data, 'active_values'))];
  const named = own.length > 0 ? given(own) : givenOn(app ?? '', own);
  return { ...named, args: app ? [...own, argumentOf('app', app)] : own };
}

/** The product's own functions are for the case that the playbook runs on; others are for what they are given, and that may be it. */
export function givenToFunction({ data }: Block, called: string): ReturnType<typeof given> {
  const args = [
    ...argumentsIn(at(data, 'values', called), ['_internal']),
    ...itemsOf(at(data, 'configured')).flatMap((one) => argumentsIn(one, ['key'])),
  ];
  const isForCase = at(data, 'customFunction') === undefined || args.some(({ text }) => text === 'container:id');
  return isForCase || args.length === 0 ? givenOn('the case', args) : given(args);
}

/** What another playbook is given: paths to data, of which each input may have several. */
export function inputsOf({ data }: Block): readonly ForeignArgument[] {
  return entriesOf(at(data, 'inputs')).flatMap(({ key, value }) => {
    const paths = at(value, 'datapaths') ?? value;
    const several = paths?.kind === 'list';
    if (several && paths.items.length === 0) return [];
    return argumentAt(key.text, several && paths.items.length === 1 ? paths.items[0] : paths) ?? [];
  });
}
