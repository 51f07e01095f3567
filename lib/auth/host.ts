import { cache } from "react";
import type { ReservedSql, Sql } from "@/db/client";
import { context } from "./context";

/** What the portal calls itself, and where its logo is; null where the host has none. */
export interface Host {
  readonly name: string;
  readonly logoUrl: string | null;
}

/** As the host's settings have it, read once for each request; without them the name of the environment. */
export const currentHost = cache(async (): Promise<Host> => {
  const { app, settings } = context();
  const rows = await app.sql`
    select key, case when key = 'host_logo' then md5(value::text) else value #>> '{}' end as text
    from settings where key in ('host_name', 'host_logo') and value #>> '{}' <> ''`;
  const textOf = (key: string) => rows.find((row) => row.key === key)?.text as string | undefined;
  const logo = textOf("host_logo");
  return { name: textOf("host_name") ?? settings.hostName, logoUrl: logo ? `/host-logo?v=${logo}` : null };
});

/** What the host calls itself by its settings, for what is written to people; without them the name that is given. */
export async function hostNameOf(sql: Sql | ReservedSql, fallback: string): Promise<string> {
  const [row] = await sql`
    select value #>> '{}' as name from settings where key = 'host_name' and value #>> '{}' <> ''`;
  return (row?.name as string | undefined) ?? fallback;
}

/** The logo's bytes; null where there is none. */
export async function hostLogo(): Promise<{ type: string; bytes: Uint8Array<ArrayBuffer> } | null> {
  const [row] = await context().app.sql`select value #>> '{}' as text from settings where key = 'host_logo'`;
  const [, type, content] =
    /^data:(image\/(?:png|jpeg));base64,([A-Za-z0-9+/=]+)$/.exec(row?.text ?? "") ?? [];
  return type && content ? { type, bytes: Uint8Array.from(Buffer.from(content, "base64")) } : null;
}
