/** An RFC 3339 time as people here write it: of today without the day. What is no time stays as it is. */
export function when(time: string, now: Date = new Date()): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  const day = date.toDateString() === now.toDateString() ? {} : ({ day: 'numeric', month: 'short' } as const);
  const year = date.getFullYear() === now.getFullYear() ? {} : ({ year: 'numeric' } as const);
  return date.toLocaleString(undefined, { ...clock, ...day, ...year });
}
