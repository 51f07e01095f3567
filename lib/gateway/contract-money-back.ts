import { newId } from "@/lib/kernel/id";
import { same, value } from "./contract-answers";
import {
  type ContractBank,
  type ContractCheck,
  type ContractPayer,
  type ContractStage,
  type PaidContractCheck,
  requestOf,
} from "./contract-stage";
import type { ListedMovement, Outcome, Page, RefundRequest } from "./port";

/** What the portal relies on of Stripe's refunds. */
export const refundContract: readonly ContractCheck[] = [
  { name: "a charge is refunded in part, once under one key, with what it took", run: refundedOnce },
  { name: "no more is refunded than a charge has left", run: noMoreThanLeft },
  { name: "a refund is found by charge and our own id, without Stripe's", run: findRefund },
  { name: "refunds since an instant are listed page by page, newest first", run: listRefunds },
  {
    name: "what moved since an instant is listed page by page: charges with whose they are, and refunds",
    run: listMovements,
  },
  { name: "an unknown charge, refund or dispute is declined", run: unknownMoneyBack },
];

/** The part that needs the bank's answer, which only the local Stripe gives when it is asked to. */
export const bankContract: readonly PaidContractCheck[] = [
  { name: "a refund that fails later says why, and what came back", run: failsLater },
  { name: "a refund may be pending before it succeeds", run: pendingFirst },
  { name: "a dispute takes the charge and a fee, and bars a refund", run: disputeTakes },
  { name: "a dispute that is won brings the charge back", run: disputeWon },
  { name: "a dispute that is lost keeps the charge", run: disputeLost },
  { name: "an inquiry moves no money, and is closed without moving any", run: inquiry },
  {
    name: "disputes since an instant are listed page by page, newest first, as they are read",
    run: listDisputes,
  },
];

async function refundedOnce(stage: ContractStage): Promise<void> {
  const request = await refundRequestOf(stage, "pm_card_visa", "700");
  const key = refundKeyOf(stage, request);
  const first = value(await stage.gateway.createRefund(request, key));
  same(value(await stage.gateway.createRefund(request, key)).id, first.id, "refund");
  same([first.amountMinor, first.currency, first.refundId], [700n, "USD", request.refundId], "refund");
  same([first.stripeChargeId, first.failureReason], [request.stripeChargeId, null], "refund");
  const read = value(await stage.gateway.readRefund(first.id));
  same([read.status, read.movement?.settledMinor, read.failureMovement], ["succeeded", -700n, null], "read");
}

async function noMoreThanLeft(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const request = await refundRequestOf(stage, "pm_card_visa", "1500");
  value(await gateway.createRefund(request, refundKeyOf(stage, request)));
  const more = { ...request, refundId: newId(), amountMinor: "501" };
  same((await gateway.createRefund(more, refundKeyOf(stage, more))).outcome, "declined", "too much");
  const rest = { ...request, refundId: newId(), amountMinor: "500" };
  same(value(await gateway.createRefund(rest, refundKeyOf(stage, rest))).amountMinor, 500n, "the rest");
}

async function findRefund(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const first = await refundRequestOf(stage, "pm_card_visa", "300");
  const second = { ...first, refundId: newId() };
  const wanted = value(await gateway.createRefund(first, refundKeyOf(stage, first)));
  value(await gateway.createRefund(second, refundKeyOf(stage, second)));
  same(value(await gateway.findRefund(first.stripeChargeId, first.refundId))?.id, wanted.id, "refund");
  same(value(await gateway.findRefund(first.stripeChargeId, newId())), null, "nothing");
}

async function listRefunds(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const since = stage.now();
  const request = await refundRequestOf(stage, "pm_card_visa", "100");
  const ids: string[] = [];
  for (let made = 0; made < 3; made += 1) {
    const next = { ...request, refundId: newId() };
    ids.unshift(value(await gateway.createRefund(next, refundKeyOf(stage, next))).id);
  }
  await listedIn(ids, (after) => gateway.listRefunds(since, { after, most: 2 }));
  const later = new Date(stage.now().getTime() + 3_600_000);
  same(value(await gateway.listRefunds(later)), { rows: [], next: null }, "none since then");
}

