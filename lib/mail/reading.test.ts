import { afterAll, describe, expect, test } from "vitest";
import { postfixBounce } from "@/lib/testing/bounces";
import { ReadingBusy, ReadingThread } from "./reading";

const mailId = "019aaaaa-0000-7000-8000-000000000001";
const report = Buffer.from(postfixBounce(mailId, "ada@example.com"));
const thread = new ReadingThread(process.cwd());
afterAll(() => thread.close());

describe("the thread that reads reports", () => {
  test("says what stands in them, and that others are none", async () => {
    const [one, none] = await Promise.all([
      thread.read(report),
      thread.read(Buffer.from("Subject: hi\r\n\r\n")),
    ]);
    expect(one).toMatchObject({ kind: "read", bounce: { mailIds: [mailId] } });
    expect(none).toEqual({ kind: "read", bounce: null });
  });

  test("ends over a message that takes too long, and reads the next in a new one", async () => {
    const hasty = new ReadingThread(process.cwd(), 0);
    expect(await hasty.read(report)).toMatchObject({ kind: "unreadable" });
    expect(await hasty.read(report)).toMatchObject({ kind: "unreadable" });
    await hasty.close();
    expect(await thread.read(report)).toMatchObject({ kind: "read" });
  });

  test("takes no more at once than it can read, and then takes more", async () => {
    const asked = Array.from({ length: 40 }, () => thread.read(report).catch((error: unknown) => error));
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer instanceof ReadingBusy)).toHaveLength(8);
    expect(await thread.read(report)).toMatchObject({ kind: "read" });
  });

  test("that cannot start is a fault, and no message's", async () => {
    const nowhere = new ReadingThread("/nowhere");
    await expect(nowhere.read(report)).rejects.toThrow();
  });
});
