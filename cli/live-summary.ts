import type { TraceEvents } from '../runner/index.js';
import { plain } from './terminal.js';

/** What a run asks of live servers, said before it asks: which tools, whom, and where the two disagree. */
export function describeLive(servers: NonNullable<TraceEvents['run.opened']['live']>): string {
  return servers
    .map(({ server, address, tools }) => {
      const names = tools.map(({ tool }) => tool).join(', ');
      const notes = tools.flatMap(({ tool, note }) => (note === null ? [] : `  ${tool}: ${note}`));
      return [`Calls of ${names} go to the server "${server}" (${address}).`, ...notes]
        .map((one) => `${plain(one)}\n`)
        .join('');
    })
    .join('');
}
