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

/** As `soon`, once nobody asked for so long: of what takes long nothing is done while somebody types. */
export function onceQuiet(after: number, run: () => void): Soon {
  let timer: NodeJS.Timeout | undefined;
  return {
    ask: () => {
      clearTimeout(timer);
      timer = setTimeout(run, after);
    },
    dispose: () => clearTimeout(timer),
  };
}
