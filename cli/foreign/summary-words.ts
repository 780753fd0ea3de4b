import { FOREIGN_FORMATS } from '../../language/foreign/model.js';
import type { ActSite, ForeignSummary } from '../../language/foreign/summary.js';
import { count } from '../terminal.js';

/** As many lines of a list as a person looks at; `--format json` has all. */
export const MOST = 15;

/** What there is: how many playbooks of which products. */
export function headOf({ formats, steps, called }: ForeignSummary): string {
  const total = formats.reduce((sum, { playbooks }) => sum + playbooks, 0);
  const products = formats.map(({ format, playbooks }) => `${FOREIGN_FORMATS[format]} ${playbooks}`).join(', ');
  const within =
    called === 0
      ? ''
      : ` ${called} of them ${called === 1 ? 'is' : 'are'} started by others and ${called === 1 ? 'counts' : 'count'} where that happens.`;
  return `${count(total, 'playbook')} (${products}) with ${count(steps, 'step')}.${within}`;
}

/** The acts without a person, and all. */
export function mainOf({ acts }: ForeignSummary): string {
  return `${aloneIn(acts).length} of ${count(acts.length, 'act')} that may change something run without a person on at least one path.`;
}

/** The rest in numbers, a line each: the effects of what runs alone, then the other acts. */
export function countsOf({ acts }: ForeignSummary): readonly string[] {
  const lines = [
    effectsOf(aloneIn(acts)),
    countLine(acts, 1, 'have a person on every path, and nothing that person says keeps them from running'),
    countLine(acts, 2, 'run only after a person said yes, on every path'),
    countLine(acts, 'by-person', 'are run by a person'),
    countLine(acts, 'unreached', 'are where no path leads'),
  ];
  return lines.filter((line) => line !== undefined);
}

export function aloneIn(acts: readonly ActSite[]): readonly ActSite[] {
  return acts.filter(({ level }) => level === 0);
}

/** Acts by their action. */
export function byAction(sites: readonly ActSite[]): readonly (readonly ActSite[])[] {
  const groups = new Map<string, ActSite[]>();
  for (const site of sites) {
    const key = `${site.effect} ${site.tool}`;
    groups.set(key, [...(groups.get(key) ?? []), site]);
  }
  return [...groups.values()];
}

export function toolWords(tool: string): string {
  return tool === '*' ? 'a step that is not understood' : tool;
}

export function first<T>(items: readonly T[]): T {
  const [one] = items;
  if (one === undefined) throw new Error('a group without a member');
  return one;
}

function effectsOf(sites: readonly ActSite[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { effect } of sites) counts.set(effect, (counts.get(effect) ?? 0) + 1);
  const words = [...counts].map(([effect, of]) =>
    effect === 'unknown' ? `${of} whose effect is not known` : `${of} ${effect}`,
  );
  return words.length === 0 ? undefined : words.join(', ');
}

function countLine(acts: readonly ActSite[], level: ActSite['level'], what: string): string | undefined {
  const of = acts.filter((site) => site.level === level).length;
  return of === 0 ? undefined : `${of} ${what}`;
}
