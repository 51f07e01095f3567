import fc from "fast-check";
import { expect, it } from "vitest";
import { mayLeaveMinor } from "./may-leave";

it("of a balance leaves at most what is available and was never goodwill", () => {
  const some = fc.bigInt({ min: -500n, max: 1_000n });
  fc.assert(
    fc.property(some, some, (availableMinor, goodwillMinor) => {
      const leaves = mayLeaveMinor({ availableMinor, goodwillMinor });
      expect(leaves >= 0n).toBe(true);
      if (leaves === 0n) return;
      expect(leaves <= availableMinor).toBe(true);
      if (goodwillMinor >= 0n) expect(leaves + goodwillMinor).toBe(availableMinor);
    }),
  );
});
