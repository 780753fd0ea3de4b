import { fileKindOf } from '../model/shape.js';

/** The end of the names of files that say what actions of other products do. */
export const EFFECTS_FILE = '.effects.yaml';

/** Whether a file may be a playbook of another product, by its name or path. */
export function mayBeForeign(name: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(name) && fileKindOf(name) === undefined && !name.endsWith(EFFECTS_FILE);
}

/** Words one of which every playbook that is known here has as a key. Finding none is cheaper than reading a file. */
const MARKS =
  /["']?(?:starttaskid|workflow_start|workflow|runAfter|triggers|tasks|chain|coa|original_workflow_identifier|branches|agents|connections)["']?\s*:/;

/** Whether it is worth while to read a text: a quick look, which no playbook fails. */
export function looksForeign(text: string): boolean {
  return MARKS.test(text);
}
