import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { pollPayments } from "@/lib/billing/payment/poll-payments";
import { issueRenewal } from "@/lib/billing/renewal/issue-renewal";
import { money } from "@/lib/kernel/money";
import { abandonPayment } from "@/lib/portal/pay";
import { paymentOutcome } from "@/lib/portal/payment-outcome";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { checkInvariants } from "./checks";
import { servicesIn } from "./lookups";
import { draftOf, send } from "./operations/draft";
import type { Simulation } from "./simulation";
import { Turn } from "./simulation";

/**
 * Many at once, in truth: what waits for whose locks is up to the machine, so a storm is not replayed exactly. It comes
 * after all steps that are.
 */
export async function storm(simulation: Simulation): Promise<void> {
  const { stage, random } = simulation;
  await stage.control.clearFaults();
  simulation.armed.length = 0;
  await stage.control.deliverWebhooks();
  for (let gust = 0; gust < 3; gust += 1) {
    const turn = new Turn(simulation, "storm", 0);
    const acts = await actsOf(turn);
    simulation.operations.add("storm: at once", acts.length);
    await Promise.all(random.shuffled(acts).map((act) => act()));
    await stage.control.webhooksIdle();
    await checkInvariants(simulation, "all");
  }
}

async function actsOf(turn: Turn): Promise<(() => Promise<unknown>)[]> {
  const { simulation, random } = turn;
  const { world } = turn.stage;
  const within = (work: () => Promise<unknown>) => () => turn.within(turn.mortal(), work);
  const acts: (() => Promise<unknown>)[] = [];
  for (const customer of random.some(simulation.customers, 3)) {
    const first = await draftOf(turn, customer);
    const drafts = [first, first];
    for (let more = 0; more < 5; more += 1) {
      const same = random.chance(0.5) ? { invoiceIds: first.input.invoiceIds } : {};
      drafts.push(await draftOf(turn, customer, same));
    }
    for (const draft of drafts) {
      acts.push(within(() => send(draft, world)));
      if (random.chance(0.3))
        acts.push(within(() => paymentOutcome(customer.actor, draft.input.paymentId, world)));
      if (random.chance(0.2)) acts.push(within(() => abandonPayment(customer.actor, draft.input, world)));
    }
    const gift = { customerId: customer.customerId, amount: money(500n, customer.currency), reason: "storm" };
    acts.push(within(() => giveGoodwill(world, world.staff, gift)));
  }
  for (const service of random.some(await servicesIn(turn.stage, ["active"]), 4))
    for (const _ of [1, 2]) acts.push(within(() => issueRenewal(world, world.staff, service)));
  for (const _ of [1, 2]) {
    acts.push(within(() => pollPayments(world)));
    acts.push(within(() => processWaitingEvents(world)));
  }
  return acts;
}
