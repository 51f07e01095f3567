import type { ReservedSql } from "@/db/client";
import type { Host, HostBank } from "./shapes";

const hostKeys = [
  "host_name",
  "host_address",
  "host_tax_id",
  "host_logo",
  "bank_account_holder",
  "bank_account",
  "bank_bic",
  "bank_name",
];

/** The host as its settings have it; what is not set is its name from the environment, and nothing else. */
export async function readHost(
  sql: ReservedSql,
  fallback: { hostName: string },
  timeZone: string,
): Promise<Host> {
  const rows = await sql`select key, value from settings where key = any(${hostKeys})`;
  const textOf = (key: string) => {
    const value = rows.find((row) => row.key === key)?.value;
    return typeof value === "string" && value.trim() !== "" ? value : null;
  };
  return {
    name: textOf("host_name") ?? fallback.hostName,
    address: textOf("host_address"),
    taxId: textOf("host_tax_id"),
    bank: bankIn(textOf),
    logo: logoIn(textOf("host_logo")),
    timeZone,
  };
}

function bankIn(textOf: (key: string) => string | null): HostBank | null {
  const [holder, account] = [textOf("bank_account_holder"), textOf("bank_account")];
  return holder && account ? { holder, account, bic: textOf("bank_bic"), name: textOf("bank_name") } : null;
}

/** The picture of a data address, if it is of a kind that a PDF takes. */
function logoIn(address: string | null): Uint8Array | null {
  const [, content] = /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)$/.exec(address ?? "") ?? [];
  return content ? Buffer.from(content, "base64") : null;
}
