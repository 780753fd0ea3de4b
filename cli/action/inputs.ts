import path from 'node:path/posix';
import { type Fault, failOnOf } from '../diff/outcome.js';

/** What the workflow asks for. */
export interface Inputs {
  /** A folder of the repository with `/`; empty for all of it. */
  readonly path: string;
  readonly failOn: ReadonlySet<Fault>;
  readonly comment: boolean;
  readonly token: string;
  /** A revision to compare with in place of what the event says; empty for that. */
  readonly base: string;
}

export type InputsOrNot =
  | { readonly ok: true; readonly inputs: Inputs }
  | { readonly ok: false; readonly message: string };

export interface Environment {
  readonly [name: string]: string | undefined;
}

/** The inputs of the step: `INPUT_<NAME>` for each that action.yml names. */
export function inputsOf(env: Environment): InputsOrNot {
  const read = (name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
  const failOn = failOnOf(read('fail-on'));
  if (!failOn.ok) return { ok: false, message: `Input "fail-on": ${failOn.message}` };
  const comment = read('comment').toLowerCase();
  if (comment !== 'true' && comment !== 'false')
    return { ok: false, message: `Input "comment" is "true" or "false", and not "${comment}".` };
  const folder = path.normalize(read('path') || '.').replace(/\/$/, '');
  if (folder.startsWith('..') || folder.startsWith('/'))
    return { ok: false, message: `Input "path" is a folder of the repository, and not "${folder}".` };
  return {
    ok: true,
    inputs: {
      path: folder === '.' ? '' : folder,
      failOn: failOn.faults,
      comment: comment === 'true',
      token: read('token'),
      base: read('base'),
    },
  };
}
