import { afterAll, describe, expect, it } from "vitest";
import { paperMessages } from "@/app/paper-given";
import type { CalendarDay } from "@/lib/kernel/calendar";
import { money } from "@/lib/kernel/money";
import { readPdf } from "@/lib/testing/pdf-text";
import type { PaperJob } from "./draw";
import { PapersBusy, PaperThread } from "./drawing";

const thread = new PaperThread(process.cwd());
afterAll(() => thread.close());

const of = (minor: bigint) => money(minor, "USD");

function statement(over: Partial<PaperJob["host"]> = {}): PaperJob {
  const host = {
    name: "Ducky Cloud",
    address: null,
    taxId: null,
    bank: null,
    logo: null,
    timeZone: "UTC",
    ...over,
  };
  const facts = {
    locale: "en",
    customerReference: "C-1",
    billTo: { name: "Ada", email: "ada@example.com", country: "DE" },
    from: "2026-11-01" as CalendarDay,
    to: "2026-11-30" as CalendarDay,
    opening: of(100n),
    closing: of(100n),
    movements: [],
    moreCount: 0,
  } as const;
  return { kind: "statement", host, facts, messages: paperMessages("en") };
}

/** A function cannot be sent to another thread: the paper fails before it is drawn. */
const unsendable = {
  ...statement(),
  messages: { ...paperMessages("en"), paper: () => "" },
} as unknown as PaperJob;

/** A PNG with transparency whose pixels are broken: pdfkit throws in a callback, where nobody catches it. */
const brokenPng = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==",
  "base64",
).fill(0xff, 45, 50);

describe("the thread that draws papers", () => {
  it("draws them in the order in which they were asked for", async () => {
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((at) => thread.draw(statement(), `user ${at}`).then(() => order.push(at))),
    );
    expect(order).toEqual([1, 2, 3]);
    const { text } = await readPdf((await thread.draw(statement(), "a user")).content);
    expect(text).toContain("Ada Germany ada@example.com");
  });

  it("outlives a paper that breaks it, and those that wait are drawn", async () => {
    const [broken, next] = await Promise.allSettled([
      thread.draw(statement({ logo: brokenPng }), "a user"),
      thread.draw(statement(), "a user"),
    ]);
    expect(broken.status).toBe("rejected");
    expect(next.status).toBe("fulfilled");
    await expect(thread.draw(unsendable, "a user")).rejects.toThrow();
    expect((await thread.draw(statement(), "a user")).fileName).toBe(
      "statement-USD-2026-11-01-2026-11-30.pdf",
    );
  });

  it("takes four papers of one person at a time, and others' beside them", async () => {
    const asked = Array.from({ length: 6 }, () => thread.draw(statement(), "one"));
    const other = thread.draw(statement(), "other");
    const ended = await Promise.allSettled(asked);
    expect(ended.map(({ status }) => status)).toEqual([
      ...Array(4).fill("fulfilled"),
      ...Array(2).fill("rejected"),
    ]);
    expect(
      ended.flatMap((end) => (end.status === "rejected" ? [end.reason instanceof PapersBusy] : [])),
    ).toEqual([true, true]);
    await expect(other).resolves.toBeDefined();
    await expect(thread.draw(statement(), "one")).resolves.toBeDefined();
  });

  it("takes thirty-two in all", async () => {
    const ended = await Promise.allSettled(
      Array.from({ length: 40 }, (_, at) => thread.draw(statement(), `user ${at}`)),
    );
    expect(ended.filter(({ status }) => status === "fulfilled")).toHaveLength(32);
  });
});
