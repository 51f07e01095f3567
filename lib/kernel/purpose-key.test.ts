import { hkdfSync } from "node:crypto";
import { expect, test } from "vitest";
import { firstThatReads, purposeKeys } from "./purpose-key";

const old = { nextauthSecret: "o".repeat(32), nextauthSecretBefore: null };
const changing = { nextauthSecret: "n".repeat(32), nextauthSecretBefore: old.nextauthSecret };

test("each purpose has a key of its own, and another with another secret", () => {
  const keys = [old, changing].flatMap((secret) => Object.values(purposeKeys(secret)));
  expect(new Set(keys.map(({ now }) => Buffer.from(now).toString("hex"))).size).toBe(keys.length);
  expect(purposeKeys(changing).payLinkKey.before).toEqual(purposeKeys(old).payLinkKey.now);
});

test("each is drawn from the secret itself, by its name", () => {
  const { payLinkKey, endpointKey, resetKey, deviceKey } = purposeKeys(old);
  for (const [name, key] of [
    ["mallard pay link 1", payLinkKey],
    ["mallard webhook secret 1", endpointKey],
    ["mallard password reset 1", resetKey],
    ["mallard device 1", deviceKey],
  ] as const) {
    expect(key.now, name).toEqual(new Uint8Array(hkdfSync("sha256", old.nextauthSecret, "", name, 32)));
  }
});

test("the key of now is asked first", () => {
  const { endpointKey } = purposeKeys(changing);
  expect(firstThatReads(endpointKey, (key) => key)).toEqual({ value: endpointKey.now, isCurrent: true });
});
