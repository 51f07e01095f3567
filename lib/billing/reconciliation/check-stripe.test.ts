import { expect, it } from "vitest";
import { differencesOf, sentenceOf } from "./check-stripe";

const url = "https://portal.example/api/stripe/webhook";
const wanted = { apiVersion: "2026-10-28.endive", events: ["refund.created", "customer.deleted"] };
const right = { apiVersion: wanted.apiVersion, events: ["*"], isEnabled: true };

it.each<[string, Parameters<typeof differencesOf>[0]["endpoint"], string[]]>([
  ["everything is as it should be", right, []],
  ["the types are named one by one", { ...right, events: [...wanted.events, "invoice.paid"] }, []],
  ["the key may not read endpoints", null, []],
  ["there is no endpoint", "missing", ["endpoint_missing"]],
  ["it is disabled", { ...right, isEnabled: false }, ["endpoint_disabled"]],
  ["it has the account's version", { ...right, apiVersion: null }, ["endpoint_version"]],
  ["it has another version", { ...right, apiVersion: "2024-04-10" }, ["endpoint_version"]],
  ["it lacks a type", { ...right, events: ["refund.created"] }, ["endpoint_events"]],
])("what differs where %s", (_, endpoint, codes) => {
  expect(differencesOf({ endpoint }, url, wanted).map(({ code }) => code)).toEqual(codes);
});

it("one sentence says it, and nothing is said of a network that fails", () => {
  const setup = { account: { id: "acct_1", settlesIn: "EUR" }, endpoint: null, pageMethods: [] };
  const differences = differencesOf({ endpoint: { ...right, events: ["refund.created"] } }, url, wanted);
  expect(sentenceOf({ failure: null, setup, differences })).toBe(
    "Stripe account acct_1, which settles in EUR, differs: its webhook endpoint does not send customer.deleted.",
  );
  expect(sentenceOf({ failure: null, setup, differences: [] })).toBeNull();
  expect(sentenceOf({ failure: "ECONNREFUSED", setup: null, differences: [] })).toBeNull();
  expect(sentenceOf({ failure: "key_refused", setup: null, differences: [] })).toContain("STRIPE_SECRET_KEY");
});
