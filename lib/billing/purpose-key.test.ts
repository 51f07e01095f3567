import { expect, test } from "vitest";
import { firstThatReads, purposeKeys } from "./purpose-key";
import { openSecret, sealSecret } from "./webhook/endpoint-secret";

const old = { nextauthSecret: "o".repeat(32), nextauthSecretBefore: null };
const changing = { nextauthSecret: "n".repeat(32), nextauthSecretBefore: old.nextauthSecret };

test("each purpose has a key of its own, and another with another secret", () => {
  const keys = [old, changing]
    .map(purposeKeys)
    .flatMap(({ payLinkKey, endpointKey }) => [payLinkKey.now, endpointKey.now]);
  expect(new Set(keys.map((key) => Buffer.from(key).toString("hex"))).size).toBe(4);
  expect(purposeKeys(changing).payLinkKey.before).toEqual(purposeKeys(old).payLinkKey.now);
});

test("what the key before sealed is opened, and said to be of it; what is sealed now needs it no longer", () => {
  const sealed = sealSecret(purposeKeys(old).endpointKey, "whsec_x");
  const { endpointKey } = purposeKeys(changing);
  expect(openSecret(endpointKey, sealed)).toEqual({ value: "whsec_x", isCurrent: false });
  const again = sealSecret(endpointKey, "whsec_x");
  const after = purposeKeys({ ...changing, nextauthSecretBefore: null }).endpointKey;
  expect(openSecret(after, again)).toEqual({ value: "whsec_x", isCurrent: true });
  expect(openSecret(after, sealed)).toBeNull();
});

test("nothing that was changed, cut, or sealed in another way is opened, and nothing throws", () => {
  const { endpointKey } = purposeKeys(old);
  const sealed = sealSecret(endpointKey, "whsec_x");
  for (const text of [
    "",
    "1:",
    "1:AAAA",
    sealed.slice(2),
    `2:${sealed.slice(2)}`,
    `${sealed.slice(0, -4)}AAAA`,
  ]) {
    expect(openSecret(endpointKey, text), text).toBeNull();
  }
});

test("the key of now is asked first", () => {
  const { endpointKey } = purposeKeys(changing);
  expect(firstThatReads(endpointKey, (key) => key)).toEqual({ value: endpointKey.now, isCurrent: true });
});
