import { describe, expect, it } from "vitest";
import { checkedAddress, isLocalPortal, isReachable } from "./endpoint-address";

const codeOf = (text: string, isLocal = false) => {
  const checked = checkedAddress(text, isLocal);
  return checked.ok ? null : checked.refusal.code;
};

describe("an address for events", () => {
  it.each(["https://panel.example.com/hooks", "https://panel.example.com:8443/a?b=c", "https://8.8.8.8/x"])(
    "may be %s",
    (text) => expect(codeOf(text)).toBeNull(),
  );

  it.each([
    ["http://panel.example.com/hooks", "webhook_url_not_https"],
    ["ftp://panel.example.com/hooks", "webhook_url_not_https"],
    ["panel.example.com", "webhook_url_malformed"],
    ["https://user:secret@panel.example.com/", "webhook_url_malformed"],
    ["https://panel.example.com/#part", "webhook_url_malformed"],
    [`https://panel.example.com/${"x".repeat(2000)}`, "webhook_url_malformed"],
    ["https://localhost/hooks", "webhook_url_private"],
    ["https://panel/hooks", "webhook_url_private"],
    ["https://panel.internal/hooks", "webhook_url_private"],
    ["https://127.0.0.1/", "webhook_url_private"],
    ["https://0x7f.1/", "webhook_url_private"],
    ["https://2130706433/", "webhook_url_private"],
    ["https://10.1.2.3/", "webhook_url_private"],
    ["https://172.31.0.1/", "webhook_url_private"],
    ["https://192.168.1.1/", "webhook_url_private"],
    ["https://169.254.169.254/latest/meta-data", "webhook_url_private"],
    ["https://100.100.0.1/", "webhook_url_private"],
    ["https://[::1]/", "webhook_url_private"],
    ["https://[::ffff:10.0.0.1]/", "webhook_url_private"],
    ["https://[fd00::1]/", "webhook_url_private"],
    ["https://[fe80::1]/", "webhook_url_private"],
  ])("is not %s: %s", (text, code) => expect(codeOf(text)).toBe(code));

  it("may be this machine's where the portal itself is, and still no other private one", () => {
    expect(codeOf("http://127.0.0.1:4000/hooks", true)).toBeNull();
    expect(codeOf("http://localhost:4000/hooks", true)).toBeNull();
    expect(codeOf("http://10.0.0.1/hooks", true)).toBe("webhook_url_not_https");
    expect(codeOf("https://10.0.0.1/hooks", true)).toBe("webhook_url_private");
    expect([isLocalPortal("http://127.0.0.1:3000"), isLocalPortal("https://billing.example.com")]).toEqual([
      true,
      false,
    ]);
  });

  it("is judged again by what its name resolves to", () => {
    expect(["1.1.1.1", "2606:4700::1111"].map((one) => isReachable(one, false))).toEqual([true, true]);
    expect(
      ["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1", "fd00::1"].map((one) => isReachable(one, false)),
    ).toEqual(Array(5).fill(false));
    expect(isReachable("127.0.0.1", true)).toBe(true);
  });
});
