/** What became of an event. `later`: Stripe could not say; it is tried again. */
export type EventResult =
  | { kind: "done" }
  | { kind: "ignored"; reason: string }
  | { kind: "parked"; reason: string }
  | { kind: "later"; reason: string };

/** The part of an event's payload that handlers look at; everything else is asked of Stripe's current object. */
export interface EventObject {
  id: string;
  metadata?: Record<string, string> | null | undefined;
  /** Of a hosted page: whether it pays, or only saves a card. */
  mode?: string | undefined;
  /** Stripe's ids, of an object that has them. */
  customer?: string | null | undefined;
  charge?: string | null | undefined;
  payment_method?: string | null | undefined;
}
