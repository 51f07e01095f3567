import type { Database } from "@/db/client";
import { refundTopUp } from "@/lib/admin/refund-top-up";
import { showCardMoney } from "@/lib/admin/show-card-money";
import { pickUpCards } from "@/lib/billing/card/pick-up-cards";
import { settleDispute } from "@/lib/billing/dispute/settle-dispute";
import { ensureStripeCustomer } from "@/lib/billing/payment/ensure-stripe-customer";
import { settle } from "@/lib/billing/payment/settle";
import type { World } from "@/lib/billing/world";
import { attachTestCard } from "@/lib/gateway/attach-test-card";
import { type ChargeId, newId, type PaymentId, type RefundId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";
import type { Settings } from "@/lib/kernel/settings";
import type { Mailer } from "@/lib/mail/mailer";
import { switchAutoPay } from "@/lib/portal/auto-pay";
import { setAutoTopUp } from "@/lib/portal/auto-top-up";
import { cancelService } from "@/lib/portal/cancel-service";
import { inviteMember } from "@/lib/portal/invite-member";
import type { CustomerActor } from "@/lib/portal/shapes";
import { topUp } from "@/lib/portal/top-up";
import { sandboxControl } from "@/lib/sandbox/control";
import type { DemoCustomer } from "./demo-cast";
import type { DemoStaff } from "./demo-staff-acts";

interface HabitStage extends World {
  readonly staff: Database;
}

interface Player extends DemoCustomer {
  actor: CustomerActor;
}

interface Habits {
  players: readonly Player[];
  staff: DemoStaff;
  mailer: Mailer;
  settings: Settings;
}

/**
 * What customers have set up, and money that went back, beside the cast's own stories: Ada tops up by itself, had one
 * top-up refunded in part and disputes another; Marigold saved cards, pays by them automatically and has invited
 * somebody; Ben ends a service with its term; Heron School's bank took back a top-up that was spent already.
 */
export async function playHabits(stage: HabitStage, habits: Habits): Promise<void> {
  const { players, staff, mailer, settings } = habits;
  const [ada, ben, marigold, heron] = ["Ada Lovell", "Ben Okafor", "Marigold Studio", "Heron School"].map(
    (name) => of(players, name),
  ) as [Player, Player, Player, Player];

  // Money sent back and a disputed card turn automatic charges off: Ada sets them up afterwards.
  await refund(stage, ada, await toppedUp(stage, ada, "50", settings), staff);
  await dispute(stage, await toppedUp(stage, ada, "30", settings), "open", settings);
  await saveCard(stage, ada, "pm_card_visa", settings);
  const amounts = { threshold: "20", amount: "50", monthlyCap: "100" };
  done(await setAutoTopUp(ada.actor, { currency: "USD", settings: amounts }, stage));

  await saveCard(stage, marigold, "pm_card_mastercard", settings);
  const card = await saveCard(stage, marigold, "pm_card_visa", settings);
  done(await switchAutoPay(marigold.actor, { cardId: card }, stage));
  const invited = { email: "anton@marigold.example", role: "billing" as const };
  const host = { name: "Ducky Cloud", url: settings.mallardUrl };
  done(await inviteMember(marigold.actor, invited, stage, { mailer, host }));

  const [service] = await stage.jobs.sql`
    select id from services where customer_id = ${ben.actor.customerId} and label = 'shop-staging'`;
  done(await cancelService(ben.actor, { serviceId: service?.id }, stage));

  await dispute(stage, await toppedUp(stage, heron, "30", settings), "lost", settings);
}

function of(players: readonly Player[], name: string): Player {
  const player = players.find((candidate) => candidate.name === name);
  if (!player) throw new Error(`nobody is called ${name}`);
  return player;
}

function done<T>(result: Result<T, { code: string }>): T {
  if (!result.ok) throw new Error(`a habit of the story: ${result.refusal.code}`);
  return result.value;
}

/** A test card, saved as from Stripe's own page. Returns its id. */
async function saveCard(
  stage: HabitStage,
  { actor: { customerId } }: Player,
  token: string,
  settings: Settings,
): Promise<string> {
  const stripe = await ensureStripeCustomer(stage, customerId, async () => true);
  if (stripe.kind !== "known") throw new Error(`no customer at Stripe: ${stripe.kind}`);
  const at = { secretKey: settings.stripeSecretKey, apiBase: settings.stripeApiBase };
  const stripeId = await attachTestCard(at, stripe.stripeCustomerId, token);
  await pickUpCards(stage, stripe.stripeCustomerId);
  const [row] = await stage.jobs.sql`
    select id from payment_methods where customer_id = ${customerId} and stripe_payment_method_id = ${stripeId}`;
  return row?.id;
}

interface ArrivedTopUp {
  chargeId: ChargeId;
  stripeChargeId: string;
}

async function toppedUp(
  stage: HabitStage,
  { actor, currency }: Player,
  amount: string,
  settings: Settings,
): Promise<ArrivedTopUp> {
  const paymentId = newId<PaymentId>(stage.clock);
  done(await topUp(actor, { paymentId, currency, amount }, stage));
  const [payment] = await stage.jobs.sql`select stripe_session_id from payments where id = ${paymentId}`;
  await controlOf(settings).pay(payment?.stripe_session_id);
  await settle(stage, { customerId: actor.customerId, paymentId });
  const [charge] = await stage.jobs.sql`
    select id, stripe_charge_id from charges where payment_id = ${paymentId}`;
  return { chargeId: charge?.id, stripeChargeId: charge?.stripe_charge_id };
}

/** Finance sends 20.00 of a top-up back to its card. */
async function refund(stage: HabitStage, player: Player, arrived: ArrivedTopUp, staff: DemoStaff) {
  const { customerId } = player.actor;
  const [row] = await stage.jobs.sql`select reference from customers where id = ${customerId}`;
  const shown = await showCardMoney(staff.finance, { reference: row?.reference }, stage);
  const seen = shown?.charges.find(({ id }) => id === arrived.chargeId);
  const wish = {
    customerId,
    chargeId: arrived.chargeId,
    refundId: newId<RefundId>(stage.clock),
    currency: player.currency,
    amount: "20",
    seenMinor: seen?.refundable.minor ?? 0n,
    reason: "Topped up more than she wanted to, and asked for the rest",
  };
  done(await refundTopUp(staff.finance, wish, stage));
}

/** The bank takes a top-up back; it has decided already, or has not. */
async function dispute(
  stage: HabitStage,
  { stripeChargeId }: ArrivedTopUp,
  state: "open" | "lost",
  settings: Settings,
): Promise<void> {
  const control = controlOf(settings);
  const { id } = await control.dispute(stripeChargeId);
  await settleDispute(stage, id);
  if (state === "open") return;
  await control.closeDispute(id, "lost");
  await settleDispute(stage, id);
}

function controlOf(settings: Settings) {
  return sandboxControl(settings.stripeApiBase ?? "", settings.stripeSecretKey);
}
