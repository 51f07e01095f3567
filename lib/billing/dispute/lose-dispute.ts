import { assert } from "@/lib/kernel/assert";
import { least, sumOf } from "@/lib/kernel/money";
import type { DisputeHold, OpenHold } from "@/lib/ledger/book";
import type { Decision } from "../decision";
import { type ChargeRecord, topUpLeftMinor } from "../payment/charge-left";
import { customerPartMinor } from "./dispute-parts";
import type { DisputeRecord, DisputeScene } from "./dispute-scene";

/** What its charge's other disputes have a right to is kept of it. */
export function release(
  decision: Decision,
  { dispute, charge }: DisputeScene,
  { arrivedMinor, ...after }: { arrivedMinor: bigint; lostMinor: bigint; byHostMinor: bigint },
): void {
  const decided = { id: dispute.id, ...after };
  decision.free(charge.id, { arrivedMinor, standsLessMinor: 0n, decided });
}

/** Of so much that is lost of it, what the host bears. */
export function sharesOf(
  charge: ChargeRecord,
  lostMinor: bigint,
): { lostMinor: bigint; byHostMinor: bigint } {
  return { lostMinor, byHostMinor: lostMinor - customerPartMinor(charge, lostMinor) };
}

export function lose(decision: Decision, scene: DisputeScene, outMinor: bigint): void {
  const { dispute, charge, holds } = scene;
  const book = decision.book(dispute.currency);
  const entry = { credit: "disputed" as const, disputeId: dispute.id, reason: "dispute_lost" as const };
  const customerMinor = customerPartMinor(charge, outMinor);
  let fromHoldMinor = 0n;
  for (const hold of holds) {
    const part = least(customerMinor - fromHoldMinor, hold.amountMinor);
    if (part > 0n) book.postHold(hold, part);
    else book.voidHold(hold);
    fromHoldMinor += part;
  }
  release(decision, scene, {
    arrivedMinor: amountOf(holds) - fromHoldMinor,
    ...sharesOf(charge, outMinor),
  });
  const fromAvailableMinor = payFromAvailable(decision, scene, {
    outMinor,
    wantedMinor: customerMinor - fromHoldMinor,
  });
  const debtMinor = customerMinor - fromHoldMinor - fromAvailableMinor;
  if (debtMinor > 0n) book.transfer({ ...entry, debit: "customer_debt", amountMinor: debtMinor });
  const lossMinor = outMinor - customerMinor;
  if (lossMinor > 0n) book.transfer({ ...entry, debit: "dispute_loss", amountMinor: lossMinor });
  decision.record({
    subject: "payment",
    subjectId: charge.paymentId,
    verb: "dispute_lost",
    detail: {
      ...detailOf(dispute, outMinor),
      debtMinor: debtMinor.toString(),
      lossMinor: lossMinor.toString(),
    },
  });
  decision.tell("dispute.lost", { disputeId: dispute.id });
}

/**
 * What no hold of its own covers is paid from what is available, where nothing was withdrawn before, and from what is held
 * for the charge's other disputes: all of them together leave the customer no more to bear than what counts as a top-up.
 * They hold again what there is of what is left of that. Returns what was paid.
 */
function payFromAvailable(
  decision: Decision,
  { dispute, charge, siblingHolds }: DisputeScene,
  { outMinor, wantedMinor }: { outMinor: bigint; wantedMinor: bigint },
): bigint {
  if (wantedMinor <= 0n) return 0n;
  const book = decision.book(dispute.currency);
  const unheldMinor = dispute.withdrawnAt === null ? book.availableMinor : 0n;
  for (const hold of siblingHolds) book.voidHold(hold);
  const paidMinor = least(wantedMinor, unheldMinor + amountOf(siblingHolds));
  if (paidMinor > 0n) {
    const ways = { debit: "customer_balance", credit: "disputed", reason: "dispute_lost" } as const;
    book.transfer({ ...ways, disputeId: dispute.id, amountMinor: paidMinor });
  }
  let leftMinor = topUpLeftMinor(charge, charge.lostMinor + outMinor);
  for (const { disputeId, amountMinor: heldMinor } of siblingHolds) {
    const amountMinor = least(least(heldMinor, leftMinor), book.availableMinor);
    if (amountMinor > 0n) book.hold({ disputeId, amountMinor });
    leftMinor -= amountMinor > 0n ? amountMinor : 0n;
  }
  return paidMinor;
}

/**
 * The host has again what they still bore of it; the rest is money arriving on the balance: it pays first what the host bears
 * of the same charge, then the debt, before any invoice, as always.
 */
export function regain(decision: Decision, scene: DisputeScene, minor: bigint): void {
  const { dispute, lost, outMinor } = scene;
  assert(lost.customerMinor + lost.hostMinor === outMinor, "what was lost was borne in full");
  const book = decision.book(dispute.currency);
  const entry = { debit: "disputed" as const, disputeId: dispute.id, reason: "dispute_reinstated" as const };
  const hostMinor = least(lost.hostMinor, minor);
  const customerMinor = minor - hostMinor;
  if (customerMinor > 0n) book.transfer({ ...entry, credit: "customer_balance", amountMinor: customerMinor });
  if (hostMinor > 0n) book.transfer({ ...entry, credit: "dispute_loss", amountMinor: hostMinor });
  release(decision, scene, {
    arrivedMinor: customerMinor,
    lostMinor: outMinor - minor,
    byHostMinor: lost.hostMinor - hostMinor,
  });
}

export function detailOf({ id, currency }: DisputeRecord, minor: bigint) {
  return { disputeId: id, amountMinor: minor.toString(), currency };
}

export function amountOf(holds: readonly OpenHold<DisputeHold>[]): bigint {
  return sumOf(holds, ({ amountMinor }) => amountMinor);
}
