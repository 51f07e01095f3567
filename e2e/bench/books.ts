import type { World } from "@/lib/billing/world";
import { checkBooks } from "@/lib/ledger/books";

/** Throws unless every invariant of the books holds: speed that leaves them wrong is none. */
export async function holdBooks(world: World): Promise<void> {
  const { ok, invariants } = await checkBooks(world.jobs, { full: true, now: world.clock.now() });
  if (ok) return;
  const broken = invariants.filter(({ violations }) => violations.length > 0);
  const [first] = broken.flatMap(({ violations }) => violations);
  throw new Error(
    `the books do not balance: ${broken.map(({ name }) => name).join(", ")}: ${JSON.stringify(first)}`,
  );
}
