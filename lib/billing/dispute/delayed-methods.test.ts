import { expect, it } from "vitest";
import { isReturnedDebit } from "./delayed-methods";

it.each([
  ["card", false],
  ["link", false],
  ["paypal", false],
  [null, false],
  ["sepa_debit", true],
  ["us_bank_account", true],
  ["bacs_debit", true],
  ["boleto", true],
  ["a_method_of_next_year", true],
])("a dispute of %s is a debit that came back: %s", (method, is) => {
  expect(isReturnedDebit(method)).toBe(is);
});
