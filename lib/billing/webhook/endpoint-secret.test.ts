import { expect, test } from "vitest";
import { purposeKeys } from "@/lib/kernel/purpose-key";
import { openSecret, sealSecret } from "./endpoint-secret";

const old = { nextauthSecret: "o".repeat(32), nextauthSecretBefore: null };
const changing = { nextauthSecret: "n".repeat(32), nextauthSecretBefore: old.nextauthSecret };

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
