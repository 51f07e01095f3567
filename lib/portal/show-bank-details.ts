import type { World } from "@/lib/billing/world";
import { readAs } from "./scoped";
import type { CustomerActor } from "./shapes";
import { portalWorld } from "./world";

/** Where money can be sent by bank, and the customer's own reference that says whose it is. */
export interface BankDetails {
  holder: string;
  /** IBAN, or the account's number where there are none. */
  account: string;
  bic: string | null;
  bank: string | null;
  reference: string;
}

/** The host's settings about its bank account; the first two make it known. */
export const bankSettings = ["bank_account_holder", "bank_account", "bank_bic", "bank_name"] as const;

/** Null while the host has not said where money can be sent. */
export function showBankDetails(
  actor: CustomerActor,
  world: World = portalWorld(),
): Promise<BankDetails | null> {
  return readAs(world, actor, async (sql) => {
    const [rows, [customer]] = await Promise.all([
      sql`select key, value from settings where key = any(${[...bankSettings]})`,
      sql`select reference from customers where id = ${actor.customerId}`,
    ]);
    const textOf = (key: (typeof bankSettings)[number]) => {
      const value = rows.find((row) => row.key === key)?.value;
      return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
    };
    const [holder, account] = [textOf("bank_account_holder"), textOf("bank_account")];
    if (!holder || !account || !customer) return null;
    const [bic, bank] = [textOf("bank_bic"), textOf("bank_name")];
    return { holder, account: grouped(account), bic, bank, reference: customer.reference };
  });
}

/** An IBAN in groups of four, as it is printed; any other account as it was written. */
function grouped(account: string): string {
  const plain = account.replaceAll(/\s/g, "").toUpperCase();
  return /^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(plain) ? plain.replaceAll(/(.{4})(?=.)/g, "$1 ") : account;
}
