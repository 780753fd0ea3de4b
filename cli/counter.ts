import type { Terminal } from './terminal.js';

/** How far it is, on one line that is written over, or now and then where lines stay. */
export function counter(
  terminal: Terminal,
  noun: string,
): { readonly said: (done: number, of: number) => void; readonly end: () => void } {
  let shown = -1;
  let open = false;
  return {
    said(done, of) {
      const percent = Math.floor((done * 100) / Math.max(1, of));
      if (percent === shown || (!terminal.live && percent % 10 !== 0)) return;
      shown = percent;
      const text = `${done} of ${of} ${noun}`;
      terminal.err(terminal.live ? `\r${text}` : `${text}\n`);
      open = terminal.live;
    },
    end() {
      if (open) terminal.err('\r\u001b[K');
      open = false;
    },
  };
}
