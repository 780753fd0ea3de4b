/** What an alert can really be, as the schema of cases has it. */
export const ALERT_TRUTHS = ['benign', 'malicious', 'novel', 'ambiguous'] as const;

/** A case is to be made of a run. Writes nothing unless `save` says that personal data was looked at. */
export interface FeedbackParams {
  /** File system path. */
  readonly trace: string;
  /** Folders that are looked through for the files of the run. */
  readonly roots: readonly string[];
  /** The new case, `….case.yaml`; by default beside the run's case. */
  readonly out?: string;
  /** The verdict that is right, by whom and why; absent: only what people decided in the run counts. */
  readonly verdict?: { readonly value: string; readonly as: string; readonly reason: string };
  /** What the alert really is, where the verdict alone does not say it. */
  readonly truth?: (typeof ALERT_TRUTHS)[number];
  /** Who looked at personal data: with the code of what they saw, or nobody needs to, as made-up values replace it. */
  readonly save?: { readonly how: 'seen'; readonly code: string } | { readonly how: 'pseudonymized' };
}

export type FeedbackReply =
  | {
      readonly ok: false;
      /** `nothing`: there is no file, or nothing in it to learn from. `broken`: the trace is not as it was written. */
      readonly why: 'nothing' | 'broken' | 'refused';
      readonly message: string;
    }
  | {
      readonly ok: true;
      /** Paths of what was written, the case first; empty where personal data is still to be looked at. */
      readonly files: readonly string[];
      /** Path of the case. */
      readonly case: string;
      /** Personal data in it, and where; with what stands instead, once that is settled. */
      readonly values: readonly {
        readonly type: string;
        readonly value: string;
        readonly places: readonly string[];
        readonly instead?: string;
      }[];
      /** Who stays in the case by name: those who decided. */
      readonly people: readonly string[];
      /** Names the very content a person looks at: with anything else it is another. */
      readonly code: string;
      /** Whether a person gave the code of another content. */
      readonly stale: boolean;
      /** Case and alert as they would be written, personal data and all. */
      readonly shown: readonly { readonly name: string; readonly text: string }[];
      /** Names of the event data that would be copied beside them. */
      readonly events: readonly string[];
    };
