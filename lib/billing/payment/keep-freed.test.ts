import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DisputeId } from "@/lib/kernel/id";
import { type DisputedCharge, type DisputedPart, keepOf } from "./keep-freed";

const some = (max: bigint) => fc.bigInt({ min: 0n, max });
const sumOf = (parts: readonly { amountMinor: bigint }[]) =>
  parts.reduce((total, { amountMinor }) => total + amountMinor, 0n);
const least = (a: bigint, b: bigint) => (a < b ? a : b);
const atLeastNothing = (minor: bigint) => (minor > 0n ? minor : 0n);

/** A charge of which some is on invoices or refunded and some was lost; the host bears what of both overlaps. */
const charges = fc
  .record({
    standsMinor: some(1_000n),
    restMinor: some(1_000n),
    lostMinor: some(2_000n),
    openMinor: some(1_000n),
    heldMinor: some(1_000n),
  })
  .map(({ standsMinor, restMinor, lostMinor, openMinor, heldMinor }): DisputedCharge => {
    const amountMinor = standsMinor + restMinor + 1n;
    const outMinor = least(lostMinor, amountMinor);
    const byHostMinor = atLeastNothing(standsMinor + outMinor - amountMinor);
    const open = { outMinor: openMinor, byHostMinor: 0n, heldMinor: least(heldMinor, openMinor) };
    return {
      amountMinor,
      standsMinor,
      disputes: [
        { id: "lost" as DisputeId, state: "lost", outMinor, byHostMinor, heldMinor: 0n },
        { id: "open" as DisputeId, state: "open", ...open },
      ],
    };
  });

const freedOf = (charge: DisputedCharge) => some(charge.standsMinor);
const given = charges.chain((charge) => fc.record({ charge: fc.constant(charge), minor: freedOf(charge) }));

function partsOf(charge: DisputedCharge) {
  const [lost, open] = charge.disputes;
  if (!lost || !open) throw new Error("it has both");
  return { lost, open };
}

