import type { Simulation } from "./simulation";

const types = [
  "charge.updated",
  ...["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"].map(
    (name) => `charge.dispute.${name}`,
  ),
];

/** What Stripe says of a dispute meanwhile reaches nobody, ever; then webhooks go on as they went before. */
export async function unheard<T>({ stage, webhooks }: Simulation, work: () => Promise<T>): Promise<T> {
  const { control } = stage;
  await control.loseWebhooks(types);
  const done = await work();
  await control.webhooksIdle();
  if (webhooks === "hold") await control.holdWebhooks();
  else if (webhooks === "drop") await control.dropWebhooks();
  else if (webhooks === "down") await control.webhooksDown();
  else await control.deliverWebhooks();
  return done;
}
