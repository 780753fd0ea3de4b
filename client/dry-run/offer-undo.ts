import { window } from 'vscode';
import type { UndoAnswer, UndoOffer } from '../../runner/protocol/messages.js';
import { inform, warn } from '../notify.js';
import { pick } from '../pick.js';
import { plain } from '../plain.js';
import type { Cancelled } from '../runner/runner-process.js';

/** Tells of an act that ran without asking, and lets the person take it back. Closing the message leaves it as it is. */
export async function offerUndo(
  { call, undo, people, until }: UndoOffer,
  user: string,
  token: Cancelled,
): Promise<UndoAnswer | undefined> {
  const take = 'Undo…';
  const on = call.target === null ? '' : ` on ${plain(call.target)}`;
  const time = until === null ? 'while the run goes on' : `until ${new Date(until).toLocaleString()}`;
  const message = `${plain(call.tool)} was run${on} without asking (simulated). It can be taken back ${time}.`;
  const chosen = await inform(message, take);
  if (chosen !== take) return undefined;
  if (token.isCancellationRequested) return tooLate();
  const as = await pick(
    [...people].sort((a, b) => Number(b === user) - Number(a === user)).map((person) => ({ label: person, person })),
    {
      title: `Take it back with ${plain(undo.tool)}`,
      placeHolder: 'Who are you? The trace names you, as you state it.',
    },
  );
  if (as === undefined) return undefined;
  const reason = await window.showInputBox({
    title: 'Why is it taken back?',
    prompt: 'The reason goes into the trace.',
  });
  if (reason === undefined) return undefined;
  return token.isCancellationRequested ? tooLate() : { as: as.person, reason };
}

function tooLate(): undefined {
  warn(
    'The run is over, so nobody takes the act back in it any more. "countersign undo" can, where the playbook still allows it.',
  );
}
