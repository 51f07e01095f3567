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
const purposes = { payLink: "mallard pay link 1", endpoint: "mallard webhook secret 1" } as const;

export function purposeKeys(secret: HostSecret): { payLinkKey: PurposeKey; endpointKey: PurposeKey } {
  return { payLinkKey: keyFor(purposes.payLink, secret), endpointKey: keyFor(purposes.endpoint, secret) };
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
