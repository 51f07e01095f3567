import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { newId } from "@/lib/kernel/id";
import { firstThatReads, type PurposeKey } from "@/lib/kernel/purpose-key";

/** A cookie that a browser keeps for a year, whoever signs in there next. */
export interface DeviceCookie {
  readonly name: string;
  readonly value: string;
}

export const deviceCookieSeconds = 365 * 24 * 3600;

/** Whose device it is, with the password that it was signed in with: a new one ends them all. */
export interface DeviceOwner {
  readonly email: string;
  readonly passwordHash: string | null;
}

/** One for each account: people share computers. The name says to nobody whose it is. */
function nameOf(email: string): string {
  return `mallard_device_${createHash("sha256").update(`device of ${email}`).digest("hex").slice(0, 12)}`;
}

function signatureOf(key: Uint8Array, { email, passwordHash }: DeviceOwner, deviceId: string): string {
  return createHmac("sha256", key).update(`${deviceId}\n${email}\n${passwordHash}`).digest("base64url");
}

/** For a browser from which somebody has just signed in to this account. */
export function newDeviceCookie({ now: key }: PurposeKey, owner: DeviceOwner): DeviceCookie {
  const deviceId = newId();
  return { name: nameOf(owner.email), value: `${deviceId}.${signatureOf(key, owner, deviceId)}` };
}

/**
 * Which device of the account a request comes from, by its Cookie header; null for one from which nobody has signed in
 * to it since its password was chosen: who stole one and keeps their cookie is a stranger after a reset. It proves no
 * password: guesses from a known device are counted apart from those of all others.
 */
export function knownDevice(
  deviceKey: PurposeKey,
  owner: DeviceOwner,
  cookieHeader: string | null,
): string | null {
  const prefix = `${nameOf(owner.email)}=`;
  const cookie = (cookieHeader ?? "").split(/;\s*/).find((one) => one.startsWith(prefix)) ?? prefix;
  const [deviceId = "", signature = ""] = cookie.slice(prefix.length).split(".");
  const given = Buffer.from(signature);
  const isOurs = firstThatReads(deviceKey, (key) => {
    const right = Buffer.from(signatureOf(key, owner, deviceId));
    return given.length === right.length && timingSafeEqual(given, right) ? true : null;
  });
  return isOurs ? deviceId : null;
}
