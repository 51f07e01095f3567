import type { DisputeId } from "@/lib/kernel/id";
import { least, sumOf } from "@/lib/kernel/money";

/** What a decision does with the money of one charge. Minor units. */
export interface FreedMoney {
  /** Came to the balance: it is there, and nothing has been paid from it yet. */
  readonly arrivedMinor: bigint;
  /** By so much less of the charge is on invoices or refunded to its card. */
  readonly standsLessMinor: bigint;
  /** The dispute that is decided with it, as it stands after that: its own money is settled there. */
  readonly decided?: DecidedDispute;
}

export interface DecidedDispute {
  readonly id: DisputeId;
  /** What of it is lost, and what of that the host bears. */
  readonly lostMinor: bigint;
  readonly byHostMinor: bigint;
}

/** A charge that was disputed, as it stood before the decision. Minor units. */
export interface DisputedCharge {
  readonly amountMinor: bigint;
  /** On invoices, or refunded to its card. */
  readonly standsMinor: bigint;
  readonly disputes: readonly DisputedPart[];
}

export interface DisputedPart {
  readonly id: DisputeId;
  readonly state: "open" | "won" | "lost";
  /** Taken by the bank, and not given back. */
  readonly outMinor: bigint;
  readonly byHostMinor: bigint;
  readonly heldMinor: bigint;
}

/** What becomes of money that a disputed charge frees. Minor units. */
export interface KeptMoney {
  /** Of losses that the host bears, now the customer's: from the balance, or as debt where nothing is available. */
  readonly losses: readonly { disputeId: DisputeId; amountMinor: bigint }[];
  /** Held for disputes that are open. */
  readonly holds: readonly { disputeId: DisputeId; amountMinor: bigint }[];
}

/**
 * What a disputed charge frees goes first to the loss that the host still bears of it, then it is held for its open
 * disputes; the rest goes its usual way (domain.md, A18). The host bears no less than what stands of the charge and is lost
 * all the same: what a dispute releases is the customer's, unless the host bears more than that. Where nothing arrived
 * though less of the charge stands, as when a refund fails that was never taken from the balance, the host bears no more
 * than if that refund had never been. Pure.
 */
export function keepOf(charge: DisputedCharge, freed: FreedMoney): KeptMoney {
  const { arrivedMinor, standsLessMinor, decided } = freed;
  const others = charge.disputes.filter(({ id }) => id !== decided?.id);
  const lost = others.filter(({ state }) => state === "lost");
  const borneMinor = sumOf(lost, ({ byHostMinor }) => byHostMinor) + (decided?.byHostMinor ?? 0n);
  const lostMinor = sumOf(lost, ({ outMinor }) => outMinor) + (decided?.lostMinor ?? 0n);
  const standsMinor = charge.standsMinor - standsLessMinor;
  const overlapMinor = atLeastNothing(least(standsMinor, standsMinor + lostMinor - charge.amountMinor));
  const offMinor = least(borneMinor, least(arrivedMinor, standsLessMinor));
  const beyondMinor = borneMinor - overlapMinor;
  const rooms = lost.map(({ id, byHostMinor }) => ({ id, roomMinor: byHostMinor }));
  if (decided) rooms.push({ id: decided.id, roomMinor: decided.byHostMinor });
  const losses = share(offMinor > beyondMinor ? offMinor : beyondMinor, rooms);
  const freedMinor = arrivedMinor > standsLessMinor ? arrivedMinor : standsLessMinor;
  const open = others.filter(({ state }) => state === "open");
  const holds = share(
    freedMinor - sumOf(losses, ({ amountMinor }) => amountMinor),
    open.map(({ id, outMinor, heldMinor }) => ({ id, roomMinor: outMinor - heldMinor })),
  );
  return { losses, holds };
}

/** An amount over rooms, each filled before the next. */
function share(
  amountMinor: bigint,
  rooms: readonly { id: DisputeId; roomMinor: bigint }[],
): { disputeId: DisputeId; amountMinor: bigint }[] {
  let left = amountMinor;
  return rooms.flatMap(({ id, roomMinor }) => {
    const part = least(left, roomMinor);
    if (part <= 0n) return [];
    left -= part;
    return [{ disputeId: id, amountMinor: part }];
  });
}

function atLeastNothing(minor: bigint): bigint {
  return minor > 0n ? minor : 0n;
}
