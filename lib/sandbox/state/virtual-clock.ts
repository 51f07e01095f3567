/** What tells the time; the kernel's clock fits. */
export interface TimeSource {
  now(): Date;
}

/**
 * The time at the local Stripe: the given clock plus what tests have advanced it by. Time never goes back, so
 * that objects made later are never listed as older.
 */
export class VirtualClock {
  readonly #source: TimeSource;
  #offsetMs = 0;
  #latestMs = 0;

  constructor(source: TimeSource) {
    this.#source = source;
  }

  nowMs(): number {
    this.#latestMs = Math.max(this.#latestMs, this.#source.now().getTime() + this.#offsetMs);
    return this.#latestMs;
  }

  /** Stripe's unit: whole seconds since 1970. */
  nowSeconds(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  set offsetMs(value: number) {
    this.#offsetMs = value;
    this.#latestMs = 0;
  }

  /** Moves on to this instant, unless it has passed. */
  advanceTo(instantMs: number): void {
    const ahead = instantMs - this.nowMs();
    if (ahead > 0) this.#offsetMs += ahead;
  }
}
