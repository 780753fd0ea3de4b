import type { LoadedPlaybook } from '../language/load.js';
import type { ExampleContent, PlaybookExample } from '../language/read-examples.js';
import { calleesOf } from './callees.js';
import { canonical, plainJson, sha256 } from './trace/canonical.js';

/** What a review of an example is bound to. */
export function exampleDigest(content: ExampleContent): string {
  return sha256(canonical(plainJson(content)));
}

/** What agents of a playbook and of those it calls are shown, each once. */
export function examplesOf(loaded: LoadedPlaybook): readonly PlaybookExample[] {
  const all = [loaded, ...calleesOf(loaded)].flatMap(({ examples }) => examples);
  return [...new Map(all.map((one) => [one.uri, one])).values()];
}

/** Those that are no longer what a person read. */
export function changedExamples(loaded: LoadedPlaybook): readonly PlaybookExample[] {
  return examplesOf(loaded).filter(({ content, mark }) => exampleDigest(content) !== mark.digest);
}
