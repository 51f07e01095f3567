import { openDatabase } from "@/db/client";
import { context } from "@/lib/auth/context";
import { webPoolSizes } from "@/lib/auth/pool-sizes";
import { followLimits } from "@/lib/billing/payment/learned-limits";
import type { World } from "@/lib/billing/world";
import { followSettlement } from "@/lib/gateway/follow-settlement";
import { stripeGateway } from "@/lib/gateway/stripe";
import { purposeKeys } from "@/lib/kernel/purpose-key";

const key = Symbol.for("mallard.portal.world");

/** What the use cases of a web process stand on, made from its settings at the first use. Tests bring their own. */
export function portalWorld(): World {
  const global = globalThis as { [key]?: World };
  global[key] ??= openWorld();
  return global[key];
}

function openWorld(): World {
  const { settings, app, billingClock } = context();
  const { databaseUrls, databasePoolSize } = settings;
  const gateway = stripeGateway({
    secretKey: settings.stripeSecretKey,
    webhookSecrets: settings.stripeWebhookSecrets,
    apiBase: settings.stripeApiBase,
    settlesIn: settings.stripeSettlesIn ?? [],
  });
  if (!settings.stripeSettlesIn) followSettlement(gateway);
  const world = {
    app,
    jobs: openDatabase({
      url: databaseUrls.jobs,
      role: "mallard_jobs",
      max: webPoolSizes(databasePoolSize).jobs,
    }),
    gateway,
    clock: billingClock,
    timeZone: settings.timeZone,
    environment: "mallard",
    portalUrl: settings.mallardUrl,
    ...purposeKeys(settings),
  };
  followLimits(world);
  return world;
}
