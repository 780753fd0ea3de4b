/** What the command's exit codes mean. They are part of its interface and never change. */
export const EXIT = {
  /** Clean, completed, valid. */
  ok: 0,
  /** The playbook, or what it refers to, has problems. */
  problems: 1,
  /** The command was not understood. */
  usage: 2,
  /** There is nothing to work on: no such file, or none of ours in a folder. */
  noInput: 3,
  /** The run was denied, stopped or cancelled. */
  denied: 4,
  /** The run failed. */
  failed: 5,
  /** The trace was changed or cut off. */
  broken: 6,
  /** Something ran without authority. */
  unauthorized: 7,
  /** A run of an evaluation did not go as its case says. */
  unexpected: 8,
  /** Personal data is to be looked at before it is saved; nothing was. */
  unreviewed: 9,
  /** An act may do more than before, or it cannot be told that it may not. */
  widened: 20,
  /** An act may do more than before, without what the policy of before asks of it. */
  violated: 21,
  /** A boundary record does not say what is so. */
  stale: 22,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
