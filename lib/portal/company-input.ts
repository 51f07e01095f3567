import { isEmail, normalEmail } from "@/lib/auth/email-address";
import { hasAddress, oneLineName } from "@/lib/auth/plain-name";
import { ok, type Result, refuse } from "@/lib/kernel/result";

export const companyLimits = { name: 200, address: 500, addressLines: 6, taxId: 40 } as const;
export const recipientsMost = 10;

/** What is printed of a customer on the invoices to come, and the language of their mails and papers. */
export interface Company {
  readonly name: string;
  readonly address: string | null;
  readonly taxId: string | null;
  readonly locale: string;
}

export type CompanyRefusal =
  | { code: "company_name_missing" }
  | { code: "company_name_too_long"; most: number }
  | { code: "company_name_has_address" }
  /** The host's own name stands in it. */
  | { code: "company_name_has_host"; host: string }
  | { code: "company_address_too_long"; most: number; lines: number }
  | { code: "company_tax_id_not_valid"; most: number }
  /** Not one of the customer's country. */
  | { code: "company_tax_id_wrong"; example: string };

export type RecipientsRefusal =
  | { code: "recipient_not_valid"; address: string }
  | { code: "too_many_recipients"; most: number };

/** Reads what was typed: runs of space become one, empty becomes none, and nothing that is no text is kept. */
export function companyOf(typed: {
  name: string;
  address: string;
  taxId: string;
  locale: string;
}): Result<Company, CompanyRefusal> {
  const name = oneLineName(typed.name);
  const lines = typed.address
    .split(/\r\n|[\n\r\p{Zl}\p{Zp}]/u)
    .map(oneLine)
    .filter((line) => line !== "");
  const address = lines.join("\n");
  const taxId = oneLine(typed.taxId).toUpperCase();
  const { name: nameMost, address: addressMost, addressLines, taxId: taxIdMost } = companyLimits;
  if (name === "") return refuse({ code: "company_name_missing" });
  if (name.length > nameMost) return refuse({ code: "company_name_too_long", most: nameMost });
  if (hasAddress(name)) return refuse({ code: "company_name_has_address" });
  if (address.length > addressMost || lines.length > addressLines)
    return refuse({ code: "company_address_too_long", most: addressMost, lines: addressLines });
  // The many countries agree on little more: letters, digits and what stands between them.
  if (taxId !== "" && (taxId.length > taxIdMost || !/^[\p{L}\p{N}][\p{L}\p{N} .\-/]*$/u.test(taxId)))
    return refuse({ code: "company_tax_id_not_valid", most: taxIdMost });
  return ok({ name, address: address || null, taxId: taxId || null, locale: typed.locale });
}

/** Reads addresses that stand on lines of their own or between commas: each once, in the order they were written. */
export function recipientsOf(typed: string): Result<string[], RecipientsRefusal> {
  const found = typed
    .split(/[\s,;]+/u)
    .map(normalEmail)
    .filter((address) => address !== "");
  const addresses = [...new Set(found)];
  const slip = addresses.find((address) => !isEmail(address));
  if (slip !== undefined) return refuse({ code: "recipient_not_valid", address: slip.slice(0, 100) });
  if (addresses.length > recipientsMost) return refuse({ code: "too_many_recipients", most: recipientsMost });
  return ok(addresses);
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
}
