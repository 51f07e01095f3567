import { after } from "next/server";
import { portalWorld } from "@/lib/portal/world";
import { processEvent } from "@/lib/webhook/process-events";
import { receiveEvent } from "@/lib/webhook/receive-event";

export const dynamic = "force-dynamic";

/** Stripe's webhook: recorded, answered, and only then worked on. A fault answers 500, so that it is sent again. */
export async function POST(request: Request): Promise<Response> {
  const world = portalWorld();
  const received = await receiveEvent(world, {
    body: request.body,
    signature: request.headers.get("stripe-signature"),
  });
  if (received.kind === "refused") return new Response(null, { status: received.status });
  after(async () => {
    await processEvent(world, received.eventId);
  });
  return new Response(null, { status: 200 });
}
