import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { manualClock } from "@/lib/kernel/clock";
import type { World } from "../world";
import { searchFor } from "./reached";

const sentAt = new Date("2026-03-10T09:00:00Z");
const hour = 3_600_000;

function searchAfter(ms: number, expiresAt: Date | null) {
  const world = { clock: manualClock(new Date(sentAt.getTime() + ms)) } as unknown as World;
  return searchFor(world, { firstSentAt: sentAt, createdAt: sentAt, expiresAt });
}

describe("what Stripe may have of a call that nobody heard the answer of", () => {
  it("is sent again under its key for 23 hours, left alone, and looked up after 24", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 * hour }), (ms) => {
        const expected = ms < 23 * hour ? "resend" : ms < 24 * hour ? "wait" : "look_up";
        expect(searchAfter(ms, null)).toBe(expected);
      }),
    );
  });

  it("is never sent again once what it would make is over, and looked up a minute later at most", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 * hour }),
        fc.integer({ min: 1, max: 48 * hour }),
        (ms, lifeMs) => {
          const expiresAt = new Date(sentAt.getTime() + lifeMs);
          const isOver = ms >= lifeMs + 60_000;
          expect(searchAfter(ms, expiresAt)).toBe(isOver ? "look_up" : searchAfter(ms, null));
        },
      ),
    );
  });
});
