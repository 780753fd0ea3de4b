import assert from 'node:assert/strict';
import type { Connection, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import type { ServerContext } from '../context.js';
import { Document } from '../document.js';
import { createForeign } from '../foreign/foreign.js';
import { createTurns, type Turns } from '../turns.js';
import { Workspace } from '../workspace.js';
import { type PushedDiagnostics, pushDiagnostics } from './push-diagnostics.js';

describe('diagnostics that are pushed', () => {
  const A = 'file:///a.playbook.yaml';
  const B = 'file:///b.playbook.yaml';
  let said: string[];
  let tasks: (() => void)[];
  let workspace: Workspace;
  let turns: Turns;
  let diagnostics: PushedDiagnostics;

  beforeEach(() => {
    said = [];
    tasks = [];
    workspace = new Workspace(
      { read: () => undefined, exists: () => false, stamp: () => undefined, list: async () => [], filesIn: () => [] },
      () => 0,
    );
    const connection = {
      sendDiagnostics: async ({ uri, version, diagnostics: found }: PublishDiagnosticsParams) => {
        said.push(`${uri.slice(8, 9)} ${version ?? '-'}: ${found.length > 0 ? 'wrong' : 'nothing'}`);
      },
    } as unknown as Connection;
    const foreign = createForeign(workspace, async () => undefined);
    const context: ServerContext = {
      connection,
      workspace,
      foreign,
      client: () => ({ capabilities: {}, docsUri: undefined }),
    };
    const clock = { now: () => 0, after: () => assert.fail('nothing takes long here'), later };
    turns = createTurns(clock, (uri) => workspace.took(uri));
    diagnostics = pushDiagnostics(context, turns);
  });

  const later = (task: () => void): void => void tasks.push(task);
  const change = (uri: string, version: number): void => {
    workspace.put(new Document(uri, 'yaml', version, 'nonsense', 'utf-16'));
    turns.changed(uri);
    diagnostics.schedule([uri]);
  };
  const turn = (): void => tasks.shift()?.();
  const finish = (): void => {
    while (tasks.length > 0) turn();
  };

  it('come once for a change', () => {
    change(A, 1);
    assert.deepEqual(said, []);
    finish();
    assert.deepEqual(said, ['a 1: wrong']);
  });

  it('wait while changes keep coming, and then tell of the newest text only', () => {
    for (let version = 1; version <= 5; version++) {
      change(A, version);
      turn();
    }
    finish();
    assert.deepEqual(said.slice(-1), ['a 5: wrong']);
    assert.ok(said.length <= 2);
  });

  it('come for one document per turn', () => {
    change(A, 1);
    change(B, 1);
    turn();
    turn();
    assert.deepEqual(said, ['a 1: wrong']);
    finish();
    assert.deepEqual(said, ['a 1: wrong', 'b 1: wrong']);
    assert.equal(tasks.length, 0);
  });

  it('come again after everything was still', () => {
    change(A, 1);
    finish();
    change(A, 2);
    finish();
    assert.deepEqual(said, ['a 1: wrong', 'a 2: wrong']);
  });

  it('are taken back, and not given for a document that is gone', () => {
    change(A, 1);
    workspace.close(A);
    diagnostics.clear(A);
    turns.forget(A);
    finish();
    assert.deepEqual(said, ['a -: nothing']);
  });

  it('cost nothing when there is nothing to check', () => {
    diagnostics.schedule([]);
    assert.equal(tasks.length, 0);
  });
});
