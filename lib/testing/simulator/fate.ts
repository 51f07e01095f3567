/** Places where a process can end, or its database can fail it. */
export type Point =
  | "before a transaction"
  | "before a statement"
  | "before a lone statement"
  | "before a commit"
  | "after a commit"
  | "before a call to Stripe"
  | "after a call to Stripe";

export type Blow =
  /** kill -9: from here on this process does nothing. */
  | "death"
  /** pg_terminate_backend on the connection that is used here. */
  | "cut"
  /** The database ends the transaction as it does after a deadlock. */
  | "deadlock";

/** What strikes a process, and where. What it never reaches does not strike. */
export interface Doom {
  readonly blow: Blow;
  /** At the nth point that it passes (0 is the first), of those that are meant. */
  readonly at: number;
  /** Only calls to Stripe are meant. */
  readonly isAtStripe: boolean;
}

/** Thrown at everything that a process still tries after its death. */
export class Died extends Error {
  constructor() {
    super("this process died");
  }
}

/** A process whose fate its database has to ask at every step. */
export interface Fated {
  /** The doom of the point that is reached now; null where nothing happens. */
  pass(point: Point): Blow | null;
  gate(): Promise<void>;
  /** What has to be over before the next step. */
  owes(work: Promise<unknown>): void;
}
