import { type FindForeign, foreignBoundary } from '../boundary.js';
import type { EffectCatalogs } from '../effects/effects-of.js';
import type { ForeignPlaybook, ForeignStep } from '../model.js';
import { calledIn, worstOfEach } from './called.js';
import { boundaryIn, type ImportedFile } from './check-import.js';
import { countOf, type Grants, grantsOnly, possibleGrants, settledGrants } from './gates.js';
import { type ImportedFiles, type ImportedStep, type Importing, importedFiles } from './imported-files.js';
import { inert } from './yaml-text.js';

/** What a playbook of another product becomes. */
export interface ForeignImport {
  /** Names of files of one folder, and what is in them. The first is the playbook itself. */
  readonly files: readonly ImportedFile[];
  /** What whoever imports it ought to know; a sentence each. */
  readonly notes: readonly string[];
  readonly origins: readonly ImportedStep[];
}

export interface ImportOptions {
  /** The playbooks it calls. */
  readonly find: FindForeign;
  readonly catalogs: EffectCatalogs;
  /** A place as people read it: `block.yml:12`. */
  readonly placeOf: (uri: string, offset: number) => string;
  /** Names of files that must not be used. */
  readonly taken?: readonly string[];
}

export type ImportResult =
  | ({ readonly ok: true } & ForeignImport)
  /** Why it is not imported; a sentence. */
  | { readonly ok: false; readonly why: string };

const TANGLED =
  'Its ways are too tangled for lists in lists, so its steps are one list: before each, a tool tells whether the original comes to it.';

/**
 * A playbook of another product as one of ours, with those it calls. Every act keeps the level it has in fact: where no person is asked
 * it stays `autonomous`, and is marked as decided by nobody, which is an error until a person decides it. Pure, and total.
 */
export function importForeign(main: ForeignPlaybook, options: ImportOptions): ImportResult {
  const { find, catalogs, placeOf, taken = [] } = options;
  const broken = main.notUnderstood.find(({ breaks }) => breaks);
  if (broken) return { ok: false, why: `${inert(broken.what)} What is missing here would be missing there.` };
  const worst = worstOfEach(foreignBoundary(main, find, catalogs).findings);
  const called = calledIn(main, find);
  const findingIn: Importing['findingIn'] = (playbook, step) => worst.get(playbook)?.get(step.id);
  const importing: Importing = { main, called, findingIn, catalogs, placeOf, taken };
  let grants = settledGrants(possibleGrants(called, findingIn), called);
  let made = importedFiles(importing, grants, new Map(), false);
  // What our own analysis does not prove is not left to a gate.
  while (grants.size > 0 && !made.isDeep) {
    const proven = provenIn(made);
    const kept = settledGrants(
      grantsOnly(grants, (act) => proven.has(act)),
      called,
    );
    if (countOf(kept) === countOf(grants)) break;
    grants = kept;
    made = importedFiles(importing, grants, new Map(), false);
  }
  const isFlat = made.isDeep;
  const granted: Grants = isFlat ? new Map() : grants;
  if (isFlat) made = importedFiles(importing, granted, new Map(), true);
  const { files, origins } = importedFiles(importing, granted, modelsOf(made), isFlat);
  const notUnderstood = called.playbooks.flatMap((one) =>
    one.notUnderstood.map(({ uri, range, what }) => `${placeOf(uri, range.start)}  ${inert(what, 300)}`),
  );
  return { ok: true, files, origins, notes: [...(isFlat ? [TANGLED] : []), ...notUnderstood] };
}

/** What each playbook comes to, where that is something it can claim. */
function modelsOf({ files }: ImportedFiles): ReadonlyMap<string, string> {
  return new Map(
    files.flatMap(({ name }) => {
      if (!name.endsWith('.playbook.yaml')) return [];
      const { computed } = boundaryIn(files, name).operatingModel;
      return computed === 'autonomous' ? [] : [[name, computed] as const];
    }),
  );
}

/** The steps of the original that our own analysis proves to run only after the approval they need. */
function provenIn({ files, origins }: ImportedFiles): ReadonlySet<ForeignStep> {
  const proven = new Set<ForeignStep>();
  const steps = new Map<string, Map<string, ForeignStep>>();
  for (const { file, id, step } of origins)
    steps.set(file, (steps.get(file) ?? new Map<string, ForeignStep>()).set(id, step));
  for (const [file, of] of steps) {
    for (const { step, verdict } of boundaryIn(files, file).cells) {
      const original = of.get(step);
      if (original && verdict === 'proven') proven.add(original);
    }
  }
  return proven;
}
