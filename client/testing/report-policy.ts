import { Location, Position, type TestItem, TestMessage, TestMessageStackFrame, type TestRun, Uri } from 'vscode';
import { visible } from '../viewer/events/visible.js';
import type { PolicyJudgement, PolicySaid } from './judge-policy.js';

/** Puts what became of a test of a policy where VS Code shows it. */
export function reportPolicyTest(run: TestRun, item: TestItem, judgement: PolicyJudgement): void {
  if (judgement.state === 'passed') {
    run.passed(item);
    return;
  }
  const { said, state } = judgement;
  run.appendOutput(
    [visible(item.label), ...said.map(({ message }) => `  ${message}`), ''].join('\r\n'),
    undefined,
    item,
  );
  const messages = said.map((one) => messageOf(one, item));
  if (state === 'failed') run.failed(item, messages);
  else run.errored(item, messages);
}

function messageOf({ message, difference, place, decidedBy }: PolicySaid, item: TestItem): TestMessage {
  const made = difference
    ? TestMessage.diff(message, difference.expected, difference.actual)
    : new TestMessage(message);
  if (place) made.location = new Location(Uri.file(place.file), new Position(place.line, place.character));
  else if (item.uri && item.range) made.location = new Location(item.uri, item.range);
  // As calls lead to a failed assertion, what the policy says leads to this: each is a way to its line.
  if (decidedBy.length > 0)
    made.stackTrace = decidedBy.map(
      ({ what, place: at }) => new TestMessageStackFrame(what, Uri.file(at.file), new Position(at.line, at.character)),
    );
  return made;
}
