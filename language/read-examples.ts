import { type FileHost, resolveReference } from './host.js';
import { loadCase } from './load-case.js';
import type { Case, ExampleMark } from './model/case.js';
import type { Playbook } from './model/playbook.js';
import type { Policy } from './model/policy.js';
import { fileKindOf } from './model/shape.js';
import type { Problem } from './problem.js';
import { notFound, problem } from './read-references.js';
import { unreviewedExample } from './rules/unreviewed-example.js';
import type { Json, Located } from './syntax/tree.js';

/** A decision of a person that agents of a playbook are shown: a case that `countersign feedback` made, and a person let pass. */
export interface PlaybookExample {
  /** Where the playbook names it. */
  readonly at: Located<string>;
  readonly uri: string;
  readonly id: string;
  /** What is shown of it, and nothing else. */
  readonly content: ExampleContent;
  /** Who let it be shown. Whether that was this very content, its digest says. */
  readonly mark: ExampleMark;
  /** URIs of the files it is made of: the case, and its alert. */
  readonly files: readonly string[];
}

export type ExampleContent = { readonly [name: string]: Json };

/** Characters of `exampleText` that one example may have, and all of a playbook together: every turn of every agent reads them. */
export const MAX_EXAMPLE = 10_000;
export const MAX_EXAMPLES = 40_000;

/** What agents are shown of a case: its alert, what a person says is right, and why. `undefined` without an alert. */
export function exampleOf(sample: Case, alert: Json | undefined): ExampleContent | undefined {
  if (alert === undefined || !sample.id) return undefined;
  const { expect, truth } = sample;
  const acts = Object.entries({ must: expect?.mustAct, may: expect?.mayAct, 'must not': expect?.mustNotAct });
  return {
    case: sample.id.value,
    alert,
    ...(truth === undefined ? {} : { truth }),
    ...(expect?.verdict === undefined ? {} : { verdict: expect.verdict }),
    ...Object.fromEntries(
      acts.flatMap(([word, tools]) => (tools && tools.length > 0 ? [[`acts that ${word} run`, tools]] : [])),
    ),
    reason: sample.description ?? '',
  };
}

/** As it is shown, before it is marked off. */
export function exampleText(content: ExampleContent): string {
  return JSON.stringify(content, null, 1);
}

/** The examples of a playbook that may be shown, and what is wrong with the others. */
export function readExamples(
  uri: string,
  { examples, id }: Pick<Playbook, 'examples' | 'id'>,
  policy: Policy | undefined,
  host: FileHost,
): {
  readonly examples: readonly PlaybookExample[];
  readonly problems: readonly Problem[];
  readonly dependencies: readonly string[];
} {
  const read: PlaybookExample[] = [];
  const problems: Problem[] = [];
  const dependencies: string[] = [];
  let length = 0;
  for (const at of examples) {
    const target = resolveReference(uri, at.value);
    dependencies.push(target);
    const text = host.read(target);
    if (text === undefined) {
      const message = `There is no file "${at.value}" beside this playbook (or it cannot be read as text), so agents would not be shown it. Correct the path, relative to this file.`;
      problems.push(notFound(uri, at, message));
      continue;
    }
    const found = understood(target, text, host);
    dependencies.push(...found.files.slice(1));
    const broken = (message: string): void =>
      void problems.push(problem('broken-reference', at, `"${at.value}" ${message}`));
    if ('wrong' in found) {
      broken(found.wrong);
      continue;
    }
    const { sample, content } = found;
    if (id && sample.playbook?.value !== id.value) {
      broken(
        `is a case of the playbook "${sample.playbook?.value ?? ''}", and what was decided there says nothing here. Name cases of "${id.value}".`,
      );
      continue;
    }
    const unreviewed = whyUnreviewed(sample, policy);
    if (unreviewed !== undefined) {
      const { name, severity } = unreviewedExample;
      const message = `"${at.value}" ${unreviewed}, so no agent may be shown it. A person of the policy reads what would be shown: "countersign feedback review ${at.value} --as PERSON".`;
      problems.push({ rule: name, severity, range: at.range, message, related: [], fixes: [] });
      continue;
    }
    const size = exampleText(content).length;
    length += size;
    if (size > MAX_EXAMPLE) {
      broken(
        `has ${size} characters as an example, and every turn of every agent would read them; at most ${MAX_EXAMPLE} are shown. Leave out of its alert what says nothing.`,
      );
    } else if (length > MAX_EXAMPLES) {
      broken(
        `is one too many: together these examples have ${length} characters, and at most ${MAX_EXAMPLES} are shown. Keep the ones that teach most.`,
      );
    } else if (sample.id && sample.feedback?.example) {
      read.push({
        at,
        uri: target,
        id: sample.id.value,
        content,
        mark: sample.feedback.example,
        files: found.files.slice(0, 2),
      });
    }
  }
  return { examples: read, problems, dependencies };
}

/** Why nobody let it be shown; `undefined`: somebody did whom the policy knows. */
function whyUnreviewed({ feedback }: Case, policy: Policy | undefined): string | undefined {
  if (!feedback) return 'was not made of a decision in a run ("countersign feedback")';
  const { example } = feedback;
  if (!example) return 'was not reviewed as an example';
  if (!policy) return undefined;
  const known = [...policy.roles.values()].some((people) => people.some(({ value }) => value === example.by));
  return known ? undefined : `was reviewed by "${example.by}", who has no role in the policy`;
}

/** What a file named as an example is. */
export type FoundExample =
  | { readonly sample: Case; readonly content: ExampleContent; readonly files: readonly string[] }
  | { readonly wrong: string; readonly files: readonly string[] };

/** As it was the last time, if nothing that it rests on has changed. */
function understood(uri: string, text: string, host: FileHost): FoundExample {
  const known = host.kept?.examples.get(uri);
  const stateOf = (files: readonly string[]) => [
    text,
    ...files.slice(1).map((file) => (file.endsWith('.json') ? host.read(file) : (host.exists?.(file) ?? true))),
  ];
  if (known) {
    const now = stateOf(known.found.files);
    if (now.length === known.of.length && now.every((one, at) => one === known.of[at])) return known.found;
  }
  const found = readExample(uri, text, host);
  host.kept?.examples.set(uri, { of: stateOf(found.files), found });
  return found;
}

function readExample(uri: string, text: string, host: FileHost): FoundExample {
  if (fileKindOf(uri) !== 'case') return { wrong: 'is no case: its name must end in .case.yaml.', files: [uri] };
  const loaded = loadCase(uri, text, host);
  const files = [uri, ...loaded.dependencies];
  const [first] = loaded.problems.filter(({ severity }) => severity === 'error');
  if (first) {
    const { line } = loaded.lines.positionAt(first.range.start);
    return { wrong: `cannot be relied on: line ${line + 1}: ${first.message}`, files };
  }
  const content = exampleOf(loaded.case, loaded.alert?.value);
  return content ? { sample: loaded.case, content, files } : { wrong: 'has no alert that can be read.', files };
}
