import type { LoadedPlaybook } from '../../language/load.js';
import { allSteps } from '../../language/model/playbook.js';
import { calleesOf } from '../callees.js';

/** Whether any step of a playbook, or of one it calls, asks a model. */
export function asksModel(loaded: LoadedPlaybook): boolean {
  return [loaded, ...calleesOf(loaded)].some(({ playbook }) =>
    [...allSteps(playbook.steps)].some(({ kind }) => kind === 'agent'),
  );
}
