/** Microseconds of the machine's monotonic clock: the same in all processes, so that one may send and another receive. */
export function nowMicros(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + nanoseconds / 1e3;
}
