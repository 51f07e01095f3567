import postgres from "postgres";
import { type HostSecret, purposeKeys } from "@/lib/kernel/purpose-key";
import { SetupFault } from "./setup-fault";

/**
 * Pay links in mails and the sealed secrets of endpoints are of the secret under which they were made. The database keeps a mark
 * of it, which tells nothing of the secret: another machine, a restored backup or a second web with a secret of its own is refused
 * with a SetupFault, and not found out by customers. Changing it goes by NEXTAUTH_SECRET_PREVIOUS. As the owner.
 */
export async function keepSecret(url: string, secret: HostSecret): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {}, connection: { "mallard.owner": "on" } });
  const { now, before } = purposeKeys(secret).markKey;
  const [mark, earlier] = [hex(now), before && hex(before)];
  try {
    const isKnown = await client.begin(async (sql) => {
      await sql`select pg_advisory_xact_lock(hashtext('mallard secret mark'))`;
      const [kept] = await sql`select value #>> '{}' as mark from settings where key = 'secret_mark'`;
      if (kept && kept.mark !== mark && kept.mark !== earlier) return false;
      await sql`
        insert into settings (key, value) values ('secret_mark', to_jsonb(${mark}::text))
        on conflict (key) do update set value = excluded.value`;
      return true;
    });
    if (isKnown) return;
  } finally {
    await client.end({ timeout: 1 });
  }
  throw new SetupFault(
    "NEXTAUTH_SECRET is not the one that this database was used with: sign-ins, pay links in mails and the secrets of webhook " +
      "endpoints would be void. Set the one of before: where none was set, it is in .mallard/secrets.json of the machine of before. To change " +
      "it, set the new one and name the one of before in NEXTAUTH_SECRET_PREVIOUS. Only if that one is lost: delete the row " +
      "secret_mark of the table settings.",
  );
}

function hex(key: Uint8Array): string {
  return Buffer.from(key).toString("hex");
}
