/**
 * What a process complained about, without what may be words of an alert: names of errors and places in the program stay, all
 * else is counted. A log that people send on holds no evidence unless they asked for it, by its level Debug.
 */
export function faultWithoutWords(text: string): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const kept = lines.flatMap((line) => {
    const place = /^\s+at (?:[\w$.<>[\] ]+ )?\(?(?:file:\/\/)?[^()]*?([\w.-]+\.c?js:\d+:\d+)\)?$/.exec(line)?.[1];
    if (place !== undefined) return [`  at ${place}`];
    const name = /^(?:Uncaught )?((?:\w*Error|\w*Warning)\b|FATAL ERROR)/.exec(line)?.[1];
    return name === undefined ? [] : [name];
  });
  const left = lines.length - kept.filter((line) => line.startsWith('  at ')).length;
  return [
    ...kept,
    `(${left} ${left === 1 ? 'line' : 'lines'} of text: set the level of this log to Debug to see them)`,
  ].join('\n');
}
