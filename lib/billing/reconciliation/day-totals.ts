import { type CalendarDay, calendarDay } from "@/lib/kernel/calendar";

/** What came in by charges on a day in a currency, before fees, and the fees. Minor units. */
export interface Taken {
  readonly takenMinor: bigint;
  readonly feeMinor: bigint;
}

/** A day and currency on which Stripe and the books say different things. */
export interface DayDifference {
  readonly day: CalendarDay;
  readonly currency: string;
  readonly stripe: Taken;
  readonly books: Taken;
}

const nothing: Taken = { takenMinor: 0n, feeMinor: 0n };

/**
 * The charges of each day and currency, as Stripe says they came in and as the books have them. A charge counts on the
 * day on which Stripe took it, on both sides: it may be booked later, but not as another. Pure.
 */
export class DayTotals {
  readonly #stripe = new Map<string, Taken>();
  readonly #books = new Map<string, Taken>();

  constructor(private readonly timeZone: string) {}

  /** A charge as Stripe says it moved money, in the currency that settles in. */
  addSaid(at: Date, currency: string, taken: Taken): void {
    add(this.#stripe, this.#key(at, currency), taken);
  }

  /** What the books have of a charge that Stripe took then, in a currency. */
  addBooked(at: Date, currency: string, taken: Taken): void {
    add(this.#books, this.#key(at, currency), taken);
  }

  /** The days before `end` on which the two differ, oldest first. */
  differences(end: CalendarDay): DayDifference[] {
    return [...new Set([...this.#stripe.keys(), ...this.#books.keys()])].sort().flatMap((key) => {
      const [day, currency] = key.split(" ") as [CalendarDay, string];
      const [stripe, books] = [this.#stripe.get(key) ?? nothing, this.#books.get(key) ?? nothing];
      const isEqual = stripe.takenMinor === books.takenMinor && stripe.feeMinor === books.feeMinor;
      return isEqual || day >= end ? [] : [{ day, currency, stripe, books }];
    });
  }

  #key(at: Date, currency: string): string {
    return `${calendarDay(at, this.timeZone)} ${currency}`;
  }
}

function add(totals: Map<string, Taken>, key: string, { takenMinor, feeMinor }: Taken): void {
  const before = totals.get(key) ?? nothing;
  totals.set(key, { takenMinor: before.takenMinor + takenMinor, feeMinor: before.feeMinor + feeMinor });
}
