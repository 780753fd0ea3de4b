import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileKindOf } from '../../language/index.js';
import { reviewTrees, type Tree } from '../../revisions/index.js';
import { isOfFirstSamples } from '../platform/first-samples.js';
import { repository } from '../platform/repository.js';

/** The files of the first samples by their paths, as a pull request might find them. */
export type Files = ReadonlyMap<string, string>;

const ROOT = path.join(repository, 'playbooks');

export function library(): Files {
  const names = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .map((name) => name.split(path.sep).join('/'))
    .filter((name) => /\.ya?ml$/.test(name) && isOfFirstSamples(name))
    .sort();
  return new Map(names.map((name) => [name, readFileSync(path.join(ROOT, name), 'utf8')]));
}

/** A change of the files: what a pull request does. */
export type Edit = (files: Map<string, string>) => void;

/** Replaces the first place of a text, which has to be there. */
export function edit(file: string, was: string, is: string): Edit {
  return (files) => {
    const text = files.get(file) ?? '';
    assert.ok(text.includes(was), `"${was}" is not in ${file}`);
    files.set(
      file,
      text.replace(was, () => is),
    );
  };
}

/** Replaces every place of a text, which has to be there. */
export function everywhere(file: string, was: string | RegExp, is: string): Edit {
  return (files) => {
    const text = files.get(file) ?? '';
    const changed = typeof was === 'string' ? text.replaceAll(was, () => is) : text.replace(was, is);
    assert.notEqual(changed, text, `"${was}" is not in ${file}`);
    files.set(file, changed);
  };
}

export function move(from: string, to: string): Edit {
  return (files) => {
    files.set(to, files.get(from) ?? assert.fail(from));
    files.delete(from);
  };
}

export function add(file: string, text: string): Edit {
  return (files) => {
    files.set(file, text);
  };
}

/** Lines of a text moved behind another place of it. Both have to be there. */
export function moveLines(file: string, lines: string, behind: string): Edit {
  return (files) => {
    const text = files.get(file) ?? '';
    assert.ok(text.includes(lines) && text.includes(behind), `nothing to move in ${file}`);
    files.set(
      file,
      text.replace(lines, () => '').replace(behind, () => behind + lines),
    );
  };
}

export function edited(files: Files, edits: readonly Edit[]): Files {
  const changed = new Map(files);
  for (const change of edits) change(changed);
  return changed;
}

function treeOf(files: Files, name: string): Tree {
  const ours = [...files.keys()].filter((file) => fileKindOf(file) !== undefined).sort();
  return { name, commit: undefined, files: ours, read: (file) => files.get(file) };
}

export interface Found {
  /** `<playbook> <step> <tool>`. */
  readonly act: string;
  readonly class: string;
  readonly causes: readonly string[];
  readonly path: readonly string[];
  readonly words: string;
}

/** What a reviewer is told about a change of the files. */
export function reviewed(base: Files, head: Files): readonly Found[] {
  const { playbooks } = reviewTrees(treeOf(base, 'base'), treeOf(head, 'head'), '/w', '2026-11-26');
  return playbooks.flatMap(({ review }) =>
    review.changes.map((change) => ({
      act: `${review.playbook} ${change.step} ${change.tool}`,
      class: change.class,
      causes: change.causes,
      path: change.path.map(({ step, edge }) => (edge === undefined ? step : `${step} ${edge}`)),
      words: change.differences.map(({ words }) => words).join('; '),
    })),
  );
}
