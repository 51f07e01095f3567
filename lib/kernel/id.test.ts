import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { manualClock } from "@/lib/kernel/clock";
import type { InvoiceId, RandomFill } from "@/lib/kernel/id";
import { fillIdsOf, isUuid, newId, parseId, uuidv7 } from "@/lib/kernel/id";

const millisOf = (id: string) => Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
const ascending = (ids: readonly string[]) =>
  ids.every((id, index) => index === 0 || (ids[index - 1] ?? "") < id);

const seeded = (): RandomFill => {
  let state = 42;
  return (bytes) => {
    for (let index = 0; index < bytes.length; index++) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      bytes[index] = state >> 16;
    }
  };
};

describe("a new id", () => {
  test("is a UUID of version 7 and the RFC's variant", () => {
    const id = uuidv7();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(id)).toBe(true);
  });

  test("begins with its clock's millisecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (ms) => {
        // A Date ends at 8.64e15, beyond 2^48: every value is one.
        expect(millisOf(uuidv7(manualClock(new Date(ms))))).toBe(ms);
      }),
    );
  });

  test("comes after all earlier ones of its clock, however the clock moves", () => {
    const moves = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: -1000, max: 1000 })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(moves, (steps) => {
        const clock = manualClock(new Date("2026-11-23T08:00:00Z"));
        const ids = steps.map((step) => {
          clock.advance(step);
          return uuidv7(clock);
        });
        expect(ascending(ids)).toBe(true);
      }),
    );
  });

  test("ten thousand in one millisecond rise, and differ", () => {
    const clock = manualClock(new Date("2026-11-23T08:00:00Z"));
    const ids = Array.from({ length: 10_000 }, () => uuidv7(clock));
    expect(ascending(ids)).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
    // The counter borrows at most a millisecond for each 2,048 ids.
    expect(millisOf(ids.at(-1) ?? "") - clock.now().getTime()).toBeLessThanOrEqual(5);
  });

  test("two processes at the same instant do not meet", () => {
    const at = new Date("2026-11-23T08:00:00Z");
    const ids = Array.from({ length: 10_000 }, () => uuidv7(manualClock(at)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("is the same again from the same clock and the same randomness", () => {
    const world = () => {
      const clock = manualClock(new Date("2026-11-23T08:00:00Z"));
      const fill = seeded();
      return Array.from({ length: 20 }, () => newId<InvoiceId>(clock, fill));
    };
    expect(world()).toEqual(world());
  });

  test("of a clock that was given its randomness is the same in two equal worlds, whoever asks for it", () => {
    const world = () => {
      const clock = manualClock(new Date("2026-03-01T00:00:00Z"));
      fillIdsOf(clock, seeded());
      return Array.from({ length: 20 }, () => newId<InvoiceId>(clock));
    };
    expect(world()).toEqual(world());
  });

  test("a clock beyond what fits is a bug", () => {
    expect(() => uuidv7(manualClock(new Date(-1)))).toThrow("clock");
    expect(() => uuidv7(manualClock(new Date(2 ** 48)))).toThrow("clock");
  });
});

describe("an id from outside", () => {
  test("is taken in the canonical spelling only", () => {
    const id = "01a2075d-a00a-7091-b098-bc66907fa27c";
    expect(parseId<InvoiceId>(id)).toBe(id);
    for (const text of [
      "",
      id.toUpperCase(),
      `{${id}}`,
      `${id}\n`,
      ` ${id}`,
      id.replaceAll("-", ""),
      `${id}0`,
      "1",
    ]) {
      expect(parseId<InvoiceId>(text)).toBeNull();
    }
  });
});
