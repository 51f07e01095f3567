import { describe, expect, it } from "vitest";
import { contentPolicy, newNonce } from "./content-policy";

const nonce = "bm9uY2U=";

describe("the policy of a page's content", () => {
  it("lets no script in but those with the nonce of this answer, and nothing inline", () => {
    const policy = contentPolicy({ nonce, isSecure: true, isDevelopment: false });
    expect(policy).toContain("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic';");
    expect(policy).not.toContain("unsafe");
    for (const part of [
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy).toContain(part);
    }
  });

  it("asks for https where the portal is served by it, and not on a plain address", () => {
    expect(contentPolicy({ nonce, isSecure: true, isDevelopment: false })).toContain(
      "upgrade-insecure-requests",
    );
    expect(contentPolicy({ nonce, isSecure: false, isDevelopment: false })).not.toContain("upgrade");
  });

  it("has another nonce each time, that cannot be guessed and breaks out of nothing", () => {
    const nonces = Array.from({ length: 1000 }, newNonce);
    expect(new Set(nonces).size).toBe(1000);
    for (const one of nonces) expect(one).toMatch(/^[A-Za-z0-9+/]{22}==$/);
  });
});
