import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeCursor, encodeCursor, isCursorInstant } from "@/lib/kernel/page";

test("a cursor gives back its parts, whatever text they are", () => {
  const text = fc.string({ unit: "binary", maxLength: 40 });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (parts) => {
      const cursor = encodeCursor(parts);
      expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(decodeCursor(cursor)).toEqual(parts);
    }),
  );
});

test("an instant with its microseconds survives, as text", () => {
  const parts = ["2026-11-23 08:00:00.123456+00", "01a2075d-a00a-7091-b098-bc66907fa27c"];
  expect(decodeCursor(encodeCursor(parts))).toEqual(parts);
});

test("anything else is no cursor, and nothing makes it throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (text) => {
      const parts = decodeCursor(text);
      if (parts !== null) expect(encodeCursor(parts)).toBe(text);
    }),
  );
  const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const hostile = [
    "",
    "%%%",
    packed({}),
    packed("a"),
    packed([1]),
    packed([["a"]]),
    packed(null),
    "A".repeat(5000),
  ];
  for (const text of [...hostile, `${encodeCursor(["a"])}=`, ` ${encodeCursor(["a"])}`]) {
    expect(decodeCursor(text)).toBeNull();
  }
});

test("a cursor spelled in another way is not ours", () => {
  expect(decodeCursor(Buffer.from('[ "a" ]').toString("base64url"))).toBeNull();
});

test("an instant in a cursor is one that the database can read", () => {
  expect(isCursorInstant("2026-11-23 08:00:00.123456+00")).toBe(true);
  expect(isCursorInstant("2028-02-29 23:59:59+00")).toBe(true);
  const hostile = [
    "9999-99-99 99:99:99+00",
    "2027-02-29 00:00:00+00",
    "2026-11-23 24:00:00+00",
    "2026-11-23",
    "",
  ];
  expect(hostile.filter(isCursorInstant)).toEqual([]);
});
