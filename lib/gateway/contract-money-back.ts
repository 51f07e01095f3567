import { newId } from "@/lib/kernel/id";
import { moved, same, value } from "./contract-answers";
import { type ContractCheck, type ContractStage, eventually, requestOf } from "./contract-stage";
import type { Dispute, ListedMovement, Outcome, Page, Refund, RefundRequest } from "./port";

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

/** What it relies on of the banks behind the cards: Stripe's test cards stand for what they do. */
export const bankContract: readonly ContractCheck[] = [
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
  const read = await settledRefund(stage, first.id);
  same([read.status, read.failureMovement], ["succeeded", null], "read");
  moved(read.movement, -700n, "USD", "what it took");
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
  const { all, back, came } = await eventually(stage, "both are listed", async () => {
    const all = await movementsSince(stage, since);
    const back = all.find(({ source }) => source.kind === "refund" && source.id === refund.id);
    const came = all.find(
      ({ source }) => source.kind === "charge" && source.charge.id === request.stripeChargeId,
    );
    return back && came?.source.kind === "charge" && { all, back, came: { ...came, source: came.source } };
  });
  moved(back, -700n, "USD", "the refund");
  moved(came, 2000n, "USD", "the charge");
  same(
    [
      all.indexOf(back) < all.findIndex(({ balanceTransactionId: id }) => id === came.balanceTransactionId),
      came.feeMinor > 0n,
    ],
    [true, true],
    "newest first, with a fee",
  );
  const { charge } = came.source;
  same(
    [charge.amountMinor, charge.currency, charge.customerId],
    [2000n, "USD", request.customerId],
    "charge",
  );
  same(value(await gateway.findCheckoutOf(charge.intentId ?? "")), null, "no page");
}

/** All of them, one to a page. */
async function movementsSince(stage: ContractStage, since: Date): Promise<ListedMovement[]> {
  const listed: ListedMovement[] = [];
  let pages = 0;
  for (let after: string | null = null; pages === 0 || after !== null; pages += 1) {
    const page: Page<ListedMovement> = value(await stage.gateway.listMovements(since, { after, most: 1 }));
    same(page.rows.length <= 1, true, "a page is no longer than asked for");
    listed.push(...page.rows);
    after = page.next;
  }
  return listed;
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

async function failsLater(stage: ContractStage): Promise<void> {
  const request = await refundRequestOf(stage, "pm_card_refundFail", "700");
  const { id } = value(await stage.gateway.createRefund(request, refundKeyOf(stage, request)));
  const failed = await eventually(stage, "it failed, and its money came back", async () => {
    const read = value(await stage.gateway.readRefund(id));
    return read.status === "failed" && read.failureMovement && read;
  });
  same([failed.status, failed.failureReason !== null], ["failed", true], "refund");
  moved(failed.movement, -700n, "USD", "what it took");
  moved(failed.failureMovement, 700n, "USD", "what came back");
}

async function pendingFirst(stage: ContractStage): Promise<void> {
  const request = await refundRequestOf(stage, "pm_card_pendingRefund", "700");
  const made = value(await stage.gateway.createRefund(request, refundKeyOf(stage, request)));
  same(made.status, "pending", "at first");
  await eventually(
    stage,
    "it succeeded",
    async () => value(await stage.gateway.readRefund(made.id)).status === "succeeded",
  );
}

async function disputeTakes(stage: ContractStage): Promise<void> {
  const { dispute, request } = await disputed(stage, "chargeback");
  same([dispute.status, dispute.amountMinor, dispute.currency], ["needs_response", 2000n, "USD"], "dispute");
  same([dispute.stripeChargeId, dispute.isLive], [request.stripeChargeId, false], "dispute");
  moved(sumOf(dispute), -2000n, "USD", "what it took");
  const fees = dispute.movements.reduce((sum, { feeMinor }) => sum + feeMinor, 0n);
  same(fees >= 0n, true, "the fee");
  const refused = await stage.gateway.createRefund(request, refundKeyOf(stage, request));
  same(refused.outcome, "declined", "a refund meanwhile");
}

async function disputeWon(stage: ContractStage): Promise<void> {
  const { dispute } = await disputed(stage, "chargeback");
  await stage.giveEvidence(dispute.id, "winning_evidence");
  const won = await eventually(stage, "it was won, and its money came back", async () => {
    const read = value(await stage.gateway.readDispute(dispute.id));
    return read.status === "won" && read.movements.length > dispute.movements.length && read;
  });
  const { settledMinor, currency } = sumOf(won);
  if (currency === "USD") same(settledMinor, 0n, "all of it came back");
}

async function disputeLost(stage: ContractStage): Promise<void> {
  const { dispute } = await disputed(stage, "chargeback");
  await stage.giveEvidence(dispute.id, "losing_evidence");
  const lost = await eventually(stage, "it was lost", async () => {
    const read = value(await stage.gateway.readDispute(dispute.id));
    return read.status === "lost" && read;
  });
  same(lost.movements, dispute.movements, "nothing came back");
}

async function inquiry(stage: ContractStage): Promise<void> {
  const { dispute } = await disputed(stage, "inquiry");
  same([dispute.status, dispute.movements], ["warning_needs_response", []], "inquiry");
  await stage.giveEvidence(dispute.id, "winning_evidence");
  const closed = await eventually(stage, "it was closed", async () => {
    const read = value(await stage.gateway.readDispute(dispute.id));
    return read.status === "warning_closed" && read;
  });
  same(closed.movements, [], "nothing moved");
}

async function listDisputes(stage: ContractStage): Promise<void> {
  const since = stage.now();
  const made = [];
  for (const kind of ["chargeback", "inquiry", "chargeback"] as const)
    made.unshift((await disputed(stage, kind)).dispute);
  await listedIn(
    made.map(({ id }) => id),
    (after) => stage.gateway.listDisputes(since, { after, most: 2 }),
  );
  const { rows } = value(await stage.gateway.listDisputes(since));
  const [newest] = made;
  const read = newest && value(await stage.gateway.readDispute(newest.id));
  same(
    rows.find(({ id }) => id === newest?.id),
    read,
    "as it is read",
  );
}

/** A charge by the test card whose holder contests it, and the dispute as soon as Stripe has it. */
async function disputed(stage: ContractStage, kind: "chargeback" | "inquiry") {
  const since = stage.now();
  const token = kind === "inquiry" ? "pm_card_createDisputeInquiry" : "pm_card_createDispute";
  const request = await refundRequestOf(stage, token, "700");
  const dispute = await eventually(stage, "the dispute is there", async () => {
    const { rows } = value(await stage.gateway.listDisputes(since));
    const found = rows.find(({ stripeChargeId }) => stripeChargeId === request.stripeChargeId);
    return found && (kind === "inquiry" || found.movements.length > 0) && found;
  });
  return { request, dispute };
}

function sumOf({ movements }: Dispute) {
  const settledMinor = movements.reduce((sum, each) => sum + each.settledMinor, 0n);
  return { settledMinor, currency: movements[0]?.currency ?? "" };
}

async function settledRefund(stage: ContractStage, id: string): Promise<Refund> {
  return eventually(stage, "what it took is said", async () => {
    const read = value(await stage.gateway.readRefund(id));
    return read.movement && read;
  });
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
