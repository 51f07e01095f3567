import type { HandLine } from "@/lib/billing/invoice/invoice-draft";
import { timesQuantity } from "@/lib/billing/invoice/tax";
import { type Currency, minorMax, parseMoney } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";

/** A line as its form has it: amounts without a sign, a discount says that it is one. */
export interface LineInput {
  kind: "item" | "discount";
  description: string;
  quantity: string;
  unit: string;
  /** Per cent. */
  taxRate: string;
}

export const descriptionMost = 500;
const quantityMost = 1_000_000n;

/** `line` counts from 1. */
export type DraftLineRefusal =
  | { code: "line_description_missing"; line: number }
  | { code: "line_description_too_long"; line: number; most: number }
  | { code: "line_quantity_malformed"; line: number }
  | { code: "line_amount_malformed"; line: number }
  | { code: "line_amount_too_large"; line: number }
  | { code: "line_tax_malformed"; line: number };

/** The line, or what is wrong with it. */
export function lineIn(
  input: LineInput,
  currency: Currency,
  line: number,
): Result<HandLine, DraftLineRefusal> {
  const description = input.description.replaceAll(/[\s\0]+/g, " ").trim();
  if (description === "") return refuse({ code: "line_description_missing", line });
  if (description.length > descriptionMost) {
    return refuse({ code: "line_description_too_long", line, most: descriptionMost });
  }
  const quantity = quantityIn(input.quantity);
  if (quantity === null) return refuse({ code: "line_quantity_malformed", line });
  const unit = parseMoney(input.unit, currency);
  if (!unit.ok) {
    const isTooLarge = unit.refusal.code === "amount_too_large";
    return refuse({ code: isTooLarge ? "line_amount_too_large" : "line_amount_malformed", line });
  }
  // A hundred lines of this are still within what an amount may be.
  if (timesQuantity(unit.value.minor, quantity) > minorMax / 1_000n) {
    return refuse({ code: "line_amount_too_large", line });
  }
  const taxRatePpm = ppmIn(input.taxRate);
  if (taxRatePpm === null) return refuse({ code: "line_tax_malformed", line });
  const unitMinor = input.kind === "discount" ? -unit.value.minor : unit.value.minor;
  return ok({ description, quantity, unitMinor, taxRatePpm });
}

/** Parts per million of a percentage such as "19" or "7.7"; null if it is none from 0 to 100. No float touches it. */
export function ppmIn(text: string): number | null {
  const [, whole, decimals = ""] = /^\s*(\d{1,3})(?:[.,](\d{1,4}))?\s*%?\s*$/.exec(text) ?? [];
  if (whole === undefined) return null;
  const ppm = Number(whole) * 10_000 + Number(decimals.padEnd(4, "0"));
  return ppm <= 1_000_000 ? ppm : null;
}

/** The percentage of a rate, as one types it. */
export function percentOf(ppm: number): string {
  const decimals = String(ppm % 10_000)
    .padStart(4, "0")
    .replace(/0+$/, "");
  const whole = Math.floor(ppm / 10_000);
  return decimals === "" ? String(whole) : `${whole}.${decimals}`;
}

/** A decimal above zero with at most three decimals, as people type it: "2.5", "2,5". Null for anything else. */
function quantityIn(text: string): string | null {
  const [, whole = "", decimals = ""] = /^\s*(\d{1,7})(?:[.,](\d{1,3}))?\s*$/.exec(text) ?? [];
  const [units, parts] = [BigInt(whole || "0"), decimals.replace(/0+$/, "")];
  if (units > quantityMost || (units === quantityMost && parts !== "") || (units === 0n && parts === ""))
    return null;
  return parts === "" ? units.toString() : `${units}.${parts}`;
}
