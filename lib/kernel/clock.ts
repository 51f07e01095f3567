/** Where a rule or a job learns what time it is. Always a parameter, so that tests choose the day. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

export interface ManualClock extends Clock {
  set(instant: Date): void;
  /** Moves on by so many milliseconds. */
  advance(ms: number): void;
}

/** A clock that moves only when told to. */
export function manualClock(start: Date): ManualClock {
  let nowMs = validMs(start);
  return {
    // A new Date each time: a caller that changes what it was given must not move the clock.
    now: () => new Date(nowMs),
    set: (instant) => {
      nowMs = validMs(instant);
    },
    advance: (ms) => {
      nowMs = validMs(new Date(nowMs + ms));
    },
  };
}

function validMs(instant: Date): number {
  const ms = instant.getTime();
  if (Number.isNaN(ms)) throw new RangeError("the clock was given an invalid date");
  return ms;
}
