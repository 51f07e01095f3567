import { openDatabase } from "@/db/client";
import type { World } from "@/lib/billing/world";
import { systemClock } from "@/lib/kernel/clock";
import { newId, type SessionId } from "@/lib/kernel/id";
import { purposeKeys } from "@/lib/kernel/purpose-key";
import { payFromBalance } from "@/lib/portal/pay";
import { localGateway } from "@/lib/testing/world";
import { type Payable, termMinor } from "./seed";

/** The application as a web process has it. No payment of the bench calls Stripe: nobody listens at its address. */
export function openWorld(url: string, max: number, jobsMax = 2): World & { close(): Promise<void> } {
  const app = openDatabase({ url, role: "mallard_app", max });
  const jobs = openDatabase({ url, role: "mallard_jobs", max: jobsMax });
  return {
    app,
    jobs,
    gateway: localGateway("http://127.0.0.1:9"),
    clock: systemClock,
    timeZone: "UTC",
    environment: "bench",
    portalUrl: "http://127.0.0.1:3000",
    ...purposeKeys({
      nextauthSecret: "only for tests, only for tests, only for tests",
      nextauthSecretBefore: null,
    }),
    close: async () => {
      await Promise.all([app.close(), jobs.close()]);
    },
  };
}

/** Pays as a customer does: authorized, under row level security, through the portal's use case. */
export async function payByUseCase(world: World, { customerId, userId, invoiceId }: Payable): Promise<void> {
  const paid = await payFromBalance(
    { customerId, userId, sessionId: newId<SessionId>() },
    {
      paymentId: newId(),
      invoiceIds: [invoiceId],
      plan: { balanceMinor: termMinor.toString(), cardMinor: "0", excessMinor: "0" },
    },
    world,
  );
  if (!paid.ok) throw new Error(`the bench's payment was refused: ${paid.refusal.code}`);
}
