import type { ReservedSql } from "@/db/client";
import type { Host } from "./shapes";

/** The host as its settings have it; what is not set is its name from the environment, and nothing else. */
export async function readHost(
  sql: ReservedSql,
  fallback: { hostName: string },
  timeZone: string,
): Promise<Host> {
  const rows =
    await sql`select key, value from settings where key in ('host_name', 'host_address', 'host_logo')`;
  const textOf = (key: string) => {
    const value = rows.find((row) => row.key === key)?.value;
    return typeof value === "string" && value.trim() !== "" ? value : null;
  };
  return {
    name: textOf("host_name") ?? fallback.hostName,
    address: textOf("host_address"),
    logo: logoIn(textOf("host_logo")),
    timeZone,
  };
}

/** The picture of a data address, if it is of a kind that a PDF takes. */
function logoIn(address: string | null): Uint8Array | null {
  const [, content] = /^data:image\/(?:png|jpeg);base64,([A-Za-z0-9+/=]+)$/.exec(address ?? "") ?? [];
  return content ? Buffer.from(content, "base64") : null;
}
