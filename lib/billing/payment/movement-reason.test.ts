import { expect, it } from "vitest";
import { movementReason } from "./movement-reason";

it("a top-up by bank is a bank transfer, one by card stays a top-up, and all else keeps the ledger's word", () => {
  const said = (reason: string, debit: string) => movementReason({ reason, debit });
  expect(said("top_up", "bank")).toBe("bank_transfer");
  expect(said("top_up", "gateway_clearing")).toBe("top_up");
  expect(said("excess", "bank")).toBe("excess");
});
