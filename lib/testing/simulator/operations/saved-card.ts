import type { CustomerId } from "@/lib/kernel/id";
import { saveCard } from "../../saved-cards";
import type { SimulatedCustomer } from "../cast";
import type { Operation } from "../operation";
import type { Turn } from "../simulation";
import type { Stage } from "../stage";
import { draftOf } from "./draft";
import { click, told } from "./pay";

export const savedCardOperations: readonly Operation[] = [
  { name: "pay with a saved card", weight: 12, run: payWithSavedCard },
];

/** One that pays, one that is declined, one whose bank always asks. */
const tokens = ["pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired"];

/** Gives customers their cards, before anything goes wrong. */
export async function saveCards(stage: Stage, customers: readonly SimulatedCustomer[]): Promise<void> {
  const world = { ...stage.world, stripeUrl: stage.stripeUrl, owner: stage.owner };
  for (const customer of customers) {
    for (const token of tokens) await saveCard(world, customer, token);
  }
}

/** Any of them, now and then one of somebody else. */
async function payWithSavedCard(turn: Turn): Promise<void> {
  const { random, simulation } = turn;
  const customer = random.pick(simulation.customers);
  const owner = random.chance(0.05) ? random.pick(simulation.customers) : customer;
  const cards = await cardsOf(turn, owner.customerId);
  if (cards.length === 0) return turn.idle();
  const draft = await draftOf(turn, customer, { cardId: random.pick(cards) });
  turn.note(`${told(turn, draft)} with a card of ${owner.name}`);
  turn.note(`→ ${await click(turn, draft)}`);
  await rememberQuestion(turn, draft.input.paymentId);
}

async function cardsOf({ stage }: Turn, customerId: CustomerId): Promise<string[]> {
  const rows = await stage.owner`
    select id from payment_methods where customer_id = ${customerId} and detached_at is null order by created_at, id`;
  return rows.map(({ id }) => id);
}

/** What the bank asks waits for its answer, as that of a hosted page does. */
async function rememberQuestion({ stage, simulation }: Turn, paymentId: string): Promise<void> {
  const [row] = await stage.owner`
    select stripe_payment_intent_id as id from payments
    where id::text = ${paymentId} and ended_at is null and checkout_url is not null
      and stripe_payment_intent_id is not null`;
  if (row) simulation.waitingIntents.push({ id: row.id, for: "authentication" });
}
