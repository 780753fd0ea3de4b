import { RequestType } from 'vscode-languageserver/node';
import { openSource } from '../../language/service/source-file.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { toLspPosition } from '../positions.js';
import { STEPS_REQUEST, type StepItem, type StepsParams } from '../protocol/requests.js';

const StepsRequest = new RequestType<StepsParams, StepItem[], void>(STEPS_REQUEST);

/** Answers which steps a playbook has and where, for whoever shows what ran of it. */
export function registerSteps(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onRequest(
    StepsRequest,
    guarded(context, 'steps', [], ({ uri }): StepItem[] => {
      const document = workspace.textDocument(uri);
      if (!document) return [];
      const source = workspace.source(uri) ?? openSource(uri, document.getText(), workspace);
      const steps = [...(source?.playbook?.stepOf.values() ?? [])].sort(
        (a, b) => a.node.range.start - b.node.range.start,
      );
      return steps.map(({ id, kind, node: { range } }, index) => {
        // Steps in the order of the text: one that lies within this one is the next, if there is any.
        const next = steps[index + 1]?.node.range.start ?? Number.POSITIVE_INFINITY;
        const end =
          next < range.end ? document.offsetAt({ line: document.positionAt(next).line, character: 0 }) : range.end;
        const text = document.getText().slice(range.start, end);
        return {
          id: id.value,
          kind,
          at: toLspPosition(document, id.range.start),
          range: {
            start: toLspPosition(document, range.start),
            end: toLspPosition(document, range.start + text.trimEnd().length),
          },
        };
      });
    }),
  );
}
