import type { FileHost } from '../host.js';
import type { Range } from '../syntax/tree.js';
import { argumentProposals } from './add-arguments.js';
import { defaultProposals } from './add-default.js';
import { gateProposals } from './add-gate.js';
import { fileProposals } from './create-file.js';
import { inputProposals } from './declare-input.js';
import { extractProposals } from './extract-steps.js';
import type { Proposal } from './proposal.js';
import type { SourceFile } from './source-file.js';

/** What can be written for a person at a place of a playbook. Nothing where it is no sound YAML: parts may not be in the tree. */
export function proposals(source: SourceFile, range: Range, host: FileHost): Proposal[] {
  if (!source.playbook || source.playbook.tree.problems.length > 0) return [];
  return [
    ...gateProposals(source, range),
    ...defaultProposals(source, range),
    ...argumentProposals(source, range),
    ...inputProposals(source, range),
    ...fileProposals(source, range),
    ...extractProposals(source, range, host),
  ];
}
