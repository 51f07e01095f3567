import fc from "fast-check";
import { expect, it } from "vitest";
import { mayLeaveMinor } from "./may-leave";

it("of a balance leaves all that is available and was never goodwill, and no more", () => {
  const some = fc.bigInt({ min: -500n, max: 1_000n });
  fc.assert(
    fc.property(some, some, (availableMinor, goodwillMinor) => {
      const leaves = mayLeaveMinor({ availableMinor, goodwillMinor });
      const staysMinor = goodwillMinor > 0n ? goodwillMinor : 0n;
      if (availableMinor > staysMinor) expect(leaves + staysMinor).toBe(availableMinor);
      else expect(leaves).toBe(0n);
    }),
  );
});
