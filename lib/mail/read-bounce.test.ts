import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bounceOf, exchangeBounce, exchangeDelay, eximBounce, postfixBounce } from "@/lib/testing/bounces";
import { readBounce } from "./read-bounce";

const read = (message: string) => readBounce(Buffer.from(message));
const mailId = "019aaaaa-0000-7000-8000-000000000001";

describe("a bounce", () => {
  test("of Postfix names the mail, the address and the sentence, which it folds", async () => {
    expect(await read(postfixBounce(mailId, "ada@example.com"))).toEqual({
      mailIds: [mailId],
      recipients: [
        {
          addresses: ["ada@example.com"],
          outcome: "failed",
          reason:
            "550 5.1.1 <ada@example.com>: Recipient address rejected: User unknown in virtual mailbox table",
        },
      ],
    });
  });

  test("of Exim with several addresses and only the headers of the mail names each", async () => {
    const bounce = await read(eximBounce(mailId, ["ada@example.com", "Books@Example.com"]));
    expect(bounce?.mailIds).toEqual([mailId]);
    expect(bounce?.recipients.map(({ addresses, outcome }) => [addresses, outcome])).toEqual([
      [["ada@example.com"], "failed"],
      [["books@example.com"], "failed"],
    ]);
    expect(bounce?.recipients[0]?.reason).toBe("550 relay not permitted");
  });

  test("of Exchange names the address that the mail was sent to beside the one that it ended at", async () => {
    expect(
      (await read(exchangeBounce(mailId, "ada@example.com", "ada.lovell@corp.example")))?.recipients,
    ).toEqual([
      {
        addresses: ["ada@example.com", "ada.lovell@corp.example"],
        outcome: "failed",
        reason: "550 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException",
      },
    ]);
  });

  test("that is only a delay says so, and is known by what it answers where no header came back", async () => {
    expect(await read(exchangeDelay(mailId, "ada@example.com"))).toEqual({
      mailIds: [mailId],
      recipients: [{ addresses: ["ada@example.com"], outcome: "delayed", reason: "4.4.7" }],
    });
  });
});

test.each([
  [
    "a report of success",
    postfixBounce(mailId, "ada@example.com").replace("Action: failed", "Action: delivered"),
  ],
  ["an answer", `From: ada@example.com\r\nIn-Reply-To: <${mailId}@ducky.example>\r\n\r\nThank you!`],
  ["a report about no mail", postfixBounce(mailId, "ada@example.com").replace(/^Message-ID:.*$/m, "X: y")],
  ["a report about no address", postfixBounce(mailId, "nobody")],
  ["nothing", ""],
])("%s is no bounce", async (_what, message) => {
  expect(await read(message)).toBeNull();
});

test("whatever is written into a report, it is read as it stands, in one line each, or not at all", async () => {
  const word = fc.stringMatching(/^[!-~]{1,12}$/).filter((text) => !text.startsWith("=?"));
  const sentence = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(" "));
  const address = fc
    .tuple(fc.stringMatching(/^[a-z0-9.+_-]{1,20}$/), fc.stringMatching(/^[a-z0-9-]{1,12}$/))
    .map(([local, domain]) => `${local}@${domain}.example`);
  const recipients = fc.array(
    fc.record({ address, action: fc.constantFrom("failed" as const, "delayed" as const), sentence }),
    { minLength: 1, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(fc.uuid(), recipients, fc.nat({ max: 80 }), async (id, given, foldAt) => {
      const bounce = await read(bounceOf(id, given, foldAt));
      expect(bounce).toEqual({
        mailIds: [id],
        recipients: given.map(({ address, action, sentence }) => ({
          addresses: [address],
          outcome: action,
          reason: sentence,
        })),
      });
    }),
    { numRuns: 100 },
  );
});

test("no message whatever makes reading it fail", async () => {
  const sample = postfixBounce(mailId, "ada@example.com");
  const cut = fc
    .tuple(fc.nat({ max: sample.length }), fc.nat({ max: 200 }), fc.string())
    .map(([at, much, put]) => sample.slice(0, at) + put + sample.slice(at + much));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(cut, fc.string(), fc.string({ unit: "binary", maxLength: 500 })),
      async (message) => {
        const bounce = await read(message);
        for (const { addresses, reason } of bounce?.recipients ?? []) {
          expect(addresses.length).toBeGreaterThan(0);
          expect(reason).not.toMatch(/[\p{Cc}]/u);
          expect(reason.length).toBeLessThanOrEqual(300);
        }
      },
    ),
    { numRuns: 300 },
  );
});
