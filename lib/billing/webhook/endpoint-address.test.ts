import { describe, expect, it } from "vitest";
import { checkedAddress, isPanel, isReachable } from "./endpoint-address";

const panelOrigin = "http://127.0.0.1:8027";

const codeOf = (text: string, panel: string | null = null) => {
  const checked = checkedAddress(text, panel);
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
  ])("is not %s: %s, in the demo neither", (text, code) =>
    expect([codeOf(text), codeOf(text, panelOrigin)]).toEqual([code, code]),
  );

  it.each([`${panelOrigin}/events`, `${panelOrigin}/other?a=b`])(
    "may be the demo's own panel, %s, in the demo alone",
    (text) => {
      expect(codeOf(text, panelOrigin)).toBeNull();
      expect(codeOf(text)).toBe("webhook_url_not_https");
      expect([isPanel(new URL(text), panelOrigin), isPanel(new URL(text), null)]).toEqual([true, false]);
    },
  );

  it.each([
    ["http://127.0.0.1:8028/events", "webhook_url_not_https"],
    ["https://127.0.0.1:8027/events", "webhook_url_private"],
    ["http://localhost:8027/events", "webhook_url_not_https"],
    ["http://127.0.0.2:8027/events", "webhook_url_not_https"],
    ["http://[::1]:8027/events", "webhook_url_not_https"],
    ["http://ada@127.0.0.1:8027/events", "webhook_url_malformed"],
    ["http://127.0.0.1:8027@10.0.0.1/events", "webhook_url_malformed"],
  ])("is not near the demo's panel, as %s", (text, code) => expect(codeOf(text, panelOrigin)).toBe(code));

  it("is judged again by what its name resolves to", () => {
    expect(["1.1.1.1", "2606:4700::1111"].map(isReachable)).toEqual([true, true]);
    expect(["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1", "fd00::1"].map(isReachable)).toEqual(
      Array(5).fill(false),
    );
  });
});
