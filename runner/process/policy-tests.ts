import { pathToFileURL } from 'node:url';
import { type LoadedPolicyTest, loadPolicyTest } from '../../language/load-policy-test.js';
import { indexLines, type LineIndex } from '../../language/syntax/lines.js';
import type { Range } from '../../language/syntax/tree.js';
import { nodeFiles, pathOf, readText } from '../node-files.js';
import { runPolicyTests } from '../policy-test/run-policy-tests.js';
import { failureWords, PART_WORDS } from '../policy-test/words.js';
import type { PolicyTestsParams, PolicyTestsReply } from '../protocol/policy-tests.js';
import type { SourcePlace } from '../protocol/trace.js';

/** Judges files of tests of policies as they are on disk. A file that cannot be read has a problem that says so. */
export function policyTests({ files }: PolicyTestsParams): PolicyTestsReply {
  const host = nodeFiles();
  const unread = new Map<string, string>();
  const loaded = files.map((file): LoadedPolicyTest => {
    const uri = pathToFileURL(file).href;
    const read = readText(file);
    if (!read.ok) unread.set(uri, read.reason);
    return loadPolicyTest(uri, read.ok ? read.text : '', host);
  });
  const tested = runPolicyTests(loaded);
  const kept = new Map<string, LineIndex>(loaded.map(({ uri, lines }) => [uri, lines]));
  const linesOf = (uri: string): LineIndex => {
    const lines = kept.get(uri) ?? indexLines(host.read(uri) ?? '');
    kept.set(uri, lines);
    return lines;
  };
  const fileOf = (uri: string): string => pathOf(uri) ?? uri;
  const placeOf = (uri: string, { start }: Range): SourcePlace => ({
    file: fileOf(uri),
    ...linesOf(uri).positionAt(start),
  });
  return {
    files: tested.files.map(({ loaded: { uri, problems }, results }) => {
      const reason = unread.get(uri);
      const errors =
        reason === undefined
          ? problems
              .filter(({ severity }) => severity === 'error')
              .map(({ message, range }) => ({ message, place: placeOf(uri, range) }))
          : [{ message: `The file cannot be read: ${reason}.`, place: { file: fileOf(uri), line: 0, character: 0 } }];
      return {
        file: fileOf(uri),
        problems: errors,
        tests: results.map(({ test, failures }) => ({
          title: test.title.value,
          failures: failures.map((failure) => ({
            message: sentence(failureWords(failure), failure.because),
            expected: failure.expected,
            actual: failure.actual,
            place: placeOf(uri, failure.range),
            decidedBy: failure.decidedBy.map(({ what, uri: at, range }) => ({ what, place: placeOf(at, range) })),
          })),
        })),
      };
    }),
    policies: tested.policies.map(({ policy: { uri }, parts }) => ({
      file: fileOf(uri),
      parts: parts.map(({ kind, name, range, exercised, held }) => ({
        name: `${PART_WORDS[kind]} ${name}`,
        start: linesOf(uri).positionAt(range.start),
        end: linesOf(uri).positionAt(range.end),
        exercised,
        held,
      })),
    })),
  };
}

/** `Outcome is denied, expected allowed: a ceiling of the policy.` */
function sentence(what: string, because: string): string {
  const text = `${what.slice(0, 1).toUpperCase()}${what.slice(1)}: ${because}`;
  return text.endsWith('.') ? text : `${text}.`;
}
