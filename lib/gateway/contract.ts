import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { type Currency, currencies } from "@/lib/kernel/money";
import { moved, same, value, wordsOf } from "./contract-answers";
import { cardContract, savingContract } from "./contract-cards";
import { bankContract, refundContract } from "./contract-money-back";
import {
  type ContractCheck,
  type ContractPayer,
  type ContractStage,
  eventually,
  keyOf,
  type PaidContractCheck,
  requestOf,
} from "./contract-stage";
import type { Checkout } from "./port";

/** What the portal relies on of Stripe, whether it is the local one or Stripe itself. Each check makes its own objects. */
export const contract: readonly ContractCheck[] = [
  { name: "a customer is made once under one key", run: customerOnce },
  { name: "a key that comes with other parameters is unknown, never declined", run: otherParameters },
  {
    name: "a page is as it was asked for: open, unpaid, of that amount, customer and payment",
    run: pageAsAsked,
  },
  { name: "a page is made once under one key, and read back as it was made", run: pageOnce },
  { name: "a page in each language of the portal is made", run: pageLanguages },
  { name: "names and descriptions in any script are taken", run: anyScript },
  {
    name: "the least amount of every currency can be charged, once the account has said what it settles in",
    run: leastAmounts,
  },
  { name: "less than the least amount, too much, or between two steps is declined", run: wrongAmounts },
  { name: "an expiry that is too soon or too late is declined", run: wrongExpiry },
  { name: "an unknown customer, page or charge is declined", run: unknownIds },
  { name: "an open page can be expired, once", run: expirePage },
  { name: "a page is found by customer and payment, without its id", run: findPage },
  { name: "events that were not delivered can be listed", run: listEvents },
  { name: "an unknown key is declined before it is looked at what was asked", run: strangerDeclined },
  ...cardContract,
  ...refundContract,
  ...bankContract,
];

/** The part that needs somebody who pays at the hosted page. */
export const paidContract: readonly PaidContractCheck[] = [
  { name: "a paid page is complete and paid, with its charge and what Stripe kept of it", run: paidPage },
  { name: "a declined card leaves the page open for another", run: declinedCard },
  { name: "a paid page cannot be expired", run: expirePaid },
  ...savingContract,
];

async function customerOnce({ gateway, run }: ContractStage): Promise<void> {
  const input = { customerId: newId(), name: "Contract", email: "contract@example.com" };
  const key = `${run}/${input.customerId}/customer`;
  const [first, second] = [
    await gateway.createCustomer(input, key),
    await gateway.createCustomer(input, key),
  ];
  same(value(first).id, value(second).id, "customer");
}

async function otherParameters(stage: ContractStage): Promise<void> {
  const { gateway, run } = stage;
  const input = { customerId: newId(), name: "Contract", email: "contract@example.com" };
  const key = `${run}/${input.customerId}/customer`;
  value(await gateway.createCustomer(input, key));
  same((await gateway.createCustomer({ ...input, name: "Other" }, key)).outcome, "unknown", "outcome");
  const request = await requestOf(stage);
  const pageKey = keyOf(stage, request);
  value(await gateway.createCheckout(request, pageKey));
  const other = { ...request, amountMinor: "1999" };
  same((await gateway.createCheckout(other, pageKey)).outcome, "unknown", "outcome");
}

async function pageAsAsked(stage: ContractStage): Promise<void> {
  const request = await requestOf(stage);
  const checkout = value(await stage.gateway.createCheckout(request, keyOf(stage, request)));
  same(checkout.status, "open", "status");
  same(checkout.paymentStatus, "unpaid", "payment status");
  same(checkout.amountMinor, BigInt(request.amountMinor), "amount");
  same(checkout.currency, request.currency, "currency");
  same(checkout.stripeCustomerId, request.stripeCustomerId, "customer");
  same(checkout.paymentId, request.paymentId, "payment");
  same(checkout.isLive, false, "mode");
  same(checkout.expiresAt.getTime(), request.expiresAt * 1000, "expiry");
  same(checkout.charge, null, "charge");
  assert(checkout.url?.startsWith("http"), "an open page has its address");
}

async function pageOnce(stage: ContractStage): Promise<void> {
  const request = await requestOf(stage);
  const key = keyOf(stage, request);
  const first = value(await stage.gateway.createCheckout(request, key));
  const second = value(await stage.gateway.createCheckout(request, key));
  same(second.id, first.id, "page");
  const read = value(await stage.gateway.readCheckout(first.id));
  same({ ...read }, { ...first }, "page");
}

async function pageLanguages(stage: ContractStage): Promise<void> {
  for (const locale of ["en", "zh", "auto"]) {
    const request = { ...(await requestOf(stage)), locale };
    same(value(await stage.gateway.createCheckout(request, keyOf(stage, request))).status, "open", locale);
  }
}

async function anyScript(stage: ContractStage): Promise<void> {
  const { gateway, run } = stage;
  const customerId = newId();
  const name = '<b>🦆 鸭子云</b> مؤسسة & Söhne "Ltd."';
  const made = await gateway.createCustomer(
    { customerId, name, email: "contract@example.com" },
    `${run}/${customerId}`,
  );
  const request = { ...(await requestOf(stage)), stripeCustomerId: value(made).id, description: name };
  same(value(await gateway.createCheckout(request, keyOf(stage, request))).status, "open", "status");
}

