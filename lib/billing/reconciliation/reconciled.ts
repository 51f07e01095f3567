import type { ListFrom, Outcome, Page } from "@/lib/gateway/port";

/** Stripe keeps events for so long: what came in and whose every event was lost is met in this time on many nights. */
export const lookBackDays = 30;

/** What a pass came upon. */
export interface Reconciled {
  /** Nobody here had heard of it: settled now, as their events would have settled them. */
  found: number;
  /** Stripe says of them what does not fit; staff are shown it. */
  differing: number;
  /** Stripe's ids of those whose charge is not booked here, or of which Stripe did not say more. */
  waiting: string[];
  /** Of those, what is not booked for want of its charge: a stranger's, if the charges were gone through before. */
  ofStrangers: { kind: "refund" | "dispute"; id: string }[];
  /** Those that one poisoned each; the others went on. */
  faults: { id: string; error: unknown }[];
  /** False where Stripe did not say all: the next pass lists it again. */
  isWhole: boolean;
}

export function nothingReconciled(): Reconciled {
  return { found: 0, differing: 0, waiting: [], ofStrangers: [], faults: [], isWhole: true };
}

/** Goes through a list of Stripe's to its end, or to where Stripe does not answer. */
export async function eachPage<T>(
  read: (from: ListFrom) => Promise<Outcome<Page<T>>>,
  work: (rows: readonly T[]) => Promise<void>,
  done: Reconciled,
): Promise<void> {
  for (let after: string | null = null; ; ) {
    const page: Outcome<Page<T>> = await read({ after });
    if (page.outcome !== "succeeded") {
      done.isWhole = false;
      return;
    }
    await work(page.value.rows);
    after = page.value.next;
    if (after === null) return;
  }
}

type Settled =
  | { kind: "settled" | "not_found" }
  | { kind: "unknown"; reason: string }
  | { kind: "quarantined" };

/** Settles each refund or dispute on its own, and counts what became of it. */
export async function settleEach(
  done: Reconciled,
  kind: "refund" | "dispute",
  ids: Iterable<string>,
  settle: (id: string) => Promise<Settled>,
): Promise<void> {
  for (const id of ids) {
    try {
      const settled = await settle(id);
      if (settled.kind === "settled") done.found += 1;
      else if (settled.kind === "quarantined") done.differing += 1;
      else done.waiting.push(id);
      if (settled.kind === "unknown" && settled.reason === "charge_not_booked") {
        done.ofStrangers.push({ kind, id });
      }
    } catch (error) {
      done.faults.push({ id, error });
    }
  }
}
