import { createHash, timingSafeEqual } from "node:crypto";
import type { World } from "@/lib/billing/world";
import { readInThread } from "@/lib/mail/reading";
import { parkBounce } from "./park-bounce";
import { readCapped } from "./read-capped";
import { recordBounce } from "./record-bounce";

/** The answer's status. What is about no mail of ours is accepted all the same: to hand it in again would change nothing. */
export type ReceivedBounce =
  | { kind: "recorded"; status: 200 }
  | { kind: "unknown"; status: 202 }
  /** Staff are shown it. To hand it in again would change nothing either. */
  | { kind: "unreadable"; status: 202 }
  | { kind: "refused"; status: 401 | 404 | 413 };

/**
 * Takes the raw message by which a mail server reports that a mail of ours did not arrive (RFC 3464), from the host's own
 * mail server or its provider. Whoever hands it in knows the secret, as `Authorization: Bearer …` or as the password of
 * Basic; without one in the settings the route is not there. A fault of ours throws, so that it is handed in again.
 */
export async function receiveBounce(
  world: World,
  secret: string | null,
  request: { body: ReadableStream<Uint8Array> | null; authorization: string | null },
): Promise<ReceivedBounce> {
  if (secret === null) return { kind: "refused", status: 404 };
  if (!isSame(secretIn(request.authorization ?? ""), secret)) return { kind: "refused", status: 401 };
  const raw = await readCapped(request.body);
  if (raw === null) return { kind: "refused", status: 413 };
  const read = await readInThread(raw);
  if (read.kind === "unreadable") {
    await parkBounce(world, raw, read.reason);
    return { kind: "unreadable", status: 202 };
  }
  const isOurs = read.bounce !== null && (await recordBounce(world, read.bounce));
  return isOurs ? { kind: "recorded", status: 200 } : { kind: "unknown", status: 202 };
}

function secretIn(authorization: string): string {
  const [, scheme = "", given = ""] = /^(\S+) +(\S+)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() === "bearer") return given;
  if (scheme.toLowerCase() !== "basic") return "";
  return Buffer.from(given, "base64")
    .toString("utf8")
    .replace(/^[^:]*:/, "");
}

/** In the same time whatever is given, as long as it may be. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
