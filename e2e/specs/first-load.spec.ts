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
