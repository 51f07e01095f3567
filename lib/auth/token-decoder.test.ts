import { encode } from "next-auth/jwt";
import { expect, test } from "vitest";
import { tokenDecoder } from "./next-auth-options";

const old = "o".repeat(32);
const now = "n".repeat(32);
const token = { sub: "somebody", sid: "a session" };

test("a session goes on while the secret before is known, and ends with it", async () => {
  const cookie = await encode({ token, secret: old });
  const changing = tokenDecoder({ nextauthSecret: now, nextauthSecretBefore: old });
  const changed = tokenDecoder({ nextauthSecret: now, nextauthSecretBefore: null });
  expect(await changing({ token: cookie, secret: now })).toMatchObject(token);
  expect(await changed({ token: cookie, secret: now })).toBeNull();
  expect(await changed({ token: await encode({ token, secret: now }), secret: now })).toMatchObject(token);
  expect(await changing({ token: "nothing", secret: now })).toBeNull();
});
