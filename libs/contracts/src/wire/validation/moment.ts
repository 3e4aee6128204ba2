/**
 * The milliseconds since 1970 of a time stamp with its zone; null for the other forms of ISO 8601 (weeks, days alone, local
 * times), which are no moment, and for times before 1970.
 */
export function momentOf(value: string): number | null {
  const time = Date.parse(value);
  const moment = /T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(value) && time >= 0 && time < Date.UTC(10_000, 0);
  return moment ? time : null;
}
