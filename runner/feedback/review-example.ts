import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseDocument } from 'yaml';
import { loadPlaybook } from '../../language/load.js';
import { loadCase } from '../../language/load-case.js';
import { exampleOf, exampleText, MAX_EXAMPLE } from '../../language/read-examples.js';
import { exampleDigest } from '../examples.js';
import { nodeFiles, readText } from '../node-files.js';
import { refusalFor } from '../refusal.js';
import { findPlaybooks, NOT_WHOLE } from './find-files.js';
import { type Failed, no } from './sources.js';

export interface ReviewOptions {
  readonly casePath: string;
  /** Who reads it, as the policy names them. */
  readonly as: string;
  /** The playbook whose policy names them; else the only one below `roots` that the case is for. */
  readonly playbookPath?: string | undefined;
  readonly roots: readonly string[];
  /** Of what they read; absent: they have yet to. */
  readonly code?: string | undefined;
  /** RFC 3339. */
  readonly now: string;
}

export type ReviewReply =
  | Failed
  | {
      readonly ok: true;
      /** What agents would be shown. */
      readonly shown: string;
      readonly code: string;
      /** Whether the code is that of something else. */
      readonly stale: boolean;
      /** The case before, and with the mark; absent while nobody read it. */
      readonly marked?: { readonly was: string; readonly text: string };
    };

/**
 * Lets agents be shown a case that was made of a person's decision: once a person of the policy has read what they are shown, it
 * has a mark that says who did, when, and of which content. Writes nothing itself.
 */
export function reviewExample({ casePath, as, playbookPath, roots, code, now }: ReviewOptions): ReviewReply {
  const path = resolve(casePath);
  const file = readText(path);
  if (!file.ok) return no('nothing', `The case ${path} cannot be read: ${file.reason}.`);
  const uri = pathToFileURL(path).href;
  const sample = loadCase(uri, file.text, nodeFiles());
  const broken = refusalFor(path, sample.lines, sample.problems);
  if (broken) return no('refused', broken.message);
  if (!sample.case.feedback) {
    return no(
      'refused',
      `${path} was not made of a person's decision, and only such cases are examples. Make one of a run: "countersign feedback TRACE".`,
    );
  }
  const people = peopleOf(sample.case.playbook?.value ?? '', playbookPath, roots);
  if (!people.ok) return people;
  if (!people.names.has(as)) {
    return no('refused', `"${as}" has no role in the policy of ${people.playbook}. Name somebody the policy names.`);
  }
  const content = exampleOf(sample.case, sample.alert?.value);
  if (!content) return no('refused', `${path} has no alert that can be read.`);
  const shown = exampleText(content);
  if (shown.length > MAX_EXAMPLE) {
    return no(
      'refused',
      `${path} has ${shown.length} characters as an example, and at most ${MAX_EXAMPLE} are shown. Leave out of its alert what says nothing.`,
    );
  }
  const digest = exampleDigest(content);
  const own = digest.slice('sha256:'.length).slice(0, 12);
  const told = { ok: true as const, shown, code: own };
  if (code !== own) return { ...told, stale: code !== undefined };
  const document = parseDocument(file.text);
  document.setIn(['feedback', 'example'], document.createNode({ by: as, at: now, digest }));
  return { ...told, stale: false, marked: { was: file.text, text: document.toString({ lineWidth: 0 }) } };
}

type People = Failed | { readonly ok: true; readonly playbook: string; readonly names: ReadonlySet<string> };

function peopleOf(id: string, given: string | undefined, roots: readonly string[]): People {
  const { paths, whole } = given === undefined ? findPlaybooks(id, roots) : { paths: [resolve(given)], whole: true };
  const [path, other] = paths;
  // One that was not looked at may be called so as well, and have other people.
  if (!whole && other === undefined)
    return no('refused', `${NOT_WHOLE} for the playbook "${id}". Say where it is: --playbook.`);
  if (path === undefined)
    return no('nothing', `No playbook "${id}" is below this folder. Say where it is: --playbook.`);
  if (other !== undefined) return no('refused', `${path} and ${other} are both called "${id}". Say which: --playbook.`);
  const file = readText(path);
  if (!file.ok) return no('nothing', `The playbook ${path} cannot be read: ${file.reason}.`);
  // It may have the error that this case is not reviewed.
  const { playbook, policy } = loadPlaybook(pathToFileURL(path).href, file.text, nodeFiles());
  if (playbook.id?.value !== id)
    return no('refused', `The case is for the playbook "${id}", and ${path} is "${playbook.id?.value ?? ''}".`);
  const names = [...(policy?.roles.values() ?? [])].flatMap((all) => all.map(({ value }) => value));
  return { ok: true, playbook: path, names: new Set(names) };
}