async function listMovements(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const since = stage.now();
  const request = await refundRequestOf(stage, "pm_card_visa", "700");
  const refund = value(await gateway.createRefund(request, refundKeyOf(stage, request)));
  const moved: ListedMovement[] = [];
  let pages = 0;
  for (let after: string | null = null; pages === 0 || after !== null; pages += 1) {
    const page: Page<ListedMovement> = value(await gateway.listMovements(since, { after, most: 1 }));
    moved.push(...page.rows);
    after = page.next;
  }
  same(pages > 1, true, "more than one page");
  const back = moved.find(({ source }) => source.kind === "refund" && source.id === refund.id);
  const came = moved.find(
    ({ source }) => source.kind === "charge" && source.charge.id === request.stripeChargeId,
  );
  if (!back || came?.source.kind !== "charge") throw new Error("both are listed");
  same([back.settledMinor, moved.indexOf(back) < moved.indexOf(came)], [-700n, true], "the refund");
  const { charge } = came.source;
  same([came.settledMinor, came.currency, came.feeMinor > 0n], [2000n, "USD", true], "movement");
  same(
    [charge.amountMinor, charge.currency, charge.customerId],
    [2000n, "USD", request.customerId],
    "charge",
  );
  same(value(await gateway.findCheckoutOf(charge.intentId ?? "")), null, "no page");
}

/** Others may make some at the same time: ours are there, in their order, over as many pages as it takes. */
async function listedIn(
  ids: readonly string[],
  pageAfter: (after: string | null) => Promise<Outcome<Page<{ id: string }>>>,
): Promise<void> {
  const listed: string[] = [];
  let pages = 0;
  for (let after: string | null = null; pages === 0 || after !== null; pages += 1) {
    const page: Page<{ id: string }> = value(await pageAfter(after));
    same(page.rows.length <= 2, true, "a page is no longer than asked for");
    listed.push(...page.rows.map(({ id }) => id));
    after = page.next;
  }
  same(pages > 1, true, "more than one page");
  same(
    listed.filter((id) => ids.includes(id)),
    ids,
    "listed",
  );
}

async function unknownMoneyBack(stage: ContractStage): Promise<void> {
  const { gateway } = stage;
  const request = {
    stripeChargeId: "ch_nothing",
    refundId: newId(),
    customerId: newId(),
    amountMinor: "100",
  };
  same((await gateway.createRefund(request, refundKeyOf(stage, request))).outcome, "declined", "charge");
  same((await gateway.readRefund("re_nothing")).outcome, "declined", "refund");
  same((await gateway.readDispute("du_nothing")).outcome, "declined", "dispute");
}

type BankStage = ContractStage & ContractPayer & ContractBank;

async function failsLater(stage: BankStage): Promise<void> {
  const request = await refundRequestOf(stage, "pm_card_visa", "700");
  const { id } = value(await stage.gateway.createRefund(request, refundKeyOf(stage, request)));
  await stage.settleRefund(id, "fails");
  const failed = value(await stage.gateway.readRefund(id));
  same([failed.status, failed.failureReason !== null], ["failed", true], "refund");
  same([failed.movement?.settledMinor, failed.failureMovement?.settledMinor], [-700n, 700n], "movements");
}

async function pendingFirst(stage: BankStage): Promise<void> {
  const request = await refundRequestOf(stage, "pm_card_pendingRefund", "700");
  const made = value(await stage.gateway.createRefund(request, refundKeyOf(stage, request)));
  same(made.status, "pending", "at first");
  await stage.settleRefund(made.id, "succeeds");
  same(value(await stage.gateway.readRefund(made.id)).status, "succeeded", "later");
}

