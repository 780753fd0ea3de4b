import type { Approver } from '../ports.js';

/** Nobody is there: every question meets silence. */
export function denyingApprover(): Approver {
  return {
    how: 'nobody',
    approve: async () => undefined,
    task: async () => undefined,
  };
}
