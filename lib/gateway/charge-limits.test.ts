import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Currency, currencies } from "@/lib/kernel/money";
import { leastCharge } from "@/lib/sandbox/objects/amounts";
import { inEachCurrency, settlesInOf } from "@/lib/sandbox/objects/settlement";
import { ChargeLimitBook } from "./charge-limits";

const everyCurrency = Object.keys(currencies) as Currency[];

describe("what Stripe can charge follows the currency that it settles in", () => {
  it.each(["usd", "eur", "jpy", "gbp", "myr", "usd,eur", "chf,jpy,usd"])("%s", (accounts) => {
    const settlesIn = settlesInOf(accounts);
    const book = new ChargeLimitBook();
    book.settleIn(settlesIn);
    for (const currency of everyCurrency) {
      const least = leastCharge(settlesIn, currency.toLowerCase());
      const { minimumMinor, stepMinor } = book.of(currency);
      expect(Number(minimumMinor), currency).toBeGreaterThanOrEqual(least.minimumMinor);
      // With the margin, not far above: nobody is to be charged twice what Stripe asks.
      expect(Number(minimumMinor), currency).toBeLessThan(least.minimumMinor * 1.6 + 10);
      expect(Number(stepMinor) % least.stepMinor).toBe(0);
    }
  });

  it("is that of each currency itself while nobody has said what the account settles in", () => {
    const book = new ChargeLimitBook();
    expect(book.of("JPY")).toEqual({ minimumMinor: 50n, stepMinor: 1n, maximumMinor: 99_999_999n });
    for (const currency of everyCurrency) {
      const least = leastCharge(inEachCurrency, currency.toLowerCase());
      expect(Number(book.of(currency).minimumMinor), currency).toBeGreaterThanOrEqual(least.minimumMinor);
    }
  });

  it("is at most eight digits", () => {
    expect(new ChargeLimitBook().of("KWD").maximumMinor).toBe(99_999_990n);
  });
});

describe("what Stripe refuses for its size is learned", () => {
  it("so that no amount up to the refused one is sent again, and each answer stands", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...everyCurrency),
        fc.array(fc.bigInt({ min: 1n, max: 400n }), { minLength: 1, maxLength: 5 }),
        (currency, refusals) => {
          const book = new ChargeLimitBook();
          const before = book.of(currency).minimumMinor;
          for (const minor of refusals) book.refused(currency, minor, "amount_too_small");
          const after = book.of(currency);
          const most = refusals.reduce((a, b) => (a > b ? a : b));
          expect(after.minimumMinor).toBeGreaterThan(most < before * 10n ? most : before);
          expect(after.minimumMinor % after.stepMinor).toBe(0n);
        },
      ),
    );
  });

  it("is the same in every process that hears of it, in whatever order", () => {
    const refusal = fc.record({
      minor: fc.bigInt({ min: 1n, max: 99_999_999n }),
      code: fc.constantFrom("amount_too_small", "amount_too_large"),
    });
    fc.assert(
      fc.property(fc.array(refusal), fc.array(refusal), (first, second) => {
        const [one, other, late] = [new ChargeLimitBook(), new ChargeLimitBook(), new ChargeLimitBook()];
        for (const { minor, code } of first) one.refused("USD", minor, code);
        for (const { minor, code } of second) other.refused("USD", minor, code);
        const [ofOne, ofOther] = [one.learned(), other.learned()];
        one.learn(ofOther);
        other.learn(ofOne);
        late.learn([...ofOther, ...ofOne]);
        expect(other.of("USD")).toEqual(one.of("USD"));
        expect(late.of("USD")).toEqual(one.of("USD"));
      }),
    );
  });

  it("in both directions, and never so that nothing could be charged", () => {
    const book = new ChargeLimitBook();
    book.refused("USD", 50_000_000n, "amount_too_large");
    expect(book.of("USD")).toMatchObject({ minimumMinor: 50n, maximumMinor: 45_000_000n });
    book.refused("USD", 50n, "amount_too_large");
    expect(book.of("USD").maximumMinor).toBe(45_000_000n);
    book.refused("USD", 99_999_999n, "amount_too_small");
    expect(book.of("USD").minimumMinor).toBe(1_000n);
    book.refused("USD", 1n, "card_declined");
    expect(book.of("EUR")).toMatchObject({ minimumMinor: 50n });
  });
});
