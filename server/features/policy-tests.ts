import { RequestType } from 'vscode-languageserver/node';
import { buildPolicyTest } from '../../language/model/build-policy-test.js';
import { indexLines } from '../../language/syntax/lines.js';
import { parseYaml } from '../../language/syntax/parse.js';
import type { ServerContext } from '../context.js';
import { guarded } from '../guarded.js';
import { POLICY_TESTS_REQUEST, type PolicyTestItem, type PolicyTestsParams } from '../protocol/requests.js';

const PolicyTestsRequest = new RequestType<PolicyTestsParams, PolicyTestItem[], void>(POLICY_TESTS_REQUEST);

/** Answers which tests a file of tests of a policy has, in its order. Whether they can be judged is for who judges them. */
export function registerPolicyTests(context: ServerContext): void {
  const { connection, workspace } = context;
  connection.onRequest(
    PolicyTestsRequest,
    guarded(context, 'policy tests', [], ({ uri }): PolicyTestItem[] => {
      const text = workspace.read(uri);
      if (text === undefined) return [];
      const lines = indexLines(text);
      return buildPolicyTest(uri, parseYaml(text).root).tests.map(({ title }) => ({
        title: title.value,
        line: lines.positionAt(title.range.start).line,
      }));
    }),
  );
}
