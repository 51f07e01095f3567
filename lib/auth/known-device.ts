import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { firstThatReads, type PurposeKey } from "@/lib/kernel/purpose-key";

/** A cookie that a browser keeps for a year, whoever signs in there next. */
export interface DeviceCookie {
  readonly name: string;
  readonly value: string;
}

export const deviceCookieSeconds = 365 * 24 * 3600;

/** One for each account: people share computers. The name says to nobody whose it is. */
function nameOf(email: string): string {
  return `mallard_device_${createHash("sha256").update(`device of ${email}`).digest("hex").slice(0, 12)}`;
}

function signatureOf(key: Uint8Array, email: string, deviceId: string): string {
  return createHmac("sha256", key).update(`${deviceId}\n${email}`).digest("base64url");
}

/** For a browser from which somebody has just signed in to this account. */
export function newDeviceCookie({ now: key }: PurposeKey, email: string): DeviceCookie {
  const deviceId = newId();
  return { name: nameOf(email), value: `${deviceId}.${signatureOf(key, email, deviceId)}` };
}

/**
 * Which device of the account a request comes from, by its Cookie header; null for one from which nobody has signed in
 * to it. It proves no password: guesses from a known device are counted apart from those of all others.
 */
export function knownDevice(
  deviceKey: PurposeKey,
  email: string,
  cookieHeader: string | null,
): string | null {
  const prefix = `${nameOf(email)}=`;
  const cookie = (cookieHeader ?? "").split(/;\s*/).find((one) => one.startsWith(prefix)) ?? prefix;
  const [deviceId = "", signature = ""] = cookie.slice(prefix.length).split(".");
  const given = Buffer.from(signature);
  const isOurs = firstThatReads(deviceKey, (key) => {
    const right = Buffer.from(signatureOf(key, email, deviceId));
    return given.length === right.length && timingSafeEqual(given, right) ? true : null;
  });
  return isOurs ? deviceId : null;
}
