/** Does something once, a while after it was first asked for: many reasons in a row are one. */
export interface Soon {
  readonly ask: () => void;
  readonly dispose: () => void;
}

/** @param after milliseconds */
export function soon(after: number, run: () => void): Soon {
  let timer: NodeJS.Timeout | undefined;
  return {
    ask: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        run();
      }, after);
    },
    dispose: () => clearTimeout(timer),
  };
}
