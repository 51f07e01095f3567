import type { Database } from "@/db/client";
import { openDatabase } from "@/db/client";
import { context } from "@/lib/auth/context";
import { webPoolSizes } from "@/lib/auth/pool-sizes";
import { followLimits } from "@/lib/billing/payment/learned-limits";
import type { World } from "@/lib/billing/world";
import { followSettlement } from "@/lib/gateway/follow-settlement";
import { stripeGateway } from "@/lib/gateway/stripe";
import { purposeKeys } from "@/lib/kernel/purpose-key";

/** What staff's use cases stand on: the billing world, and the connections of the staff role. */
export interface StaffWorld extends World {
  readonly staff: Database;
}

const key = Symbol.for("mallard.admin.world");

/** Made from the process's settings at the first use. Tests bring their own. */
export function staffWorld(): StaffWorld {
  const global = globalThis as { [key]?: StaffWorld };
  global[key] ??= openWorld();
  return global[key];
}

function openWorld(): StaffWorld {
  const { settings, app, staff, billingClock } = context();
  const gateway = stripeGateway({
    secretKey: settings.stripeSecretKey,
    webhookSecrets: settings.stripeWebhookSecrets,
    apiBase: settings.stripeApiBase,
    settlesIn: settings.stripeSettlesIn ?? [],
  });
  if (!settings.stripeSettlesIn) followSettlement(gateway);
  const world = {
    app,
    staff,
    jobs: openDatabase({
      url: settings.databaseUrls.jobs,
      role: "mallard_jobs",
      max: webPoolSizes(settings.databasePoolSize).staffJobs,
    }),
    gateway,
    clock: billingClock,
    timeZone: settings.timeZone,
    environment: "mallard",
    portalUrl: settings.mallardUrl,
    ...purposeKeys(settings),
    panelOrigin: settings.panelUrl,
  };
  followLimits(world);
  return world;
}
