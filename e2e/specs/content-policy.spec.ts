import { routes } from "@/e2e/fixtures/actions";
import { cast } from "@/e2e/fixtures/looks/look";
import { watchPolicy } from "@/e2e/fixtures/policy-watch";
import { expect, test } from "@/e2e/fixtures/portal";
import { portalFacts } from "@/e2e/fixtures/portal-facts";

// That no page breaks its policy is asked at the end of every browser test (fixtures/portal.ts).

const addresses = routes()
  .filter(({ file, route }) => file.endsWith("/page") && route !== "/_global-error")
  .map(({ route }) => route.replace(/\[[^\]]+\]/g, "none"));

/** The nonce that an answer's policy names. */
function nonceIn(policy: string | undefined): string {
  return /'nonce-([A-Za-z0-9+/=]+)'/.exec(policy ?? "")?.[1] ?? "";
}

test("every page has a policy with a nonce of its own, and no script without it", async ({ requestOf }) => {
  const request = await requestOf(cast("marigold"));
  const seen = new Set<string>();
  for (const path of addresses) {
    const answer = await request.get(path, { maxRedirects: 0 });
    const policy = answer.headers()["content-security-policy"];
    expect(policy, path).toContain("'strict-dynamic'");
    expect(policy, path).not.toContain("unsafe");
    const nonce = nonceIn(policy);
    expect(seen.has(nonce), path).toBe(false);
    seen.add(nonce);
    const html = await answer.text();
    for (const [script] of html.matchAll(/<script\b[^>]*>/g))
      expect(script, path).toContain(`nonce="${nonce}"`);
    expect(html, path).not.toMatch(/<[^>]+\son[a-z]+=/);
    // Without https there is nothing that a browser may insist on.
    expect(answer.headers()["strict-transport-security"], path).toBeUndefined();
  }
});

test("a page that says that nothing is there has one too, whatever its address ends with", async ({
  requestOf,
}) => {
  const request = await requestOf(cast("marigold"));
  const odd = [
    "/pay/pdf",
    "/pay/csv",
    "/nope/receipt",
    "/admin/customers/x/export",
    "/services/html",
    "/api",
    "/api/nope",
  ];
  const undecodable = [
    "/pay/%FF",
    "/%FF",
    "/invoices/%E4%BD",
    "/admin/customers/%C0%AF/pdf",
    "/api/%FF",
    "/return/%FE",
  ];
  for (const path of [...odd, ...undecodable, "/api/auth", "/_next/nope", "/_next/static/nope"]) {
    const answer = await request.get(`${portalFacts().address}${path}`, { maxRedirects: 0 });
    expect(answer.status(), path).toBeLessThan(500);
    const type = answer.headers()["content-type"] ?? "";
    if (!type.startsWith("text/html")) continue;
    expect(nonceIn(answer.headers()["content-security-policy"]), path).not.toBe("");
  }
  // It is answered like a token that nobody has.
  const [undecoded, unknown] = [await request.get("/pay/%FF"), await request.get("/pay/none")];
  expect(undecoded.status()).toBe(unknown.status());
  expect((await request.get("/%FF")).status()).toBe(404);
});

test("a file has no policy, and is not sniffed for another kind of content", async ({ requestOf }) => {
  const request = await requestOf(cast("marigold"));
  for (const path of ["/invoices/csv", "/settings/export"]) {
    const headers = (await request.get(path)).headers();
    expect(headers["content-security-policy"], path).toBeUndefined();
    expect(headers["x-content-type-options"], path).toBe("nosniff");
  }
});

test("the nonce is not the one that a request names", async ({ request }) => {
  const wished = "content-security-policy";
  const answer = await request.get("/sign-in", {
    headers: { [wished]: "script-src 'nonce-AAAAAAAAAAAAAAAAAAAAAA=='" },
  });
  expect(nonceIn(answer.headers()[wished])).not.toBe("AAAAAAAAAAAAAAAAAAAAAA==");
  expect(await answer.text()).not.toContain('nonce="AAAAAAAAAAAAAAAAAAAAAA=="');
});

test("what is put into a page from elsewhere does not run, and is told", async ({ browser }) => {
  const context = await browser.newContext({ baseURL: portalFacts().address });
  const violations: string[] = [];
  await watchPolicy(context, violations);
  const page = await context.newPage();
  await page.goto("/sign-in");
  await page.evaluate(() => {
    const holder = document.createElement("div");
    holder.innerHTML = `<img src="nowhere" onerror="document.title = 'ran'"><a href="javascript:void 0">x</a>`;
    document.body.append(holder);
  });
  await expect.poll(() => violations.join("\n")).toContain("script-src-attr");
  expect(await page.title()).not.toBe("ran");
  await context.close();
});
