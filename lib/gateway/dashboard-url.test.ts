import { expect, it } from "vitest";
import { dashboardUrl } from "./dashboard-url";

const live = { isLive: true, isLocal: false };

it.each([
  ["pi_1", live, "https://dashboard.stripe.com/payments/pi_1"],
  ["cus_1", { ...live, isLive: false }, "https://dashboard.stripe.com/test/customers/cus_1"],
  ["du_1", { ...live, isLive: false }, "https://dashboard.stripe.com/test/disputes/du_1"],
  ["re_1", live, "https://dashboard.stripe.com/search?query=re_1"],
  ["constructor_1", live, "https://dashboard.stripe.com/search?query=constructor_1"],
  ["pi_1", { isLive: false, isLocal: true }, null],
])("%s of %j is shown at %s", (id, of, url) => {
  expect(dashboardUrl(id, of)).toBe(url);
});
