import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { manualClock } from "@/lib/kernel/clock";
import type { CustomerId, InvoiceId } from "@/lib/kernel/id";
import { purposeKeys } from "@/lib/kernel/purpose-key";
import { type PayLink, payLinkUrl, readContent, readPayLink, signContent, signPayLink } from "./pay-link";

const keyOf = (nextauthSecret: string, nextauthSecretBefore: string | null = null) =>
  purposeKeys({ nextauthSecret, nextauthSecretBefore }).payLinkKey;
const secret = "only for tests, only for tests, only for tests";
const key = keyOf(secret);
const dayMs = 24 * 3_600_000;

const links: fc.Arbitrary<PayLink> = fc.record({
  customerId: fc.uuid().map((id) => id as CustomerId),
  invoiceId: fc.uuid().map((id) => id as InvoiceId),
  generation: fc.integer({ min: 0, max: 65_535 }),
  expiresAt: fc.integer({ min: 0, max: 65_535 }).map((day) => new Date(day * dayMs)),
});

/** The parts of a token, in bytes. */
const regions = {
  customer: [0, 16],
  invoice: [16, 32],
  generation: [32, 34],
  expiry: [34, 36],
  signature: [36, 54],
};

test("a link works on after the host's secret was changed, as long as the one before is known", () => {
  const link: PayLink = {
    customerId: "0190aaaa-0000-7000-8000-000000000001" as CustomerId,
    invoiceId: "0190aaaa-0000-7000-8000-000000000002" as InvoiceId,
    generation: 0,
    expiresAt: new Date("2026-05-01T00:00:00Z"),
  };
  const token = signPayLink(key, link);
  const next = "the next secret, the next secret, the next secret";
  expect(readPayLink(keyOf(next, secret), token)).toEqual(link);
  expect(readPayLink(keyOf(next), token)).toBeNull();
  // What is made from then on is signed by the new one alone.
  const made = signPayLink(keyOf(next, secret), link);
  expect(readPayLink(keyOf(next), made)).toEqual(link);
  expect(readPayLink(key, made)).toBeNull();
});

describe("a pay link", () => {
  it("says what was signed", () => {
    fc.assert(
      fc.property(links, (link) => {
        const token = signPayLink(key, link);
        expect(token).toMatch(/^[\w-]{72}$/);
        expect(readPayLink(key, token)).toEqual(link);
      }),
    );
  });

  it.each(Object.entries(regions))("is nothing with another %s", (_region, [from = 0, to = 0]) => {
    fc.assert(
      fc.property(
        links,
        fc.integer({ min: from, max: to - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (link, at, flip) => {
          const bytes = Buffer.from(signPayLink(key, link), "base64url");
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          expect(readPayLink(key, bytes.toString("base64url"))).toBeNull();
        },
      ),
    );
  });

  it("is nothing with another letter anywhere, or letters more or less", () => {
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. \n";
    fc.assert(
      fc.property(links, fc.integer({ min: 0, max: 71 }), fc.constantFrom(...letters), (link, at, letter) => {
        const token = signPayLink(key, link);
        fc.pre(token[at] !== letter);
        expect(readPayLink(key, token.slice(0, at) + letter + token.slice(at + 1))).toBeNull();
        expect(readPayLink(key, token.slice(0, at))).toBeNull();
        expect(readPayLink(key, token + letter)).toBeNull();
      }),
    );
  });

  it("is nothing with one part of another link in it", () => {
    fc.assert(
      fc.property(
        links,
        links,
        fc.constantFrom(...Object.values(regions)),
        (one, other, [from = 0, to = 0]) => {
          const [bytes, others] = [one, other].map((link) =>
            Buffer.from(signPayLink(key, link), "base64url"),
          );
          if (!bytes || !others || bytes.subarray(from, to).equals(others.subarray(from, to))) return;
          others.copy(bytes, from, from, to);
          expect(readPayLink(key, bytes.toString("base64url"))).toBeNull();
        },
      ),
    );
  });

  it("is nothing to a host with another secret, and whatever somebody makes up is nothing", () => {
    const elsewhere = keyOf("another secret, another secret, another secret");
    fc.assert(
      fc.property(links, fc.string({ maxLength: 100 }), (link, text) => {
        expect(readPayLink(elsewhere, signPayLink(key, link))).toBeNull();
        expect(readPayLink(key, text)).toBeNull();
      }),
    );
  });

  it("is the same all day, and works for ninety days at least and ninety-one at most", () => {
    fc.assert(
      fc.property(
        links,
        fc.date({ min: new Date("2020-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
        (link, now) => {
          const world = { payLinkKey: key, portalUrl: "https://billing.example", clock: manualClock(now) };
          const url = payLinkUrl(world, link);
          const token = /^https:\/\/billing\.example\/pay\/(.*)$/.exec(url)?.[1] ?? "";
          const lifeMs = (readPayLink(key, token)?.expiresAt.getTime() ?? 0) - now.getTime();
          expect(lifeMs).toBeGreaterThan(90 * dayMs);
          expect(lifeMs).toBeLessThanOrEqual(91 * dayMs);
          const morning = manualClock(new Date(Math.floor(now.getTime() / dayMs) * dayMs));
          expect(payLinkUrl({ ...world, clock: morning }, link)).toBe(url);
        },
      ),
    );
  });
});

test("what is signed for one kind of link is nothing for another", () => {
  fc.assert(
    fc.property(
      links,
      fc.constantFrom("", "unsubscribe"),
      fc.constantFrom("", "unsubscribe"),
      (link, kind, asked) => {
        const { invoiceId: id, ...content } = link;
        const read = readContent(key, asked, signContent(key, kind, { ...content, id }));
        expect(read).toEqual(kind === asked ? { ...content, id } : null);
      },
    ),
  );
});
