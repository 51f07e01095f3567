import type { Simulation } from "./simulation";

const typesOf = {
  dispute: [
    "charge.updated",
    ...["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"].map(
      (name) => `charge.dispute.${name}`,
    ),
  ],
  payment: [
    ...["completed", "async_payment_succeeded", "async_payment_failed"].map(
      (name) => `checkout.session.${name}`,
    ),
    ...["succeeded", "payment_failed", "processing", "requires_action", "canceled"].map(
      (name) => `payment_intent.${name}`,
    ),
    ...["succeeded", "pending", "failed"].map((name) => `charge.${name}`),
  ],
};

/** What Stripe says of a dispute or a payment meanwhile reaches nobody, ever; then webhooks go on as they went before. */
export async function unheard<T>(
  { stage, webhooks }: Simulation,
  what: keyof typeof typesOf,
  work: () => Promise<T>,
): Promise<T> {
  const { control } = stage;
  await control.loseWebhooks(typesOf[what]);
  const done = await work();
  await control.webhooksIdle();
  if (webhooks === "hold") await control.holdWebhooks();
  else if (webhooks === "drop") await control.dropWebhooks();
  else if (webhooks === "down") await control.webhooksDown();
  else await control.deliverWebhooks();
  return done;
}
