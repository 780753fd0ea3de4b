import { CancellationTokenSource, type MessageConnection } from 'vscode-jsonrpc/node';
import type { Approver } from '../ports.js';
import {
  type ApprovalAnswer,
  type ApprovalRequest,
  type CallChange,
  METHODS,
  type TaskAnswer,
  type TaskRequest,
  type UndoAnswer,
  type UndoOffer,
} from '../protocol/messages.js';
import type { Json } from '../protocol/trace.js';
import { plainJson } from '../trace/canonical.js';
import { isJsonObject } from '../trace/json-object.js';

/**
 * Asks the people in front of the editor at the other end. An error, an answer of another shape and a connection that
 * ended are silence. Who they are is what they say: nothing here proves it.
 */
export function remoteApprover(connection: MessageConnection): Approver {
  const ask = async (
    method: string,
    params: ApprovalRequest | TaskRequest | UndoOffer,
    signal: AbortSignal,
  ): Promise<Json> => {
    const cancel = new CancellationTokenSource();
    const abort = (): void => cancel.cancel();
    if (signal.aborted) return null;
    signal.addEventListener('abort', abort, { once: true });
    try {
      return plainJson(await connection.sendRequest<unknown>(method, params, cancel.token));
    } catch {
      return null;
    } finally {
      signal.removeEventListener('abort', abort);
      cancel.dispose();
    }
  };
  return {
    how: 'locally-asserted',
    approve: async (request, signal) => approvalIn(await ask(METHODS.approve, request, signal)),
    task: async (request, signal) => taskIn(await ask(METHODS.task, request, signal)),
    offerUndo: async (offer, signal) => undoIn(await ask(METHODS.undo, offer, signal)),
  };
}

function approvalIn(value: Json): ApprovalAnswer | undefined {
  if (!isJsonObject(value)) return undefined;
  const { decision, as, reason, to, changes } = value;
  if (typeof as !== 'string') return undefined;
  const said = { as, reason: typeof reason === 'string' ? reason : '' };
  switch (decision) {
    case 'approve':
    case 'reject':
    case 'end':
      return { ...said, decision };
    case 'escalate':
      return typeof to === 'string' ? { ...said, decision, to } : undefined;
    case 'modify': {
      const read = Array.isArray(changes) ? changes.map(changeIn) : [];
      const known = read.filter((change) => change !== undefined);
      return known.length > 0 && known.length === read.length ? { ...said, decision, changes: known } : undefined;
    }
    default:
      return undefined;
  }
}

function changeIn(value: Json): CallChange | undefined {
  if (!isJsonObject(value) || typeof value.call !== 'string' || !isJsonObject(value.arguments)) return undefined;
  return { call: value.call, arguments: value.arguments };
}

function taskIn(value: Json): TaskAnswer | undefined {
  if (!isJsonObject(value)) return undefined;
  const { done, as, output } = value;
  if (typeof done !== 'boolean' || typeof as !== 'string') return undefined;
  return { done, as, output: isJsonObject(output) ? output : {} };
}

function undoIn(value: Json): UndoAnswer | undefined {
  if (!isJsonObject(value) || typeof value.as !== 'string') return undefined;
  return { as: value.as, reason: typeof value.reason === 'string' ? value.reason : '' };
}
