import { agreeLoss } from "@/lib/billing/dispute/agree-loss";
import { pollDisputes } from "@/lib/billing/dispute/poll-disputes";
import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import { pollFees } from "@/lib/billing/payment/poll-fees";
import { pollPayments } from "@/lib/billing/payment/poll-payments";
import { reconcile } from "@/lib/billing/reconciliation/reconcile";
import { pollRefunds } from "@/lib/billing/refund/poll-refunds";
import { unparkEvent } from "@/lib/gateway/parked-events";
import { remindCustomers } from "@/lib/jobs/remind-customers";
import { processWaitingEvents } from "@/lib/webhook/process-events";
import { readBackEvents } from "@/lib/webhook/read-back-events";
import { checkInvariants } from "./checks";
import { checkStrangers } from "./differences";
import { checkEvents } from "./events-against-rows";
import { deliver } from "./operations/mail";
import { awaitingWord, closeAtBank, isOpen } from "./operations/money-back";
import { advance } from "./operations/time";
import type { Simulation } from "./simulation";
import { checkAgainstStripe } from "./stripe-against-ledger";
import { clearStripe } from "./stripe-faults";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Lets everything come to its end, without further faults. First the poller alone, with every webhook lost: each
 * payment ends and what was taken in time is booked. Then what was missed is read back: nothing at all is left over.
 */
export async function drain(simulation: Simulation): Promise<void> {
  const { stage } = simulation;
  await clearStripe(simulation);
  await stage.control.clearFaults();
  // Recorded while Stripe still has them, but not worked on before the poller has done what it must do alone.
  await readBackEvents(stage.world);
  await endDelayed(simulation);
  await stage.control.dropWebhooks();
  await pollUntilQuiet(simulation);
  await checkAgainstStripe(simulation, { lateOnes: "not yet" });
  await checkInvariants(simulation, "all");
  if (simulation.violations.length > 0) return;
  await stage.control.deliverWebhooks();
  await stage.control.webhooksIdle();
  await workUntilQuiet(simulation);
  await checkNothingIsLeft(simulation);
  await checkStrangers(simulation);
  await checkAgainstStripe(simulation, { lateOnes: "booked" });
  await checkEvents(simulation);
  await checkInvariants(simulation, "all");
}

/** Bank debits, refunds and disputes that nobody would ever end. */
async function endDelayed(simulation: Simulation): Promise<void> {
  const { stage, random } = simulation;
  const dump = await stage.control.dump();
  for (const intent of dump.payment_intent ?? []) {
    if (intent.status !== "processing") continue;
    await stage.control.settleDelayed(String(intent.id), random.chance(0.5) ? "succeeds" : "fails");
  }
  for (const { id, status } of dump.refund ?? []) {
    if (status !== "pending") continue;
    await stage.control.settleRefund(String(id), random.chance(0.5) ? "succeeds" : "fails");
  }
  for (const dispute of dump.dispute ?? []) {
    if (isOpen(dispute))
      await closeAtBank(simulation, String(dispute.id), random.chance(0.5) ? "won" : "lost");
  }
}

/** Past the pages' expiry, then past the day after which a payment that Stripe never answered is looked up. */
async function pollUntilQuiet(simulation: Simulation): Promise<void> {
  const { stage } = simulation;
  const waits = [...Array<number>(9).fill(20 * minuteMs), ...Array<number>(14).fill(6 * hourMs)];
  for (const ms of waits) {
    if (await isQuiet(simulation)) return;
    await advance({ clock: stage.world.clock, control: stage.control }, ms);
    for (let looked = 1; looked > 0; ) {
      const polled = await pollPayments(stage.world);
      for (const { result } of polled)
        if (result.kind === "fault") simulation.violate("a payment can be polled", String(result.error));
      looked = polled.length;
    }
    for (const ref of await awaitingWord(stage.owner))
      await agreeLoss(stage.world, stage.world.staff, { ...ref, reason: "in the end" });
    for (const { result } of [...(await pollRefunds(stage.world)), ...(await pollDisputes(stage.world))])
      if (result.kind === "fault") simulation.violate("money back can be polled", String(result.error));
    await pollFees(stage.world, 1_000);
  }
  if (!(await isQuiet(simulation)))
    simulation.violate("every payment comes to its end", await openOnes(simulation));
}

