import { hkdfSync } from "node:crypto";

/**
 * The key of one purpose, drawn from the host's secret: whoever learns it learns neither the secret nor another key. While
 * the secret is being changed there is the one before it too, which is still read and makes nothing new.
 */
export interface PurposeKey {
  readonly now: Uint8Array;
  readonly before: Uint8Array | null;
}

/** The host's secret, and the one before it while it is being changed. */
export interface HostSecret {
  readonly nextauthSecret: string;
  readonly nextauthSecretBefore: string | null;
}

/** The number in a purpose's name is its version: another one makes all that was made by the key void. */
const purposes = {
  payLinkKey: "mallard pay link 1",
  endpointKey: "mallard webhook secret 1",
  resetKey: "mallard password reset 1",
  deviceKey: "mallard device 1",
  markKey: "mallard mark 1",
} as const;

/** All of them. Nothing else draws a key from the secret, or from one of these. */
export function purposeKeys(secret: HostSecret): Record<keyof typeof purposes, PurposeKey> {
  return {
    payLinkKey: keyFor(purposes.payLinkKey, secret),
    endpointKey: keyFor(purposes.endpointKey, secret),
    resetKey: keyFor(purposes.resetKey, secret),
    deviceKey: keyFor(purposes.deviceKey, secret),
    markKey: keyFor(purposes.markKey, secret),
  };
}

function keyFor(purpose: string, { nextauthSecret, nextauthSecretBefore }: HostSecret): PurposeKey {
  const drawn = (from: string) => new Uint8Array(hkdfSync("sha256", from, "", purpose, 32));
  return {
    now: drawn(nextauthSecret),
    before: nextauthSecretBefore === null ? null : drawn(nextauthSecretBefore),
  };
}

/** What the first key says that says anything, and whether that is the one of now. */
export function firstThatReads<T>(
  { now, before }: PurposeKey,
  read: (key: Uint8Array) => T | null,
): { value: T; isCurrent: boolean } | null {
  const current = read(now);
  if (current !== null) return { value: current, isCurrent: true };
  const earlier = before && read(before);
  return earlier === null ? null : { value: earlier, isCurrent: false };
}
