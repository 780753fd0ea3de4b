/** The trace could not be written. `message` is for a person. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}
