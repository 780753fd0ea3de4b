// The same task for every agent runner that is measured: a system prompt, a question, and one tool that answers at once.
export const SYSTEM = 'You look up domains. Call the tool for the domain you are given, then say that you are done.';
export const TASK = 'Look up a.example, again and again, and say when you are done.';
export const DESCRIPTION = 'What is known about a domain.';
export const INPUT = {
  type: 'object',
  properties: { domain: { type: 'string' } },
  required: ['domain'],
  additionalProperties: false,
};
export const ARGUMENTS = { domain: 'a.example' };
export const ANSWER = { score: 1 };

/** Calls of a run. A budget may have 1,000 turns at most, and the last is the answer. */
export const SIZES = [10, 100, 999];
