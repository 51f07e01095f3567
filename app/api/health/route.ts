import { portalWorld } from "@/lib/portal/world";

export const dynamic = "force-dynamic";

/** Up, and the database answers. Says nothing else to anybody. */
export async function GET(): Promise<Response> {
  await portalWorld().jobs.sql`select 1`;
  return new Response("ok", { headers: { "content-type": "text/plain", "cache-control": "no-store" } });
}
