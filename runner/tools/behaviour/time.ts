/** RFC 3339, section 5.6; the zone may be missing, and the `T` may be a space. */
const SHAPE = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})?$/;
const ZONE = /(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** Counts since 1970 from here on are milliseconds: as seconds they would lie beyond the year 5000. */
const MILLISECONDS_FROM = 1e11;
/** ECMAScript knows no later one. */
const LAST_MOMENT = 8.64e15;

/** Whether a text is a time that {@link timeOf} can read. */
export function isTime(text: string): boolean {
  return timeOf(text) !== undefined;
}

/**
 * The moment a value names, in milliseconds since 1970: an RFC 3339 time, or a count of seconds or milliseconds since then.
 * A time without a zone is taken as UTC, never as the zone of the machine, so that the answer is the same everywhere.
 */
export function timeOf(value: string | number | null): number | undefined {
  if (typeof value === 'number') {
    if (!(value >= 0 && value <= LAST_MOMENT)) return undefined;
    return value >= MILLISECONDS_FROM ? value : value * 1000;
  }
  if (value === null || !SHAPE.test(value)) return undefined;
  const text = value.replace(' ', 'T').toUpperCase();
  const at = Date.parse(ZONE.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** A moment as text, as far as a date can be written: RFC 3339, UTC. */
export function timeText(at: number): string {
  return new Date(at).toISOString();
}
