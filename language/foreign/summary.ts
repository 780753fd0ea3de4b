import type { BoundaryCell } from '../authority/cell.js';
import type { ForeignBoundary } from './boundary.js';
import type { ForeignFinding } from './finding.js';
import type { ForeignFolder } from './folder.js';
import type { ForeignFormat, NotUnderstood } from './model.js';

/** What the automation of a folder does without a person, for whoever answers for it. */
export interface ForeignSummary {
  readonly formats: readonly { readonly format: ForeignFormat; readonly playbooks: number }[];
  readonly steps: number;
  /** Playbooks that others call; what they do counts where they are called. */
  readonly called: number;
  /** Every place that acts, once, with the worst that any run makes of it; worst first. */
  readonly acts: readonly ActSite[];
  /** Calls of playbooks that are not among the files, by name. */
  readonly missing: readonly { readonly name: string; readonly sites: readonly ActSite[] }[];
  /** Questions whose answer no condition reads. */
  readonly unread: readonly { readonly step: string; readonly place: BoundaryCell['place'] }[];
  /** Actions that run without a person in one place, and after a yes or by a person in another. */
  readonly mixed: readonly {
    readonly tool: string;
    readonly alone: readonly ActSite[];
    readonly decided: readonly ActSite[];
  }[];
  readonly notUnderstood: readonly NotUnderstood[];
}

export interface ActSite {
  readonly tool: string;
  readonly effect: BoundaryCell['effect'];
  readonly level: ForeignFinding['level'];
  readonly step: string;
  readonly place: BoundaryCell['place'];
  readonly because: string;
}

/** What matters most first: what cannot be taken back, what cuts off, what hides; then what may be anything. */
const EFFECT_ORDER: readonly BoundaryCell['effect'][] = [
  'evict',
  'contain',
  'suppress',
  'unknown',
  'harden',
  'restore',
  'notify',
  'record',
  'read',
];
const LEVEL_ORDER: readonly ForeignFinding['level'][] = [0, 1, 2, 'by-person', 'unreached'];

/** @param boundaries those of the folder's roots, and with them of everything they call */
export function summaryOf(folder: ForeignFolder, boundaries: readonly ForeignBoundary[]): ForeignSummary {
  const sites = new Map<string, ActSite>();
  const missingAt = new Map<ActSite, string>();
  for (const { findings } of boundaries) {
    for (const finding of findings) {
      const { cell, level, stepId: step } = finding;
      const { tool, effect, place, because } = cell;
      const key = `${place.uri} ${place.range.start} ${tool} ${step}`;
      const known = sites.get(key);
      if (known && LEVEL_ORDER.indexOf(known.level) <= LEVEL_ORDER.indexOf(level)) continue;
      const site = { tool, effect, level, step, place, because };
      if (finding.missing !== undefined) missingAt.set(site, finding.missing);
      sites.set(key, site);
    }
  }
  const all = [...sites.values()].sort(worstFirst);
  const missing = new Map<string, ActSite[]>();
  for (const site of all) {
    const name = missingAt.get(site);
    if (name !== undefined) missing.set(name, [...(missing.get(name) ?? []), site]);
  }
  const formats = new Map<ForeignFormat, number>();
  for (const { format } of folder.playbooks) formats.set(format, (formats.get(format) ?? 0) + 1);
  return {
    formats: [...formats]
      .map(([format, playbooks]) => ({ format, playbooks }))
      .sort((a, b) => b.playbooks - a.playbooks),
    steps: folder.playbooks.reduce((sum, { stepsInFile }) => sum + stepsInFile, 0),
    called: folder.playbooks.length - folder.roots.length,
    acts: all.filter((site) => !missingAt.has(site)),
    missing: [...missing].map(([name, of]) => ({ name, sites: of })).sort((a, b) => b.sites.length - a.sites.length),
    unread: boundaries.flatMap(({ unread }) =>
      unread.map(({ id, uri, range }) => ({ step: id, place: { uri, range } })),
    ),
    mixed: mixedIn(all),
    notUnderstood: folder.playbooks.flatMap(({ notUnderstood }) => notUnderstood),
  };
}

function worstFirst(a: ActSite, b: ActSite): number {
  return (
    LEVEL_ORDER.indexOf(a.level) - LEVEL_ORDER.indexOf(b.level) ||
    EFFECT_ORDER.indexOf(a.effect) - EFFECT_ORDER.indexOf(b.effect) ||
    inOrder(a.tool, b.tool) ||
    inOrder(a.place.uri, b.place.uri) ||
    a.place.range.start - b.place.range.start
  );
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function mixedIn(sites: readonly ActSite[]): ForeignSummary['mixed'] {
  const byTool = new Map<string, ActSite[]>();
  for (const site of sites) if (site.tool !== '*') byTool.set(site.tool, [...(byTool.get(site.tool) ?? []), site]);
  return [...byTool].flatMap(([tool, of]) => {
    const alone = of.filter(({ level }) => level === 0);
    const decided = of.filter(({ level }) => level === 2 || level === 'by-person');
    return alone.length > 0 && decided.length > 0 ? [{ tool, alone, decided }] : [];
  });
}
