import fc from "fast-check";
import { expect, it } from "vitest";
import { contentHash } from "./content-hash";

const someContent = fc.record({
  kind: fc.constantFrom("invoices" as const, "top_up" as const),
  invoiceIds: fc.uniqueArray(fc.uuid(), { maxLength: 5 }),
  balanceMinor: fc.bigInt({ min: 0n, max: 30n }),
  cardMinor: fc.bigInt({ min: 0n, max: 30n }),
  excessMinor: fc.bigInt({ min: 0n, max: 30n }),
});

it("two requests are the same payment whatever the order in which the invoices were chosen", () => {
  fc.assert(
    fc.property(someContent, fc.nat({ max: 4 }), (content, by) => {
      const { invoiceIds } = content;
      const shuffled = [...invoiceIds.slice(by), ...invoiceIds.slice(0, by)];
      expect(contentHash({ ...content, invoiceIds: shuffled })).toBe(contentHash(content));
    }),
  );
});

it("two requests that differ in anything else are two", () => {
  fc.assert(
    fc.property(someContent, someContent, (one, other) => {
      const plain = ({ invoiceIds, ...rest }: typeof one) =>
        [...Object.values(rest).map(String), ...[...invoiceIds].sort()].join("|");
      expect(contentHash(one) === contentHash(other)).toBe(plain(one) === plain(other));
    }),
  );
});