async function leastAmounts(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  same(value(await gateway.readAccount()).isLive, gateway.isLive, "the account has the mode of the key");
  same(value(await gateway.readSettlement()).length > 0, true, "it settles in some currency");
  const asked = await requestOf(stage);
  const refused: string[] = [];
  for (const currency of Object.keys(currencies) as Currency[]) {
    const { minimumMinor, stepMinor } = gateway.chargeLimits(currency);
    for (const amount of [minimumMinor, minimumMinor + stepMinor]) {
      const request = { ...asked, paymentId: newId(), currency, amountMinor: amount.toString() };
      const made = await gateway.createCheckout(request, keyOf(stage, request));
      if (made.outcome !== "succeeded") refused.push(`${amount} ${currency}: ${wordsOf(made)}`);
    }
  }
  same(refused, [], "refused");
}

async function wrongAmounts(stage: ContractStage): Promise<void> {
  const wrong: [Currency, string][] = [
    ["USD", "1"],
    ["USD", "100000000"],
    ["JPY", "1"],
    ["KWD", "12345"],
  ];
  for (const [currency, amountMinor] of wrong) {
    const request = { ...(await requestOf(stage)), currency, amountMinor };
    const made = await stage.gateway.createCheckout(request, keyOf(stage, request));
    same(made.outcome, "declined", `${amountMinor} ${currency}`);
  }
}

async function wrongExpiry(stage: ContractStage): Promise<void> {
  const nowSeconds = Math.floor(stage.now().getTime() / 1000);
  for (const minutes of [-5, 20, 25 * 60]) {
    const request = { ...(await requestOf(stage)), expiresAt: nowSeconds + minutes * 60 };
    const made = await stage.gateway.createCheckout(request, keyOf(stage, request));
    same(made.outcome, "declined", `${minutes} minutes`);
  }
}

async function unknownIds(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const request = { ...(await requestOf(stage)), stripeCustomerId: "cus_nobody" };
  same((await gateway.createCheckout(request, keyOf(stage, request))).outcome, "declined", "customer");
  same((await gateway.readCheckout("cs_test_nothing")).outcome, "declined", "page");
  same((await gateway.expireCheckout("cs_test_nothing")).outcome, "declined", "page");
  same((await gateway.readFee("ch_nothing")).outcome, "declined", "charge");
}

async function expirePage(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const page = await openPage(stage);
  same(value(await gateway.expireCheckout(page.id)).status, "expired", "status");
  same((await gateway.expireCheckout(page.id)).outcome, "declined", "the second time");
  const read = value(await gateway.readCheckout(page.id));
  same([read.status, read.paymentStatus, read.url], ["expired", "unpaid", null], "page");
}

async function findPage(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const first = await requestOf(stage);
  const second = { ...first, paymentId: newId() };
  const wanted = value(await gateway.createCheckout(first, keyOf(stage, first)));
  value(await gateway.createCheckout(second, keyOf(stage, second)));
  const [found] = value(await gateway.findCheckouts(first.stripeCustomerId, first.paymentId));
  same(found?.id, wanted.id, "page");
  same(value(await gateway.findCheckouts(first.stripeCustomerId, newId())).length, 0, "nothing");
}

async function listEvents({ gateway, now }: ContractStage): Promise<void> {
  const since = new Date(now().getTime() - 3_600_000);
  const types = ["checkout.session.completed", "payment_intent.succeeded"];
  const { rows } = value(await gateway.undeliveredEvents(since, types));
  assert(
    rows.every(({ id }) => id.startsWith("evt_")),
    "events have ids",
  );
}

async function strangerDeclined(stage: ContractStage): Promise<void> {
  const request = await requestOf(stage);
  const answer = await stage.stranger.createCheckout(request, keyOf(stage, request));
  assert(answer.outcome === "declined" && answer.isUnheard, `declined unheard, not ${wordsOf(answer)}`);
}

async function paidPage(stage: ContractStage & ContractPayer): Promise<void> {
  const page = await openPage(stage);
  await stage.pay(page, "succeeds");
  const paid = value(await stage.gateway.readCheckout(page.id));
  same([paid.status, paid.paymentStatus, paid.intent?.status], ["complete", "paid", "succeeded"], "page");
  const { charge } = paid;
  assert(charge, "a paid page has its charge");
  same([charge.amountMinor, charge.currency], [page.amountMinor, page.currency], "charge");
  same(
    value(await stage.gateway.findCheckoutOf(paid.intent?.id ?? ""))?.id,
    page.id,
    "the page of its intent",
  );
  await saidLater(stage, charge.id, page);
}

/** Stripe captures first: what it kept comes a moment later, in whatever currency it settles. */
async function saidLater(stage: ContractStage, chargeId: string, page: Checkout): Promise<void> {
  const fee = await eventually(stage, "what Stripe kept is said", async () =>
    value(await stage.gateway.readFee(chargeId)),
  );
  assert(fee.feeMinor >= 0n && fee.balanceTransactionId.startsWith("txn_"), "what Stripe kept is said");
  moved(fee, page.amountMinor, page.currency, "what moved");
}

async function declinedCard(stage: ContractStage & ContractPayer): Promise<void> {
  const page = await openPage(stage);
  await stage.pay(page, "is declined");
  const declined = value(await stage.gateway.readCheckout(page.id));
  same([declined.status, declined.paymentStatus], ["open", "unpaid"], "page");
  await stage.pay(page, "succeeds");
  same(value(await stage.gateway.readCheckout(page.id)).paymentStatus, "paid", "payment status");
}

async function expirePaid(stage: ContractStage & ContractPayer): Promise<void> {
  const page = await openPage(stage);
  await stage.pay(page, "succeeds");
  same((await stage.gateway.expireCheckout(page.id)).outcome, "declined", "outcome");
  same(value(await stage.gateway.readCheckout(page.id)).paymentStatus, "paid", "payment status");
}

/** A page of 20 dollars, of a customer of its own. */
async function openPage(stage: ContractStage): Promise<Checkout> {
  const request = await requestOf(stage);
  return value(await stage.gateway.createCheckout(request, keyOf(stage, request)));
}
