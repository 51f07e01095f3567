import { cast } from "@/e2e/fixtures/looks/look";
import { expect, test } from "@/e2e/fixtures/portal";

/** What a first visit may cost in script, over the wire (quality.md: 170 kB). */
const scriptBytesMost = 170_000;

for (const path of ["/", "/invoices", "/sign-in"]) {
  test(`the first load of ${path} takes little script over the wire`, async ({ pageOf }) => {
    const shown = await pageOf(path === "/sign-in" ? null : cast("marigold"));
    await shown.goto(path, { waitUntil: "load" });
    await expect(shown.getByRole("heading", { level: 1 })).toBeVisible();
    const scripts = await shown.evaluate(() =>
      (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
        .filter(({ name }) => /\.js(\?|$)/.test(name))
        .map(({ name, transferSize, encodedBodySize }) => ({
          name,
          bytes: Math.max(transferSize, encodedBodySize),
        })),
    );
    const bytes = scripts.reduce((sum, script) => sum + script.bytes, 0);
    expect(scripts.length).toBeGreaterThan(0);
    test
      .info()
      .annotations.push({ type: "script", description: `${bytes} bytes in ${scripts.length} files` });
    expect(bytes, JSON.stringify(scripts, null, 1)).toBeLessThanOrEqual(scriptBytesMost);
  });
}

test("a page asks for nothing that nobody has opened", async ({ pageOf }) => {
  const page = await pageOf(cast("marigold"));
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  // Until nothing more is asked for.
  await page.goto("/invoices", { waitUntil: "networkidle" });
  await expect(page.getByRole("table", { name: "Your invoices" }).getByRole("link").first()).toBeVisible();
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((url) => url.includes("_rsc="))).toEqual([]);
});
