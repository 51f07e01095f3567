import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DueHeap } from "@/lib/sandbox/state/due-heap";
import { Store } from "@/lib/sandbox/state/store";
import { Table } from "@/lib/sandbox/state/table";
import { VirtualClock } from "@/lib/sandbox/state/virtual-clock";

describe("the heap of what is due", () => {
  test("gives back in order of time, and of two at once the first put in", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
        const heap = new DueHeap();
        for (const [at, dueMs] of times.entries()) heap.push({ dueMs, id: String(at) });
        const out: Array<[number, number]> = [];
        for (let due = heap.pop(); due; due = heap.pop()) out.push([due.dueMs, Number(due.id)]);
        const expected = times.map((dueMs, at) => [dueMs, at] as [number, number]);
        expected.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        expect(out).toEqual(expected);
      }),
    );
  });
});

describe("a table", () => {
  interface Item {
    id: string;
    owner: string | null;
  }
  const operation = fc.record({
    id: fc.constantFrom("a", "b", "c", "d", "e"),
    owner: fc.constantFrom("x", "y", null),
    deletes: fc.boolean(),
  });

  test("finds by id, by index and in both directions what a plain list finds", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const table = new Table<Item>(["owner"]);
        let model: Item[] = [];
        for (const [seq, { id, owner, deletes }] of operations.entries()) {
          const known = model.find((item) => item.id === id);
          if (deletes) {
            table.delete(id);
            model = model.filter((item) => item.id !== id);
            continue;
          }
          table.put({ id, owner }, table.seqOf(id) ?? seq + 1);
          if (known) known.owner = owner;
          else model.push({ id, owner });
        }
        expect([...table.oldestFirst()]).toEqual(model);
        expect([...table.newestFirst()]).toEqual(model.toReversed());
        for (const owner of ["x", "y"]) {
          const mine = model.filter((item) => item.owner === owner);
          expect([...table.newestFirst({ field: "owner", value: owner })]).toEqual(mine.toReversed());
        }
        for (const [at, { id }] of model.entries()) {
          expect([...table.newestFirst(undefined, table.seqOf(id))]).toEqual(model.slice(0, at).toReversed());
          expect([...table.newerThan(table.seqOf(id) ?? 0)]).toEqual(model.slice(at + 1));
        }
      }),
    );
  });
});

describe("the store", () => {
  const secret = (id: string, text: string) => ({ id, secrets: [text] });

  test("undoes a transaction that throws", () => {
    const store = new Store(null);
    store.transact(() => store.put("$endpoint_secret", secret("a", "old")));
    const failing = () =>
      store.transact(() => {
        store.put("$endpoint_secret", secret("a", "new"));
        store.put("$endpoint_secret", secret("b", "new"));
        store.delete("$endpoint_secret", "a");
        throw new Error("no");
      });
    expect(failing).toThrow("no");
    expect([...store.table("$endpoint_secret").oldestFirst()]).toEqual([secret("a", "old")]);
  });

  test("takes no change outside of a transaction", () => {
    const store = new Store(null);
    expect(() => store.put("$endpoint_secret", secret("a", "x"))).toThrow("outside of a transaction");
  });
});

describe("the virtual clock", () => {
  test("moves on by what it was advanced, and never back", () => {
    let now = 1_000_000;
    const clock = new VirtualClock({ now: () => new Date(now) });
    clock.advanceTo(1_500_000);
    expect(clock.nowMs()).toBe(1_500_000);
    now += 5_000;
    expect(clock.nowMs()).toBe(1_505_000);
    now -= 60_000;
    expect(clock.nowMs()).toBe(1_505_000);
    clock.advanceTo(1_000);
    expect(clock.nowMs()).toBe(1_505_000);
  });
});
