import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { same, value } from "./contract-answers";
import {
  type ContractCheck,
  type ContractPayer,
  type ContractStage,
  keyOf,
  type PaidContractCheck,
  requestOf,
} from "./contract-stage";
import type { Card, Intent, IntentRequest } from "./port";

/** What the portal relies on of Stripe's saved cards. */
export const cardContract: readonly ContractCheck[] = [
  { name: "a saved card that is charged succeeds, once under one key, with its charge", run: chargedOnce },
  { name: "an intent is as it was asked for: of that amount, customer and payment", run: intentAsAsked },
  { name: "a declined saved card leaves an intent that says why, and can be canceled once", run: declined },
  { name: "a bank that asks the customer does so on a page of Stripe's, until the intent ends", run: asks },
  { name: "a bank that asks when nobody is there declines", run: asksNobody },
  { name: "an intent that succeeded cannot be canceled", run: cancelPaid },
  { name: "an intent is found by customer and payment, without its id", run: findIntent },
  { name: "a customer's cards are listed, and those of nobody else", run: listed },
  { name: "a card is detached once, and can never be charged again", run: detached },
  { name: "a page that saves a card is made once under one key, in each language", run: setupOnce },
  { name: "an unknown card or intent is declined", run: unknownCard },
];

/** The part that needs somebody who pays at the hosted page. */
export const savingContract: readonly PaidContractCheck[] = [
  { name: "a card is kept only when the customer ticked that", run: keptCard },
];

async function chargedOnce(stage: ContractStage): Promise<void> {
  const request = await intentRequestOf(stage, "pm_card_visa");
  const key = intentKeyOf(stage, request);
  const first = value(await stage.gateway.createIntent(request, key));
  const second = value(await stage.gateway.createIntent(request, key));
  same([second.id, first.status], [first.id, "succeeded"], "intent");
  same((await read(stage, first)).charge?.id, first.charge?.id, "charge");
  same([first.charge?.amountMinor, first.charge?.currency], [2000n, "USD"], "charge");
}

async function intentAsAsked(stage: ContractStage): Promise<void> {
  const request = await intentRequestOf(stage, "pm_card_visa");
  const intent = value(await stage.gateway.createIntent(request, intentKeyOf(stage, request)));
  same(intent.amountMinor, 2000n, "amount");
  same(intent.currency, "USD", "currency");
  same(intent.stripeCustomerId, request.stripeCustomerId, "customer");
  same(intent.paymentId, request.paymentId, "payment");
  same([intent.isLive, intent.actionUrl, intent.decline], [false, null, null], "intent");
}

async function declined(stage: ContractStage): Promise<void> {
  for (const isOffSession of [false, true]) {
    const request = { ...(await intentRequestOf(stage, "pm_card_chargeCustomerFail")), isOffSession };
    const intent = value(await stage.gateway.createIntent(request, intentKeyOf(stage, request)));
    same([intent.status, intent.charge], ["requires_payment_method", null], "intent");
    same(intent.decline?.code, "generic_decline", "reason");
    const canceled = value(await stage.gateway.cancelIntent(intent.id, "abandoned"));
    same([canceled.status, canceled.cancellationReason], ["canceled", "abandoned"], "intent");
    const again = await stage.gateway.cancelIntent(intent.id, "abandoned");
    same(again.outcome, "declined", "the second time");
  }
}

async function asks(stage: ContractStage): Promise<void> {
  const request = await intentRequestOf(stage, "pm_card_authenticationRequired");
  const intent = value(await stage.gateway.createIntent(request, intentKeyOf(stage, request)));
  same([intent.status, intent.charge, intent.decline], ["requires_action", null, null], "intent");
  assert(intent.actionUrl?.startsWith("http"), "the bank's page has its address");
  const canceled = value(await stage.gateway.cancelIntent(intent.id, "requested_by_customer"));
  same([canceled.status, canceled.actionUrl, canceled.decline], ["canceled", null, null], "intent");
}

async function asksNobody(stage: ContractStage): Promise<void> {
  const asked = await intentRequestOf(stage, "pm_card_authenticationRequired");
  const request = { ...asked, isOffSession: true };
  const intent = value(await stage.gateway.createIntent(request, intentKeyOf(stage, request)));
  same([intent.status, intent.actionUrl], ["requires_payment_method", null], "intent");
  same(intent.decline?.code, "authentication_required", "reason");
}

async function cancelPaid(stage: ContractStage): Promise<void> {
  const request = await intentRequestOf(stage, "pm_card_visa");
  const paid = value(await stage.gateway.createIntent(request, intentKeyOf(stage, request)));
  same((await stage.gateway.cancelIntent(paid.id, "abandoned")).outcome, "declined", "outcome");
  same((await read(stage, paid)).status, "succeeded", "status");
}