describe("what a disputed charge frees", () => {
  it("goes to the loss first, then it is held, and never more of it than came", () => {
    fc.assert(
      fc.property(given, ({ charge, minor }) => {
        const { lost, open } = partsOf(charge);
        const kept = keepOf(charge, { arrivedMinor: minor, standsLessMinor: minor });
        expect(sumOf(kept.losses)).toBe(least(minor, lost.byHostMinor));
        expect(sumOf(kept.holds)).toBe(least(minor - sumOf(kept.losses), open.outMinor - open.heldMinor));
        const stays = lost.byHostMinor - sumOf(kept.losses);
        expect(stays >= 0n && stays <= charge.standsMinor - minor).toBe(true);
      }),
    );
  });

  it("in two steps is what it is in one", () => {
    fc.assert(
      fc.property(given, some(1_000n), ({ charge, minor }, cut) => {
        const firstMinor = least(cut, minor);
        const first = keepOf(charge, { arrivedMinor: firstMinor, standsLessMinor: firstMinor });
        const { lost, open } = partsOf(charge);
        const between: DisputedCharge = {
          ...charge,
          standsMinor: charge.standsMinor - firstMinor,
          disputes: [
            { ...lost, byHostMinor: lost.byHostMinor - sumOf(first.losses) },
            { ...open, heldMinor: open.heldMinor + sumOf(first.holds) },
          ],
        };
        const rest = minor - firstMinor;
        const second = keepOf(between, { arrivedMinor: rest, standsLessMinor: rest });
        const whole = keepOf(charge, { arrivedMinor: minor, standsLessMinor: minor });
        expect(sumOf(first.losses) + sumOf(second.losses)).toBe(sumOf(whole.losses));
        expect(sumOf(first.holds) + sumOf(second.holds)).toBe(sumOf(whole.holds));
      }),
    );
  });

  it("leaves the host no more to bear where a refund fails that nobody had paid for", () => {
    fc.assert(
      fc.property(given, ({ charge, minor }) => {
        const { lost, open } = partsOf(charge);
        const kept = keepOf(charge, { arrivedMinor: 0n, standsLessMinor: minor });
        const stands = charge.standsMinor - minor;
        const stays = lost.byHostMinor - sumOf(kept.losses);
        expect(stays).toBe(atLeastNothing(stands + lost.outMinor - charge.amountMinor));
        expect(sumOf(kept.holds)).toBe(least(minor - sumOf(kept.losses), open.outMinor - open.heldMinor));
      }),
    );
  });

  it("holds what no loss took, also where the host bears less than it might", () => {
    fc.assert(
      fc.property(given, some(1_000n), fc.boolean(), ({ charge, minor }, lessMinor, isArrived) => {
        const { lost, open } = partsOf(charge);
        const byHostMinor = atLeastNothing(lost.byHostMinor - lessMinor);
        const disputes = [{ ...lost, byHostMinor }, open];
        const arrivedMinor = isArrived ? minor : 0n;
        const kept = keepOf({ ...charge, disputes }, { arrivedMinor, standsLessMinor: minor });
        expect(sumOf(kept.losses) <= least(minor, byHostMinor)).toBe(true);
        expect(sumOf(kept.holds)).toBe(least(minor - sumOf(kept.losses), open.outMinor - open.heldMinor));
      }),
    );
  });

  it("by a dispute that ends is not kept for the loss of another: the host bears that still", () => {
    fc.assert(
      fc.property(given, ({ charge, minor }) => {
        const { lost, open } = partsOf(charge);
        const decided = { id: "decided" as DisputeId, lostMinor: 0n, byHostMinor: 0n };
        const kept = keepOf(charge, { arrivedMinor: minor, standsLessMinor: 0n, decided });
        expect(kept.losses).toEqual([]);
        expect(sumOf(kept.holds)).toBe(least(minor, open.outMinor - open.heldMinor));
        expect(lost.byHostMinor).toBe(
          atLeastNothing(charge.standsMinor + lost.outMinor - charge.amountMinor),
        );
      }),
    );
  });

  it("of the dispute that is decided with it is judged as it stands after that", () => {
    fc.assert(
      fc.property(given, ({ charge, minor }) => {
        const { lost, open } = partsOf(charge);
        const decided = { id: lost.id, lostMinor: lost.outMinor, byHostMinor: lost.byHostMinor };
        const kept = keepOf(charge, { arrivedMinor: minor, standsLessMinor: 0n, decided });
        expect(kept.losses).toEqual([]);
        expect(sumOf(kept.holds)).toBe(least(minor, open.outMinor - open.heldMinor));
      }),
    );
  });

  it("of several disputes covers each as far as there is something to cover, and what arrived is spent once", () => {
    const several = fc.record({
      rooms: fc.array(fc.record({ isLost: fc.boolean(), roomMinor: some(300n) }), { maxLength: 6 }),
      freedMinor: some(900n),
      moreMinor: some(900n),
    });
    fc.assert(
      fc.property(several, ({ rooms, freedMinor, moreMinor }) => {
        const disputes = rooms.map(({ isLost, roomMinor }, at): DisputedPart => {
          const whole = { id: `${at}` as DisputeId, outMinor: roomMinor, byHostMinor: 0n, heldMinor: 0n };
          return isLost
            ? { ...whole, state: "lost", byHostMinor: roomMinor }
            : { ...whole, state: "open", outMinor: roomMinor + 50n, heldMinor: 50n };
        });
        const roomOf = (isLost: boolean) =>
          rooms
            .filter((room) => room.isLost === isLost)
            .reduce((total, { roomMinor }) => total + roomMinor, 0n);
        // All of the charge is on invoices: the host bears all that is lost of it.
        const amountMinor = roomOf(true) + moreMinor;
        const arrivedMinor = least(freedMinor, amountMinor);
        const charge = { amountMinor, standsMinor: amountMinor, disputes };
        const { losses, holds } = keepOf(charge, { arrivedMinor, standsLessMinor: arrivedMinor });
        expect(sumOf(losses)).toBe(least(arrivedMinor, roomOf(true)));
        expect(sumOf(holds)).toBe(least(arrivedMinor - sumOf(losses), roomOf(false)));
        for (const { disputeId, amountMinor } of [...losses, ...holds]) {
          expect(amountMinor > 0n && amountMinor <= (rooms[Number(disputeId)]?.roomMinor ?? 0n)).toBe(true);
        }
      }),
    );
  });
});
