/** What is known of a file without reading it. Times in milliseconds of the clock that `now` is of. */
export interface FileState {
  /** Another one when the file was written, its times set, or another put in its place. */
  readonly stamp: string;
  /** The later of when its content and when anything about it changed. */
  readonly changed: number;
}

export interface Files {
  /** `undefined` where there is no file. */
  state(file: string): FileState | undefined;
  /** `undefined` where it cannot be read as text. */
  read(file: string): string | undefined;
  now(): number;
}

/**
 * So long a file must have been left alone before it was read, for its stamp to tell that it is the same: on some disks two
 * writes within two seconds have the same time.
 */
const SETTLED = 2_000;
/** At most so many characters are kept: what a playbook refers to, not a workspace. */
const ROOM = 4_000_000;

interface KeptText {
  readonly stamp: string;
  readonly text: string;
}

/**
 * The texts of files, read anew only where they may have changed: an editor asks for the same few at every key. What was
 * written just before it was read may be written again without a trace, and is read each time until it has settled.
 */
export function keptTexts(files: Files): (file: string) => string | undefined {
  const kept = new Map<string, KeptText>();
  let length = 0;
  const forget = (file: string): void => {
    length -= kept.get(file)?.text.length ?? 0;
    kept.delete(file);
  };
  return (file) => {
    const now = files.now();
    const state = files.state(file);
    const known = kept.get(file);
    if (state !== undefined && known?.stamp === state.stamp) return known.text;
    forget(file);
    if (state === undefined) return undefined;
    const text = files.read(file);
    // The state is older than the text: a change in between shows in the next state. What could not be read may be next time.
    if (text !== undefined && state.changed + SETTLED < now) {
      kept.set(file, { stamp: state.stamp, text });
      length += text.length;
      for (const oldest of kept.keys()) {
        if (length <= ROOM) break;
        forget(oldest);
      }
    }
    return text;
  };
}
