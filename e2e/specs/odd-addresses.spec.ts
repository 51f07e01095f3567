import type { APIRequestContext } from "@playwright/test";
import { routes } from "@/e2e/fixtures/actions";
import { expect, test } from "@/e2e/fixtures/portal";
import { makeVictim, type Victim } from "@/e2e/fixtures/victim";

// Every page and handler that the build answers to, so that a new one is asked as well.
const asked = routes().filter(({ route }) => !/^\/(_global-error|api)/.test(route));

/** What no page of ours writes into an address, and anybody may. */
const odd: Record<string, string> = {
  "a zero byte": "\0",
  "a quote and a comment": "'); --",
  "a number too large": "9".repeat(40),
  "a number below nothing": "-1",
  "a day that is not": "2026-02-31",
  "the last day": "9999-12-31",
  "a long text": "é".repeat(2_000),
  "a key that is nobody's": "00000000-0000-4000-8000-000000000000",
};

/** All that pages read from an address. */
const queried = [
  ...["q", "cursor", "from", "to", "state", "status", "sort", "by", "view", "renews", "how", "topic"],
  ...[
    "min",
    "max",
    "currency",
    "invoice",
    "invoices",
    "service",
    "plan",
    "way",
    "terms",
    "amount",
    "language",
  ],
];

/** The route with its own things named, or with the odd value in the place of each. */
function addressesOf(route: string, victim: Victim, value: string): string[] {
  const real: Record<string, string> = {
    reference: victim.reference,
    number: victim.openInvoice.number,
    payment: victim.paymentId,
    service: victim.serviceId,
    id: victim.serviceId,
    notice: victim.noticeId,
    draft: "new",
    kind: "receipt",
  };
  const written = encodeURIComponent(value);
  const fill = (isReal: boolean) =>
    route.replace(/\[([^\]]+)\]/g, (_whole, name: string) => (isReal && real[name]) || written);
  const query = queried.map((name) => `${name}=${written}`).join("&");
  return [...new Set([fill(true), fill(false)])].map((path) => `${path}?${query}`);
}

async function expectNoFault(request: APIRequestContext, address: string, what: string): Promise<void> {
  const answer = await request.get(address, { maxRedirects: 0 });
  expect.soft(answer.status(), `${address.slice(0, 80)} with ${what}`).toBeLessThan(500);
  // A page that fails once it has begun is sent as found; the place where it stopped carries the fault's number.
  expect.soft(await answer.text(), `${address.slice(0, 80)} with ${what}`).not.toMatch(/data-dgst="\d/);
}

for (const who of ["a customer", "staff"] as const) {
  test(`no page or paper fails on what ${who} may write into its address`, async ({
    people,
    scene,
    requestOf,
  }) => {
    // Every route with every value: several hundred requests.
    test.setTimeout(240_000);
    const victim = await makeVictim(scene, people);
    const request = await requestOf(who === "staff" ? await people.staff("admin") : victim.member);
    for (const { route } of asked.filter((one) => one.route.startsWith("/admin") === (who === "staff"))) {
      for (const [what, value] of Object.entries(odd)) {
        const addresses = addressesOf(route, victim, value);
        await Promise.all(addresses.map((address) => expectNoFault(request, address, what)));
      }
    }
  });
}

test("an address that is not there keeps its visitor signed in, with their way between pages", {
  tag: "@phone",
}, async ({ people, pageOf }) => {
  const seen = [
    { who: await people.customer(), way: "Invoices" },
    { who: await people.staff("support"), way: "Customers" },
    { who: null, way: null },
  ];
  for (const { who, way } of seen) {
    const page = await pageOf(who);
    const answer = await page.goto("/nope");
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1, name: "There is nothing here" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Language and theme" })).toHaveCount(who ? 0 : 1);
    const ways = page.getByRole("navigation").filter({ visible: true });
    if (way) await expect(ways.getByRole("link", { name: way, includeHidden: true })).toHaveCount(1);
  }
});
