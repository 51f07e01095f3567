import { settle } from "@/lib/billing/payment/settle";
import type { World } from "@/lib/billing/world";
import { type InvoiceId, newId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";
import type { Settings } from "@/lib/kernel/settings";
import { cancelInvoice } from "@/lib/portal/cancel-invoice";
import { payCombined, payDirect } from "@/lib/portal/pay";
import { previewPlan } from "@/lib/portal/preview-plan";
import type { CustomerActor, PayOutcome } from "@/lib/portal/shapes";
import { topUp } from "@/lib/portal/top-up";
import { sandboxControl } from "@/lib/sandbox/control";
import type { DemoCustomer } from "./demo-cast";

const dayMs = 24 * 3_600_000;

interface Player extends DemoCustomer {
  actor: CustomerActor;
}

/** Plays a customer's last day: a payment by card in whatever state, an invoice cancelled, a balance topped up. */
export async function playLastDay(stage: World, player: Player, settings: Settings): Promise<void> {
  await playCard(stage, player, settings);
  await playEnding(stage, player, settings);
}

/** Pays the oldest open invoice by card, as far as the story goes. */
async function playCard(stage: World, player: Player, settings: Settings): Promise<void> {
  if (!player.card || !settings.stripeApiBase) return;
  const invoiceId = await openInvoice(stage, player, "first");
  if (!invoiceId) throw new Error(`${player.name} has nothing to pay`);
  const useBalance = player.card === "combined" ? "all" : "none";
  const preview = await previewPlan(player.actor, { invoiceIds: [invoiceId], useBalance }, stage);
  if (!preview.ok) throw new Error(`no plan: ${preview.refusal.code}`);
  const paymentId = newId(stage.clock);
  const input = { paymentId, invoiceIds: [invoiceId], plan: preview.value.plan };
  const start = player.card === "combined" ? payCombined : payDirect;
  const started = await start(player.actor, input, stage);
  await payPage(stage, player, { paymentId, started, card: player.card, settings });
}

/** What else a player does on the last day: cancels the open invoice that is due last, or tops the balance up by card. */
async function playEnding(stage: World, player: Player, settings: Settings): Promise<void> {
  if (player.ending === "cancels") {
    const invoiceId = await openInvoice(stage, player, "last");
    if (!invoiceId) throw new Error(`${player.name} has nothing to cancel`);
    const cancelled = await cancelInvoice(player.actor, { invoiceId }, stage);
    if (!cancelled.ok) throw new Error(`${player.name} could not cancel: ${cancelled.refusal.code}`);
  }
  if (player.ending === "tops_up") {
    const paymentId = newId(stage.clock);
    const wish = { paymentId, currency: player.currency, amount: player.currency === "JPY" ? "3000" : "25" };
    const started = await topUp(player.actor, wish, stage);
    await payPage(stage, player, { paymentId, started, card: "succeeds", settings });
  }
}

async function openInvoice(
  stage: World,
  { actor }: Player,
  due: "first" | "last",
): Promise<InvoiceId | null> {
  const invoices = await stage.jobs.sql`
    select id from invoices where customer_id = ${actor.customerId} and state = 'open' order by due_on, id`;
  return (invoices.at(due === "first" ? 0 : -1)?.id as InvoiceId | undefined) ?? null;
}

interface LedToPage {
  paymentId: string;
  started: Result<PayOutcome, { code: string }>;
  card: DemoCustomer["card"];
  settings: Settings;
}

/** Does at Stripe's page what the story says, and settles what came of it. */
async function payPage(stage: World, player: Player, { paymentId, started, card, settings }: LedToPage) {
  if (!started.ok || started.value.kind !== "redirect") {
    throw new Error(`the local Stripe shows ${player.name} no page: ${JSON.stringify(started)}`);
  }
  const [payment] = await stage.jobs.sql`select stripe_session_id from payments where id = ${paymentId}`;
  await play(card, payment?.stripe_session_id, settings);
  await settle(stage, { customerId: player.actor.customerId, paymentId: paymentId as never });
}

async function play(card: DemoCustomer["card"], sessionId: string, settings: Settings): Promise<void> {
  const control = sandboxControl(settings.stripeApiBase ?? "", settings.stripeSecretKey);
  switch (card) {
    case "succeeds":
    case "combined":
      await control.pay(sessionId);
      return;
    case "declined":
      await control.pay(sessionId, { card: "4000000000000002" });
      return;
    case "debit_waits":
      await control.pay(sessionId, { method: "sepa_debit", later: "succeeds", afterMs: 3 * dayMs });
      return;
    case "expired":
      await control.expire(sessionId);
      return;
    default:
      return;
  }
}