async function disputeTakes(stage: BankStage): Promise<void> {
  const { dispute, request } = await disputed(stage, "chargeback");
  same([dispute.status, dispute.amountMinor, dispute.currency], ["needs_response", 2000n, "USD"], "dispute");
  same([dispute.stripeChargeId, dispute.isLive], [request.stripeChargeId, false], "dispute");
  const [taken, ...others] = dispute.movements;
  same([taken?.settledMinor, (taken?.feeMinor ?? 0n) > 0n, others.length], [-2000n, true, 0], "movements");
  const refused = await stage.gateway.createRefund(request, refundKeyOf(stage, request));
  same(refused.outcome, "declined", "a refund meanwhile");
}

async function disputeWon(stage: BankStage): Promise<void> {
  const { dispute } = await disputed(stage, "chargeback");
  await stage.closeDispute(dispute.id, "won");
  const won = value(await stage.gateway.readDispute(dispute.id));
  const net = won.movements.reduce((sum, { settledMinor }) => sum + settledMinor, 0n);
  same([won.status, won.movements.length, net], ["won", 2, 0n], "dispute");
}

async function disputeLost(stage: BankStage): Promise<void> {
  const { dispute } = await disputed(stage, "chargeback");
  await stage.closeDispute(dispute.id, "lost");
  const lost = value(await stage.gateway.readDispute(dispute.id));
  same([lost.status, lost.movements.length], ["lost", 1], "dispute");
}

async function inquiry(stage: BankStage): Promise<void> {
  const { dispute } = await disputed(stage, "inquiry");
  same([dispute.status, dispute.movements], ["warning_needs_response", []], "inquiry");
  await stage.closeDispute(dispute.id, "won");
  const closed = value(await stage.gateway.readDispute(dispute.id));
  same([closed.status, closed.movements], ["warning_closed", []], "inquiry");
}

async function listDisputes(stage: BankStage): Promise<void> {
  const since = stage.now();
  const made = [
    await disputed(stage, "chargeback"),
    await disputed(stage, "inquiry"),
    await disputed(stage, "chargeback"),
  ].map(({ dispute }) => dispute);
  made.reverse();
  await listedIn(
    made.map(({ id }) => id),
    (after) => stage.gateway.listDisputes(since, { after, most: 2 }),
  );
  const { rows } = value(await stage.gateway.listDisputes(since));
  same(
    rows.find(({ id }) => id === made[0]?.id),
    made[0],
    "as it is read",
  );
}

async function disputed(stage: BankStage, kind: "chargeback" | "inquiry") {
  const request = await refundRequestOf(stage, "pm_card_visa", "700");
  const id = await stage.dispute(request.stripeChargeId, kind);
  return { request, dispute: value(await stage.gateway.readDispute(id)) };
}

/** So much of a charge of 20 dollars, by a test card that a customer of its own has saved. */
async function refundRequestOf(
  stage: ContractStage,
  token: string,
  amountMinor: string,
): Promise<RefundRequest> {
  const asked = await requestOf(stage);
  const { stripeCustomerId, paymentId, customerId, currency, description } = asked;
  const intent = {
    stripeCustomerId,
    stripePaymentMethodId: await stage.attachCard(stripeCustomerId, token),
    paymentId,
    customerId,
    currency,
    amountMinor: asked.amountMinor,
    description,
    isOffSession: false,
    returnUrl: "https://portal.example/return",
  };
  const paid = value(await stage.gateway.createIntent(intent, `${stage.run}/${paymentId}/intent`));
  if (!paid.charge) throw new Error(`the card was charged: ${paid.status}`);
  return { stripeChargeId: paid.charge.id, refundId: newId(), customerId, amountMinor };
}

function refundKeyOf({ run }: ContractStage, { refundId }: RefundRequest): string {
  return `${run}/${refundId}/refund`;
}
