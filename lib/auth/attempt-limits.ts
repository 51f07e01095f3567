import { createHash } from "node:crypto";
import { RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Database, Sql } from "@/db/client";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { addressKey, isLoopback } from "./client-address";

/** Too often. Says when the next attempt will be looked at, and nothing about whether there is an account. */
export interface TooManyAttempts {
  code: "too_many_attempts";
  retryAfterSeconds: number;
}

const minuteSeconds = 60;

/**
 * What may be tried how often. An account is named by its e-mail address, known or not. OWASP ASVS 5.0, 6.3.1. Who
 * only knows somebody's address must not be able to lock them out: guesses are counted for the account and the place
 * they come from together, a device from which the account was signed in to before is counted for itself, and what
 * all other places may try together is far more than one of them may.
 */
const limits = {
  /** An account, and the address from which it is tried. */
  signInPair: { points: 10, duration: 15 * minuteSeconds },
  /** An account, and a device that it was signed in from. */
  signInDevice: { points: 10, duration: 15 * minuteSeconds },
  /** An account, from all other places together: many machines guess for one. */
  signInAccount: { points: 100, duration: 60 * minuteSeconds },
  /** An office of people behind one address mistypes more often than one person. */
  signInAddress: { points: 60, duration: 15 * minuteSeconds },
  /** Changing the password: whoever sits at an open session guesses the present one. */
  changeSession: { points: 10, duration: 15 * minuteSeconds },
  /** Choosing a new password, by the session or the link that allows it: how strong one is takes time to say. */
  newPassword: { points: 20, duration: 15 * minuteSeconds },
  resetAddress: { points: 20, duration: 60 * minuteSeconds },
  /** Mails of people whom their reader need not know, by mailbox; what customers send says nothing of what staff may. */
  invitedEmail: { points: 2, duration: 24 * 60 * minuteSeconds },
  staffInvited: { points: 2, duration: 24 * 60 * minuteSeconds },
  /** Looking at a pay link, and paying by one. A phone network shows thousands of people behind one address. */
  payLinkAddress: { points: 300, duration: 15 * minuteSeconds },
  payByLinkAddress: { points: 60, duration: 15 * minuteSeconds },
  /** Asking Stripe what became of a payment, by the page that it sends people back to: one payment, and all from an address. */
  returnPayment: { points: 5, duration: 15 },
  /** Going on with a payment that is open, or canceling it: each asks Stripe about it. By payment. */
  openPayment: { points: 60, duration: 15 * minuteSeconds },
  returnAddress: { points: 120, duration: 15 * minuteSeconds },
  /** Pages of Stripe's on which a card is saved, and looking for what was saved there; by customer. */
  cardPages: { points: 10, duration: 60 * minuteSeconds },
  cardLooks: { points: 10, duration: 5 * minuteSeconds },
} as const;

type Limit = keyof typeof limits;

/** What `signInPair` counts by. */
export function signInPair(email: string, address: string): string {
  return `${email} ${address}`;
}

export interface AttemptLimits {
  /** Counts one attempt, before it is looked at: of many at once no more than allowed get through. */
  take(limit: Limit, subject: string): Promise<Result<undefined, TooManyAttempts>>;
  /** Gives one back that turned out to be no guess. */
  giveBack(limit: Limit, subject: string): Promise<void>;
  /** Forgets them all. */
  clear(limit: Limit, subject: string): Promise<void>;
}

const made = new WeakMap<Database, AttemptLimits>();

/** The limits, counted in the table sign_in_attempts, so that all processes count together. */
export function attemptLimits(database: Database): AttemptLimits {
  const known = made.get(database) ?? makeLimits(database.sql);
  made.set(database, known);
  return known;
}

function makeLimits(sql: Sql): AttemptLimits {
  const storeClient = storeClientOf(sql);
  const limiter = (keyPrefix: Limit) =>
    new RateLimiterPostgres({
      storeClient,
      storeType: "client",
      tableName: "sign_in_attempts",
      tableCreated: true,
      // One of them deletes what all of them no longer need.
      clearExpiredByTimeout: keyPrefix === "signInAccount",
      keyPrefix,
      ...limits[keyPrefix],
    });
  const limiters: Record<Limit, RateLimiterPostgres> = {
    signInPair: limiter("signInPair"),
    signInDevice: limiter("signInDevice"),
    signInAccount: limiter("signInAccount"),
    signInAddress: limiter("signInAddress"),
    changeSession: limiter("changeSession"),
    newPassword: limiter("newPassword"),
    resetAddress: limiter("resetAddress"),
    invitedEmail: limiter("invitedEmail"),
    staffInvited: limiter("staffInvited"),
    payLinkAddress: limiter("payLinkAddress"),
    payByLinkAddress: limiter("payByLinkAddress"),
    returnPayment: limiter("returnPayment"),
    openPayment: limiter("openPayment"),
    returnAddress: limiter("returnAddress"),
    cardPages: limiter("cardPages"),
    cardLooks: limiter("cardLooks"),
  };
  return {
    take: async (limit, subject) => {
      if (isUncounted(limit, subject)) return ok();
      try {
        await limiters[limit].consume(keyOf(limit, subject));
        return ok();
      } catch (rejection) {
        if (!(rejection instanceof RateLimiterRes)) throw rejection;
        const retryAfterSeconds = Math.max(1, Math.ceil(rejection.msBeforeNext / 1000));
        return refuse({ code: "too_many_attempts", retryAfterSeconds });
      }
    },
    giveBack: async (limit, subject) => {
      if (isUncounted(limit, subject)) return;
      await limiters[limit].reward(keyOf(limit, subject));
    },
    clear: async (limit, subject) => {
      await limiters[limit].delete(keyOf(limit, subject));
    },
  };
}

/** This machine is no visitor: it is a proxy that nobody told us of, and its limit would be everybody's. */
function isUncounted(limit: Limit, subject: string): boolean {
  const address = addressIn(limit, subject);
  return address !== null && isLoopback(address);
}

/** The address of a visitor by which a limit counts; null for one that counts by something else alone. */
function addressIn(limit: Limit, subject: string): string | null {
  if (limit.endsWith("Address")) return subject;
  return limit === "signInPair" ? subject.slice(subject.lastIndexOf(" ") + 1) : null;
}

/** Hashed: the table also counts addresses that people mistyped, which are nobody's business. */
function keyOf(limit: Limit, subject: string): string {
  const address = addressIn(limit, subject);
  const counted = address === null ? subject : subject.slice(0, -address.length) + addressKey(address);
  return createHash("sha256").update(counted).digest("base64url");
}

interface StoreQuery {
  text: string;
  values?: (string | number | null)[];
}

/** What rate-limiter-flexible expects of node-postgres, said by postgres.js. */
function storeClientOf(sql: Sql) {
  return {
    query: async ({ text, values = [] }: StoreQuery) => {
      const rows = await sql.unsafe(text, values, { prepare: true });
      // The library calculates with numbers; milliseconds since 1970 are exact in them.
      return {
        rowCount: rows.count,
        rows: rows.map((row) => ({ ...row, expire: row.expire === null ? null : Number(row.expire) })),
      };
    },
  };
}
