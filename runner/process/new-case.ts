import { makeNewCase, type NewCaseOptions } from '../new-case/new-case.js';
import type { NewCaseParams, NewCaseReply } from '../protocol/new-case.js';
import { isObject } from '../trace/shape.js';

/** Writes a case to begin with, for the editor. */
export function newCase(
  { playbook: playbookPath, alert: alertPath, out, user }: NewCaseParams,
  parts: Pick<NewCaseOptions, 'clock' | 'signal'>,
): Promise<NewCaseReply> {
  return makeNewCase({ playbookPath, alertPath, out, user, write: true, ...parts });
}

export function isNewCaseParams(value: unknown): value is NewCaseParams {
  if (!isObject(value)) return false;
  const { playbook, alert, out, user } = value;
  return (
    [playbook, alert, user].every((text) => typeof text === 'string') && (out === undefined || typeof out === 'string')
  );
}