async function isQuiet({ stage }: Simulation): Promise<boolean> {
  const [row] = await stage.owner`
    select (select count(*) from payments where ended_at is null)
      + (select count(*) from refunds where ended_at is null) + (select count(*) from disputes where ended_at is null)
      + (select count(*) from charges where fee_minor is null) as open`;
  return row?.open === 0n;
}

async function openOnes({ stage, drafts }: Simulation): Promise<string> {
  const rows = await stage.owner`select id, state, next_poll_at from payments where ended_at is null`;
  const names = rows.map(({ id, state, next_poll_at }) => {
    const draft = drafts.find(({ input }) => input.paymentId === id);
    return `${draft?.name ?? id} ${state}, to be polled at ${next_poll_at?.toISOString()}`;
  });
  return names.length > 0 ? names.join("; ") : "a fee is not known, or a refund or dispute is open";
}

/** The worker with everything at its hand; staff replay what was parked while nothing worked. */
async function workUntilQuiet(simulation: Simulation): Promise<void> {
  const { world, control, owner } = simulation.stage;
  for (let round = 0; round < 60; round += 1) {
    await readBackEvents(world);
    await reconcile(world);
    // What the night finds first and staff have to say of: a debit that came back.
    for (const ref of await awaitingWord(owner)) {
      const agreed = await agreeLoss(world, world.staff, { ...ref, reason: "in the end" });
      if (agreed.ok) await settleDispute(world, agreed.value.stripeDisputeId);
    }
    while ((await processWaitingEvents(world)).length > 0);
    await pollFees(world, 1_000);
    const parked = await owner`select event_id from event_runs where state = 'parked'`;
    if (round === 0)
      for (const { event_id } of parked) await unparkEvent(world.jobs.sql, event_id, world.clock.now());
    const [row] = await owner`
      select (select count(*) from event_runs where state = 'waiting')
        + (select count(*) from charges where fee_minor is null) as waiting`;
    if (round > 0 && row?.waiting === 0n && (await deliverAll(simulation))) return;
    await advance({ clock: world.clock, control }, hourMs);
  }
}

/** False while there is more than one batch of mail. */
async function deliverAll(simulation: Simulation): Promise<boolean> {
  const { owner, world } = simulation.stage;
  // What no mail server took on its day goes out with the next morning's.
  await remindCustomers(world);
  await deliver(simulation, world, null);
  const [row] = await owner`select count(*) as waiting from outbox where handled_at is null`;
  return row?.waiting === 0n;
}

async function checkNothingIsLeft(simulation: Simulation): Promise<void> {
  const { owner } = simulation.stage;
  const left = await owner`
    select 'open payments' as what, count(*) as count from payments where ended_at is null
    union all select 'claims', count(*) from invoice_claims
    union all select 'balances with holds', count(*) from balances where held_minor <> 0
    union all select 'events that wait or are parked', count(*) from event_runs where state in ('waiting', 'parked')
    union all select 'mails that wait', count(*) from outbox where handled_at is null
    union all select 'charges without their fee', count(*) from charges where fee_minor is null
    union all select 'open refunds', count(*) from refunds where ended_at is null
    union all select 'open disputes', count(*) from disputes where ended_at is null
    union all select 'quarantined', count(*) from tasks
      where kind in ('payment_quarantined', 'refund_quarantined', 'dispute_quarantined')
        and detail ->> 'reason' <> 'debit_returned'`;
  for (const { what, count } of left)
    if (count !== 0n) simulation.violate("nothing is left over in the end", `${count} ${what}`);
}
