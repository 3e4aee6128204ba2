import { Injectable } from '@nestjs/common';

/** The time as the product sees it. Injected instead of `Date`, so that a test decides what time it is. */
export abstract class Clock {
  /** The wall clock: for what people read and for expiry. It may jump. */
  abstract now(): Date;

  /** Milliseconds that only ever grow: for measuring how long something took. */
  abstract monotonicMs(): number;
}

/** The machine's clock. */
@Injectable()
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
