import { request } from "node:http";
import { Webhook } from "standardwebhooks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Panel, startPanel } from "./panel";

const secret = `whsec_${Buffer.from("a secret of thirty-two bytes or so").toString("base64")}`;
let panel: Panel;

beforeEach(async () => {
  panel = await startPanel({ secret });
});

afterEach(() => panel.close());

interface Sent {
  type: string;
  /** Of the service that it is about. */
  label?: string;
  /** Minutes before now: when it happened. */
  agoMinutes?: number;
  /** When it was signed. */
  signedAt?: Date;
  by?: string;
  changed?: boolean;
}

/** Sends an event as the portal does; the answer's status. */
async function send({ type, label, agoMinutes = 0, signedAt = new Date(), by = secret, changed }: Sent) {
  const about = label ? { serviceId: `id of ${label}`, label, plan: "pond-s" } : { number: "DC-1" };
  const timestamp = new Date(Date.now() - agoMinutes * 60_000).toISOString();
  const body = JSON.stringify({ type, timestamp, data: { customer: "DC-1001", ...about } });
  const headers = {
    "webhook-id": "id of the event",
    "webhook-timestamp": Math.floor(signedAt.getTime() / 1000).toString(),
    "webhook-signature": new Webhook(by).sign("id of the event", signedAt, body),
  };
  const sent = { method: "POST", headers, body: changed ? body.replace("pond-s", "pond-l") : body };
  return (await fetch(`${panel.url}/events`, sent)).status;
}

async function standings(): Promise<Record<string, string>> {
  const services: Record<string, { label: string; standing: string }> = await (
    await fetch(`${panel.url}/services.json`)
  ).json();
  return Object.fromEntries(Object.values(services).map(({ label, standing }) => [label, standing]));
}

async function page(language = "en"): Promise<string> {
  return (await fetch(panel.url, { headers: { "accept-language": language } })).text();
}

/** Presses the button as a page of this origin does. */
async function press(button: "down" | "up", origin = panel.url): Promise<number> {
  const pressed = { method: "POST", headers: { origin }, redirect: "manual" as const };
  return (await fetch(`${panel.url}/${button}`, pressed)).status;
}

describe("the demo's control panel", () => {
  test("runs, stops and removes a service as it is told, and shows it", async () => {
    for (const [type, standing] of [
      ["service.activated", "running"],
      ["service.suspended", "stopped"],
      ["service.plan_changed", "stopped"],
      ["service.renewed", "running"],
      ["service.suspended", "stopped"],
      ["service.resumed", "running"],
      ["service.cancel_requested", "running"],
      ["service.terminated", "removed"],
    ] as const) {
      expect(await send({ type, label: "web-1" })).toBe(204);
      expect(await standings()).toEqual({ "web-1": standing });
    }
    expect(await send({ type: "service.canceled", label: "<b>web-2</b>" })).toBe(204);
    expect(await send({ type: "invoice.paid" })).toBe(204);
    const shown = await page();
    expect(shown).toContain("web-1");
    expect(shown).toContain("&lt;b&gt;web-2&lt;/b&gt;");
    expect(shown).toContain("Took it; nothing to do");
    expect(await page("zh-CN")).toContain("已移除");
  });

  test("is changed by nothing older than what it knows, and by the same event twice as by once", async () => {
    await send({ type: "service.suspended", label: "web-1", agoMinutes: 5 });
    expect(await send({ type: "service.suspended", label: "web-1", agoMinutes: 5 })).toBe(204);
    expect(await send({ type: "service.activated", label: "web-1", agoMinutes: 90 })).toBe(204);
    expect(await standings()).toEqual({ "web-1": "stopped" });
    expect(await page()).toContain("knew of something newer");
  });

  test("refuses what is not signed by its secret, was changed on its way, or is an old request again", async () => {
    const told = { type: "service.terminated", label: "web-1" };
    const other = `whsec_${Buffer.from("another secret of whoever it is").toString("base64")}`;
    expect(await send({ ...told, by: other })).toBe(401);
    expect(await send({ ...told, changed: true })).toBe(401);
    expect(await send({ ...told, signedAt: new Date(Date.now() - 600_000) })).toBe(401);
    expect((await fetch(`${panel.url}/events`, { method: "POST", body: "{}" })).status).toBe(401);
    expect((await fetch(`${panel.url}/events`, { method: "POST", body: "x".repeat(70_000) })).status).toBe(
      413,
    );
    expect(await standings()).toEqual({});
    expect(await page()).toContain("its signature does not match");
  });

  test("takes nothing while it is down, says so, and takes it afterwards", async () => {
    expect(await press("down")).toBe(303);
    expect(await send({ type: "service.activated", label: "web-1" })).toBe(503);
    expect(await standings()).toEqual({});
    expect(await page()).toContain("Was down: answered 503");
    expect(await press("up")).toBe(303);
    expect(await send({ type: "service.activated", label: "web-1" })).toBe(204);
    expect(await standings()).toEqual({ "web-1": "running" });
  });

  test("is for this machine: no page elsewhere reads it or presses its button", async () => {
    expect(await press("down", "https://evil.example")).toBe(403);
    expect(await send({ type: "service.activated", label: "web-1" })).toBe(204);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(panel.url, { headers: { host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
    const { headers } = await fetch(panel.url);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'.*form-action 'self'/);
    expect((await fetch(`${panel.url}/other`)).status).toBe(404);
  });
});
