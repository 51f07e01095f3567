import { expect, expectTypeOf, test } from "vitest";
import { AssertionFailure, assert, unreachable } from "@/lib/kernel/assert";
import type { Result } from "@/lib/kernel/result";
import { ok, refuse } from "@/lib/kernel/result";

type PayRefusal =
  | { readonly code: "invoice_not_open" }
  | { readonly code: "balance_too_low"; readonly shortBy: bigint };

function pay(shortBy: bigint): Result<string, PayRefusal> {
  return shortBy > 0n ? refuse({ code: "balance_too_low", shortBy }) : ok("paid");
}

function words(refusal: PayRefusal): string {
  switch (refusal.code) {
    case "invoice_not_open":
      return "not open";
    case "balance_too_low":
      return `short by ${refusal.shortBy}`;
    default:
      return unreachable(refusal);
  }
}

test("a refusal is a value that carries its reason, and a switch over its codes is exhaustive", () => {
  const paid = pay(0n);
  const refused = pay(5n);
  expect(paid).toEqual({ ok: true, value: "paid" });
  expect(refused.ok ? "" : words(refused.refusal)).toBe("short by 5");
  expectTypeOf(refuse({ code: "gone" }).refusal.code).toEqualTypeOf<"gone">();
  expect(ok()).toEqual({ ok: true, value: undefined });
});

test("a bug throws", () => {
  expect(() => assert(false, "the balance is never negative")).toThrow(AssertionFailure);
  expect(() => assert(0, "the balance is never negative")).toThrow("the balance is never negative");
  expect(() => words({ code: "else" } as unknown as PayRefusal)).toThrow(AssertionFailure);
  assert(true, "nothing happens");
});
