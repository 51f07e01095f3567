import type { World } from "@/lib/sandbox/world";

/**
 * Tells the world where its pages are. After a restart on another port the open sessions are found there too: their
 * addresses are written anew.
 */
export function moveTo(world: World, baseUrl: string): void {
  world.baseUrl = baseUrl;
  for (const session of [...world.store.table("checkout.session").oldestFirst()]) {
    const url = `${baseUrl}/c/pay/${session.id}`;
    if (session.status === "open" && session.url !== url)
      world.store.put("checkout.session", { ...session, url });
  }
  for (const table of ["payment_intent", "setup_intent"] as const) {
    for (const intent of [...world.store.table(table).oldestFirst()]) {
      const next = intent.next_action;
      const redirect = next?.redirect_to_url;
      const url = `${baseUrl}/c/authenticate/${intent.id}`;
      if (!next || !redirect || redirect.url === url) continue;
      world.store.put(table, {
        ...intent,
        next_action: { ...next, redirect_to_url: { ...redirect, url } },
      } as never);
    }
  }
}
