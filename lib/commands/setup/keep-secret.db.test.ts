import postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase } from "@/lib/testing/database";
import { keepSecret } from "./keep-secret";
import { SetupFault } from "./setup-fault";

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const [first, second, third] = ["a", "b", "c"].map((letter) => letter.repeat(40)) as [string, string, string];
const starts = (nextauthSecret: string, nextauthSecretBefore: string | null = null) =>
  keepSecret(database.url, { nextauthSecret, nextauthSecretBefore });

it("a database is used with one secret: another one is refused, unless the one of before is named beside it", async () => {
  await Promise.all([starts(first), starts(first), starts(first)]);
  await expect(starts(second)).rejects.toThrow(SetupFault);
  await expect(starts(second, third)).rejects.toThrow("NEXTAUTH_SECRET is not the one");
  await starts(first);
  await starts(second, first);
  await starts(second);
  await expect(starts(first)).rejects.toThrow(SetupFault);
});

it("of two new machines at once one secret wins", async () => {
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  await sql`delete from settings where key = 'secret_mark'`;
  const ends = await Promise.allSettled([starts(first), starts(second)]);
  expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const [kept] = await sql`select value::text as mark from settings where key = 'secret_mark'`;
  expect(kept?.mark).not.toContain(first.slice(0, 8));
  await sql.end();
});
