import { money, toDecimal } from "@/lib/kernel/money";
import { switchAutoPay } from "@/lib/portal/auto-pay";
import { setAutoTopUp } from "@/lib/portal/auto-top-up";
import { makeDefaultCard, removeCard } from "@/lib/portal/change-cards";
import type { TestCustomer } from "../../fixtures";
import { saveCard } from "../../saved-cards";
import type { Operation } from "../operation";
import { isLost, type Turn } from "../simulation";

/** Cards that are charged automatically: switched on and off, set, chosen and removed, and cards that come anew. */
export const autoChargeOperations: readonly Operation[] = [
  { name: "auto-pay is switched", weight: 5, run: switchIt },
  { name: "auto top-up is set", weight: 4, run: set },
  { name: "a card is saved", weight: 2, run: save },
  { name: "a card is made the default", weight: 3, run: choose },
  { name: "a card is removed", weight: 1, run: remove },
];

async function switchIt(turn: Turn): Promise<void> {
  const { random, simulation } = turn;
  const customer = random.pick(simulation.cast.cardHolders);
  const card = await cardOf(turn, customer);
  const isOff = card === null || random.chance(0.15);
  const cardId = isOff ? null : card;
  turn.touch([customer]);
  const said = await turn.within(turn.mortal(), (world) => switchAutoPay(customer.actor, { cardId }, world));
  turn.note(
    `${customer.name} ${isOff ? "off" : "on"} → ${isLost(said) ? said.lost : said.ok ? "done" : said.refusal.code}`,
  );
}

async function cardOf({ random, stage }: Turn, { customerId }: TestCustomer): Promise<string | null> {
  const cards = await stage.owner`
    select id from payment_methods where customer_id = ${customerId} and detached_at is null order by created_at, id`;
  return cards.length === 0 ? null : random.pick([...cards]).id;
}

async function choose(turn: Turn): Promise<void> {
  const customer = turn.random.pick(turn.simulation.cast.cardHolders);
  const cardId = await cardOf(turn, customer);
  if (!cardId) return turn.idle();
  turn.touch([customer]);
  const said = await turn.within(turn.mortal(), (world) =>
    makeDefaultCard(customer.actor, { cardId }, world),
  );
  turn.note(`${customer.name} → ${isLost(said) ? said.lost : said.ok ? "done" : said.refusal.code}`);
}

async function remove(turn: Turn): Promise<void> {
  const customer = turn.random.pick(turn.simulation.cast.cardHolders);
  const cardId = await cardOf(turn, customer);
  if (!cardId) return turn.idle();
  turn.touch([customer]);
  const said = await turn.within(turn.mortal(), (world) => removeCard(customer.actor, { cardId }, world));
  turn.note(`${customer.name} → ${isLost(said) ? said.lost : said.ok ? "done" : said.refusal.code}`);
}

async function set(turn: Turn): Promise<void> {
  const { random, simulation } = turn;
  const customer = random.pick(simulation.cast.cardHolders);
  const { currency } = customer;
  const text = (minor: number) => toDecimal(money(BigInt(minor), currency));
  const amount = random.between(5, 300) * 10;
  const settings = random.chance(0.2)
    ? null
    : {
        threshold: text(random.between(0, 1_500)),
        amount: text(amount),
        monthlyCap: text(amount * random.between(1, 6)),
      };
  turn.touch([customer]);
  const said = await turn.within(turn.mortal(), (world) =>
    setAutoTopUp(customer.actor, { currency, settings }, world),
  );
  const word = isLost(said) ? said.lost : said.ok ? "done" : said.refusal.code;
  turn.note(
    `${customer.name} ${settings ? `${settings.amount} below ${settings.threshold}` : "off"} → ${word}`,
  );
}

async function save(turn: Turn): Promise<void> {
  const { random, simulation, stage } = turn;
  // What goes wrong while a card is saved is not for this: the page does it again.
  if (simulation.armed.length > 0) return turn.idle();
  const customer = random.pick(simulation.cast.cardHolders);
  const token = random.pick(["pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired"]);
  turn.touch([customer]);
  await saveCard({ ...stage.world, stripeUrl: stage.stripeUrl, owner: stage.owner }, customer, token);
  turn.note(`${customer.name} ${token}`);
}
