import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { encode } from "next-auth/jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "@/lib/kernel/clock";
import { type CustomerId, newId, type UserId } from "@/lib/kernel/id";
import { createPeople, type People } from "@/lib/testing/people";
import { shownRequest } from "@/lib/testing/shown-request";
import { actionKind } from "./action";
import { requireCustomerOfFile } from "./current";
import { sessionCookieName } from "./next-auth-options";
import { beginSession } from "./session";

const request = shownRequest();

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Every action of customers, found in the sources: a new one is tried as well. */
async function customersActions(): Promise<[string, (...given: unknown[]) => Promise<unknown>][]> {
  const found: [string, (...given: unknown[]) => Promise<unknown>][] = [];
  for (const name of await readdir(path.join(root, "app"), { recursive: true })) {
    if (path.basename(name) !== "actions.ts") continue;
    const file = path.join(root, "app", name);
    if (!(await readFile(file, "utf8")).includes("customerAction(")) continue;
    for (const [exported, value] of Object.entries((await import(file)) as Record<string, unknown>)) {
      if (actionKind(value) === "customer") found.push([exported, value as (typeof found)[0][1]]);
    }
  }
  return found;
}

const actions = await customersActions();

let people: People;
let userId: UserId;
let shown: CustomerId;
let now: CustomerId;

beforeAll(async () => {
  people = await createPeople(systemClock);
  const { context, owner } = people;
  (globalThis as Record<symbol, unknown>)[Symbol.for("mallard.context")] = context;
  ({ id: userId } = await people.user());
  [shown, now] = [await people.customer(), await people.customer()];
  await owner`update customers set name = 'Alder Ltd' where id = ${shown}`;
  await owner`update customers set name = 'Birch Ltd' where id = ${now}`;
  await people.member(userId, shown);
  await people.member(userId, now);
  const sessionId = await beginSession(context, userId, { address: "::1", userAgent: null });
  const { nextauthSecret: secret, mallardUrl } = context.settings;
  const token = await encode({ token: { sub: userId, sid: sessionId }, secret });
  request.headers.set("origin", mallardUrl);
  request.cookies.set(sessionCookieName(context.settings), token);
  request.cookies.set("mallard_customer", now);
});
afterAll(async () => {
  request.headers.clear();
  request.cookies.clear();
  await people.close();
});

describe("an action of customers", () => {
  test("there are some", () => expect(actions.length).toBeGreaterThan(20));

  test.each(actions)(
    "%s is refused on a page of another customer than the one looked at",
    async (_name, act) => {
      const refusal = (sentence: object) => ({
        ok: false,
        refusal: { code: "other_customer", sentence: JSON.stringify(sentence) },
      });
      // Before anything is read: whatever the form says.
      expect(await act(shown, {})).toEqual(refusal({ switched: { now: "Birch Ltd", shown: "Alder Ltd" } }));
      const form = new FormData();
      form.set("customerId", now);
      expect(await act(shown, null, form)).toEqual(
        refusal({ switched: { now: "Birch Ltd", shown: "Alder Ltd" } }),
      );
      // One that is not theirs, one that nobody is, and none at all get the same answer.
      for (const strange of [
        await people.customer(),
        newId(),
        undefined,
        null,
        "",
        {},
        [now],
        { toString: 1 },
      ]) {
        expect(await act(strange, {})).toEqual(refusal({ left: { now: "Birch Ltd" } }));
      }
      expect(await act(form)).toEqual(refusal({ left: { now: "Birch Ltd" } }));
      // On a page of the customer looked at, it is the form that counts.
      expect(await act(now, { nonsense: "" })).toMatchObject({ refusal: { code: "invalid_input" } });
    },
  );
});

describe("a file", () => {
  const asked = (query: string) =>
    requireCustomerOfFile(new Request(`https://billing.example/invoices/csv${query}`));

  test("is of the customer whose page it is on, whatever is looked at now", async () => {
    expect((await asked(`?status=open&customer=${shown}`)).customerId).toBe(shown);
    expect((await asked(`?customer=${now}`)).customerId).toBe(now);
    expect((await asked("?status=open")).customerId).toBe(now);
  });

  test("is not there for another customer's name", async () => {
    const nothing = { digest: expect.stringContaining("404") };
    for (const strange of [await people.customer(), newId(), "", "nonsense"]) {
      await expect(asked(`?customer=${strange}`)).rejects.toMatchObject(nothing);
    }
  });
});
