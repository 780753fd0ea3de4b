import assert from 'node:assert/strict';
import { CancellationTokenSource, type Connection, LSPErrorCodes, ResponseError } from 'vscode-languageserver/node';
import type { ServerContext } from './context.js';
import { createForeign } from './foreign/foreign.js';
import { guarded } from './guarded.js';
import { Workspace } from './workspace.js';

describe('a guarded request', () => {
  const log: string[] = [];
  const workspace = new Workspace({
    read: () => undefined,
    exists: () => false,
    stamp: () => undefined,
    list: async () => [],
    filesIn: () => [],
  });
  const context: ServerContext = {
    connection: { console: { error: (line: string) => log.push(line) } } as unknown as Connection,
    workspace,
    foreign: createForeign(workspace, async () => undefined),
    client: () => ({ capabilities: {}, docsUri: undefined }),
  };

  beforeEach(() => log.splice(0));

  it('answers what the feature answers', async () => {
    const answer = guarded(context, 'hover', 0, (params: number) => params + 1);
    assert.equal(await answer(1, new CancellationTokenSource().token), 2);
    assert.deepEqual(log, []);
  });

  it('answers the fallback when the feature crashes, and logs where but nothing of the document', async () => {
    const answer = guarded(context, 'hover', 'nothing', () => {
      throw new TypeError('secret words of a document');
    });
    assert.equal(await answer({}, new CancellationTokenSource().token), 'nothing');
    assert.equal(log.length, 1);
    assert.match(log[0]!, /^hover failed: TypeError\n\s+at .*guarded\.test/);
    assert.ok(!log[0]!.includes('secret'));
  });

  it('does no work for a request that is cancelled already', async () => {
    const source = new CancellationTokenSource();
    source.cancel();
    let worked = false;
    const answer = guarded(context, 'hover', null, () => {
      worked = true;
      return null;
    });
    const result = await answer({}, source.token);
    assert.ok(result instanceof ResponseError);
    assert.equal(result.code, LSPErrorCodes.RequestCancelled);
    assert.equal(worked, false);
  });

  it('says so when it is cancelled half-way', async () => {
    const source = new CancellationTokenSource();
    const answer = guarded(context, 'cases', [1], async () => {
      source.cancel();
      return [2];
    });
    assert.ok((await answer({}, source.token)) instanceof ResponseError);
  });
});