async function findIntent(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const first = await intentRequestOf(stage, "pm_card_visa");
  const second = { ...first, paymentId: newId() };
  const wanted = value(await gateway.createIntent(first, intentKeyOf(stage, first)));
  value(await gateway.createIntent(second, intentKeyOf(stage, second)));
  const [found] = value(await gateway.findIntents(first.stripeCustomerId, first.paymentId));
  same(found?.id, wanted.id, "intent");
  same(value(await gateway.findIntents(first.stripeCustomerId, newId())).length, 0, "nothing");
}

async function listed(stage: ContractStage): Promise<void> {
  const [one, other] = [await requestOf(stage), await requestOf(stage)];
  const first = await stage.attachCard(one.stripeCustomerId, "pm_card_visa");
  const second = await stage.attachCard(one.stripeCustomerId, "pm_card_mastercard");
  await stage.attachCard(other.stripeCustomerId, "pm_card_visa");
  const cards = value(await stage.gateway.listCards(one.stripeCustomerId));
  const shown = ({ id, brand, last4 }: Card) => `${id} ${brand} ${last4}`;
  same(cards.map(shown).sort(), [`${first} visa 4242`, `${second} mastercard 4444`].sort(), "cards");
  const [card] = cards;
  same(value(await stage.gateway.readCard(card?.id ?? "")), card, "card");
}

async function detached(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const request = await intentRequestOf(stage, "pm_card_visa");
  const id = request.stripePaymentMethodId;
  same(value(await gateway.detachCard(id))?.stripeCustomerId, null, "customer");
  same((await gateway.detachCard(id)).outcome, "declined", "the second time");
  same(value(await gateway.readCard(id))?.stripeCustomerId, null, "customer");
  same(value(await gateway.listCards(request.stripeCustomerId)), [], "cards");
  const charged = await gateway.createIntent(request, intentKeyOf(stage, request));
  same(charged.outcome, "declined", "a charge");
}

async function setupOnce(stage: ContractStage): Promise<void> {
  const { stripeCustomerId, customerId } = await requestOf(stage);
  for (const locale of ["en", "zh", "ar"]) {
    const request = {
      stripeCustomerId,
      customerId,
      locale,
      successUrl: "https://portal.example/payment-methods?from=saved",
      cancelUrl: "https://portal.example/payment-methods",
    };
    const key = `${stage.run}/${customerId}/card/${locale}`;
    const first = value(await stage.gateway.createCardSetup(request, key));
    same(value(await stage.gateway.createCardSetup(request, key)).url, first.url, "page");
    assert(first.url.startsWith("http"), "the page has its address");
  }
}

async function unknownCard(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const request = { ...(await intentRequestOf(stage, "pm_card_visa")), stripePaymentMethodId: "pm_nothing" };
  same((await gateway.createIntent(request, intentKeyOf(stage, request))).outcome, "declined", "card");
  same((await gateway.readIntent("pi_nothing")).outcome, "declined", "intent");
  same((await gateway.cancelIntent("pi_nothing", "abandoned")).outcome, "declined", "intent");
  same((await gateway.readCard("pm_nothing")).outcome, "declined", "card");
  same((await gateway.detachCard("pm_nothing")).outcome, "declined", "card");
}

async function keptCard(stage: ContractStage & ContractPayer): Promise<void> {
  const { gateway } = stage;
  const plain = await requestOf(stage);
  const without = value(await gateway.createCheckout(plain, keyOf(stage, plain)));
  await stage.pay(without, "succeeds");
  same(value(await gateway.readCheckout(without.id)).savedCard, null, "saved without being asked");
  const ticked = { ...plain, paymentId: newId(), savesCard: true as const };
  const page = value(await gateway.createCheckout(ticked, keyOf(stage, ticked)));
  same(page.savedCard, null, "saved before it paid");
  await stage.pay(page, "succeeds");
  const saved = value(await gateway.readCheckout(page.id)).savedCard;
  same(saved?.stripeCustomerId, plain.stripeCustomerId, "customer");
  same(value(await gateway.listCards(plain.stripeCustomerId)), [saved], "cards");
}

/** 20 dollars by a test card that a customer of its own has saved. */
export async function intentRequestOf(stage: ContractStage, token: string): Promise<IntentRequest> {
  const { stripeCustomerId, paymentId, customerId, currency, amountMinor, description } =
    await requestOf(stage);
  return {
    stripeCustomerId,
    stripePaymentMethodId: await stage.attachCard(stripeCustomerId, token),
    paymentId,
    customerId,
    currency,
    amountMinor,
    description,
    isOffSession: false,
    returnUrl: "https://portal.example/return",
  };
}

export function intentKeyOf({ run }: ContractStage, { paymentId }: IntentRequest): string {
  return `${run}/${paymentId}/intent`;
}

async function read(stage: ContractStage, { id }: Intent): Promise<Intent> {
  return value(await stage.gateway.readIntent(id));
}
