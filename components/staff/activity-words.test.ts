import { expect, it } from "vitest";
import { activityWords } from "./activity-words";

const speech = {
  locale: "en",
  day: (at: Date) => at.toISOString().slice(0, 10),
  setting: (name: string) => name,
  host: (key: string) => key,
  logo: (became: string) => `logo ${became}`,
  nothing: "nothing",
  hosts: "the host's",
};

it("a price that was set says plan, both prices and the day", () => {
  const detail = {
    plan: "pond-m",
    currency: "USD",
    priceMinor: "2990",
    beforeMinor: "1990",
    from: "2026-12-30T00:00:00.000Z",
  };
  expect(activityWords("plan_price_set", detail, speech)).toEqual({
    plan: "pond-m",
    price: "$29.90",
    before: "$19.90",
    day: "2026-12-30",
  });
});

it("a change of days names each that became another, and no other", () => {
  const detail = { plan: "Domain", from: "[7,4,14,3,null]", to: "[7,9,14,3,[-7,-1,0,3]]" };
  expect(activityWords("plan_days_changed", detail, speech).changes).toBe(
    "graceDays: 4 → 9; reminderDays: the host's → -7, -1, 0, 3",
  );
});

it("a country is named", () => {
  const detail = { country: "DE", from: "term_start", to: "invoice" };
  expect(activityWords("tax_point_changed", detail, speech)).toEqual({ ...detail, country: "Germany" });
});

it("changed settings of the host say which, from what and to what", () => {
  const detail = {
    host_address_from: "1 Pond Road\nLake",
    host_address_to: "2 Pond Road",
    bank_bic_from: "",
    bank_bic_to: "COBADEFF",
    host_logo: "removed",
  };
  expect(activityWords("host_changed", detail, speech).changes).toBe(
    "host_address: 1 Pond Road, Lake → 2 Pond Road; bank_bic: nothing → COBADEFF; logo removed",
  );
  expect(activityWords("host_changed", {}, speech).changes).toBe("");
});
