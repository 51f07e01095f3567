import type { Clock } from "@/lib/kernel/clock";
import { systemClock } from "@/lib/kernel/clock";

declare const brand: unique symbol;

/** An id that the compiler will not take for another noun's. At runtime a lower-case UUID. */
export type Id<Brand extends string> = string & { readonly [brand]: Brand };

export type CustomerId = Id<"customer">;
export type UserId = Id<"user">;
export type StaffId = Id<"staff">;
export type SessionId = Id<"session">;
export type InvoiceId = Id<"invoice">;
export type InvoiceLineId = Id<"invoiceLine">;
export type PaymentId = Id<"payment">;
export type PaymentMethodId = Id<"paymentMethod">;
export type ServiceId = Id<"service">;
export type PlanId = Id<"plan">;
export type TermId = Id<"term">;
export type RenewalId = Id<"renewal">;
export type TransferId = Id<"transfer">;
export type AllocationId = Id<"allocation">;
export type ChargeId = Id<"charge">;
export type RefundId = Id<"refund">;
export type DisputeId = Id<"dispute">;
export type BankReceiptId = Id<"bankReceipt">;
export type InvoiceDraftId = Id<"invoiceDraft">;
export type InvitationId = Id<"invitation">;
export type TaskId = Id<"task">;
export type ActivityId = Id<"activity">;

/** Fills the bytes it is given with randomness; a seeded one makes the same world twice. */
export type RandomFill = (bytes: Uint8Array<ArrayBuffer>) => void;

const fills = new WeakMap<Clock, RandomFill>();

/** From here on the ids of this clock take their randomness from `fill`: a seeded one makes the same world twice. */
export function fillIdsOf(clock: Clock, fill: RandomFill): void {
  fills.set(clock, fill);
}

/** A new id of the noun that the caller names: `newId<InvoiceId>(clock)`. */
export function newId<T extends Id<string>>(clock: Clock = systemClock, fill?: RandomFill): T {
  return uuidv7(clock, fill) as T;
}

/** The id in a text from outside; null if it is not one in the spelling that we write. */
export function parseId<T extends Id<string>>(text: string): T | null {
  return isUuid(text) ? (text as T) : null;
}

/** A UUID of any version in the canonical lower-case spelling: the only one we write, so that ids compare as text. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}

/**
 * UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, a 12-bit counter, 62 random bits.
 * The ids of one clock in one process rise strictly, also within a millisecond and when the clock is set back
 * (RFC 9562, 6.2, method 1): indexes stay dense and rows made together keep their order.
 */
export function uuidv7(
  clock: Clock = systemClock,
  fill: RandomFill = fills.get(clock) ?? pooledRandom,
): string {
  const bytes = new Uint8Array(16);
  fill(bytes);
  const { ms, counter } = nextTick(clock, ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(ms / 2 ** 32));
  view.setUint32(2, ms % 2 ** 32);
  view.setUint16(6, 0x7000 | counter);
  view.setUint8(8, 0x80 | ((bytes[8] ?? 0) & 0x3f));
  return spell(bytes);
}

interface Tick {
  ms: number;
  counter: number;
}

const counterMax = 0xfff;
const lastTicks = new WeakMap<Clock, Tick>();

/** Each clock has an order of its own, so that a test's clock in the past does not borrow the system's time. */
function nextTick(clock: Clock, seed: number): Tick {
  const nowMs = clock.now().getTime();
  if (!(nowMs >= 0 && nowMs < 2 ** 48)) throw new RangeError("the clock is outside what a UUID can hold");
  const last = lastTicks.get(clock);
  const tick = !last || nowMs > last.ms ? { ms: nowMs, counter: startOfCounter(seed) } : after(last, seed);
  lastTicks.set(clock, tick);
  return tick;
}

function after(last: Tick, seed: number): Tick {
  if (last.counter < counterMax) return { ms: last.ms, counter: last.counter + 1 };
  return { ms: last.ms + 1, counter: startOfCounter(seed) };
}

/** Starts in the lower half, so that a millisecond has room for at least 2,048 ids before it borrows the next. */
function startOfCounter(seed: number): number {
  return seed & 0x7ff;
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function spell(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += hex[bytes[index] ?? 0];
  }
  return text;
}

const pool = new Uint8Array(4096);
let poolUsed = pool.length;

/** The system's randomness, fetched by the page: one call to it for each id would be most of an id's cost. */
function pooledRandom(bytes: Uint8Array<ArrayBuffer>): void {
  if (poolUsed + bytes.length > pool.length) {
    globalThis.crypto.getRandomValues(pool);
    poolUsed = 0;
  }
  bytes.set(pool.subarray(poolUsed, poolUsed + bytes.length));
  poolUsed += bytes.length;
}
