/** A playbook of another product as one of ours; unsaved text counts. Writes nothing. ImportParams -> ImportReply. */
export const IMPORT_REQUEST = 'countersign/importForeign';

export interface ImportParams {
  readonly uri: string;
  /** The folder it is to go to; it need not be there. */
  readonly folder: string;
}

export type ImportReply =
  | {
      readonly kind: 'files';
      readonly product: string;
      /** Names in the folder, and texts; the first is the playbook. */
      readonly files: readonly { readonly name: string; readonly text: string }[];
      /** Steps whose level nobody has decided yet. */
      readonly undecided: number;
      /** What whoever imports it ought to know; a sentence each. */
      readonly notes: readonly string[];
    }
  /** A sentence: why not. */
  | { readonly kind: 'none'; readonly reason: string };
