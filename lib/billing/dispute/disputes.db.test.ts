import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { paperMessages } from "@/app/paper-given";
import { transact } from "@/db/transaction";
import { giveGoodwill } from "@/lib/billing/payment/give-goodwill";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { recordBankPayment } from "@/lib/billing/payment/record-bank-payment";
import type { Dispute, Gateway } from "@/lib/gateway/port";
import { calendarDay } from "@/lib/kernel/calendar";
import { type BankReceiptId, type InvoiceId, newId } from "@/lib/kernel/id";
import { money } from "@/lib/kernel/money";
import { printReceipt } from "@/lib/portal/papers";
import { payFromBalance } from "@/lib/portal/pay";
import { type BookedCharge, charged, ledgerOf, makeDebt, refundWish, toppedUp } from "@/lib/testing/charged";
import {
  balancePlan,
  giveBalance,
  makeActiveService,
  makeCustomer,
  makeInvoice,
  makePlan,
  makeRenewal,
  type TestCustomer,
} from "@/lib/testing/fixtures";
import { holdRows } from "@/lib/testing/held-lock";
import { balanceOf, expectAllInOrder, expectBooksBalance, startCombined } from "@/lib/testing/payment-facts";
import { readPdf } from "@/lib/testing/pdf-text";
import { calm, openStripeWorld, pass, type StripeWorld, seenBy } from "@/lib/testing/stripe-world";
import { settleRefund } from "../refund/settle-refund";
import { startRefund } from "../refund/start-refund";
import { agreeLoss } from "./agree-loss";
import { pollDisputes } from "./poll-disputes";
import { settleDispute } from "./settle-dispute";

let world: StripeWorld;

beforeAll(async () => {
  world = await openStripeWorld();
});

afterEach(async () => {
  await calm(world);
  await expectBooksBalance(world);
});

afterAll(async () => {
  await expectAllInOrder(world);
  await world.close();
});

async function topUp(minor: bigint, customer?: TestCustomer): Promise<BookedCharge> {
  return toppedUp(world, customer ?? (await makeCustomer(world)), minor);
}

/** The cardholder's bank takes the charge back, and the event has been worked on. */
async function dispute(charge: BookedCharge, kind?: "inquiry"): Promise<string> {
  const { id } = await world.control.dispute(charge.stripeChargeId, kind);
  await world.control.webhooksIdle();
  return id;
}

async function close(id: string, outcome: "won" | "lost"): Promise<void> {
  await world.control.closeDispute(id, outcome);
  await world.control.webhooksIdle();
}

async function spend({ customer }: BookedCharge, minor: bigint): Promise<void> {
  const invoice = await makeInvoice(world, customer, minor);
  const paid = await payFromBalance(customer.actor, balancePlan(world, [invoice.id], minor), world);
  if (!paid.ok) throw new Error(`the balance pays: ${paid.refusal.code}`);
}

async function stateOf(id: string): Promise<string> {
  const [row] = await world.owner`select state from disputes where stripe_dispute_id = ${id}`;
  return row?.state;
}

async function tasksOf({ customer }: BookedCharge): Promise<string[]> {
  const rows = await world.owner`
    select kind from tasks where customer_id = ${customer.customerId} and done_at is null order by id`;
  return rows.map((row) => row.kind);
}

async function toldOf({ customer }: BookedCharge): Promise<string[]> {
  const rows = await world.owner`
    select topic from outbox where customer_id = ${customer.customerId} and topic like 'dispute.%' order by id`;
  return rows.map((row) => row.topic);
}

const day = 86_400_000;

/** Stripe's fee of a dispute. */
const fee = 1500n;

describe("a top-up that is disputed", () => {
  it("is held while the bank decides, and lost: what was held is taken", async () => {
    const charge = await topUp(5000n);
    const id = await dispute(charge);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 5000n });
    expect(await ledgerOf(world, charge.customer)).toMatchObject({
      disputed: 5000n,
      customer_balance: 5000n,
    });
    expect(await tasksOf(charge)).toEqual(["dispute_open"]);
    await close(id, "lost");
    expect(await stateOf(id)).toBe("lost");
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 0n, held: 0n });
    const ledger = await ledgerOf(world, charge.customer);
    expect(Object.keys(ledger).sort()).toEqual(["gateway_clearing", "processing_fees"]);
    expect(await tasksOf(charge)).toEqual([]);
    expect(await toldOf(charge)).toEqual(["dispute.withdrawn", "dispute.lost"]);
  });

  it("and won: what was held is there again, and Stripe keeps its fee", async () => {
    const charge = await topUp(5000n);
    const before = await ledgerOf(world, charge.customer);
    const id = await dispute(charge);
    await close(id, "won");
    expect(await stateOf(id)).toBe("won");
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    expect(await ledgerOf(world, charge.customer)).toEqual({
      ...before,
      gateway_clearing: (before.gateway_clearing ?? 0n) - fee,
      processing_fees: (before.processing_fees ?? 0n) + fee,
    });
    expect(await tasksOf(charge)).toEqual([]);
    expect(await toldOf(charge)).toEqual(["dispute.withdrawn", "dispute.won"]);
  });

  it("after a part of it was refunded: only the rest is the customer's", async () => {
    const charge = await topUp(5000n);
    const wish = await refundWish(world, charge, 2000n);
    await startRefund(world, world.staff, wish);
    await settleRefund(world, wish);
    const id = await dispute(charge);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 3000n });
    await close(id, "lost");
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ dispute_loss: 2000n });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 0n, held: 0n });
  });

  it("after it was spent: what is left is held, and what is lost beyond that is debt", async () => {
    const charge = await topUp(5000n);
    await spend(charge, 3800n);
    const id = await dispute(charge);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 1200n, held: 1200n });
    await close(id, "lost");
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 0n, held: 0n });
    const ledger = await ledgerOf(world, charge.customer);
    expect(ledger).toMatchObject({ customer_debt: 3800n });
    expect(ledger.dispute_loss).toBeUndefined();
  });

  it("and spent, and topped up again before it is lost: the new money pays the debt at once", async () => {
    const charge = await topUp(5000n);
    await spend(charge, 5000n);
    const id = await dispute(charge);
    await topUp(6000n, charge.customer);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 6000n, held: 0n });
    await close(id, "lost");
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 1000n, held: 0n });
    expect((await ledgerOf(world, charge.customer)).customer_debt).toBeUndefined();
  });

  it("is settled once, whatever is delivered at once and however often", async () => {
    const charge = await topUp(5000n);
    await spend(charge, 1000n);
    await world.control.duplicateWebhooks(4);
    const id = await dispute(charge);
    const lock = await holdRows(world, "balances", charge.customer.customerId);
    const settled = [1, 2, 3].map(() => settleDispute(world, id));
    await lock.untilAwaited();
    await world.control.closeDispute(id, "lost");
    await lock.release();
    await Promise.all(settled);
    await world.control.webhooksIdle();
    await settleDispute(world, id);
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ customer_debt: 1000n });
    expect(await toldOf(charge)).toEqual(["dispute.withdrawn", "dispute.lost"]);
  });

  it("is one dispute, though two of its first events are worked on at once", async () => {
    const charge = await topUp(5000n);
    await world.control.dropWebhooks();
    const { id } = await world.control.dispute(charge.stripeChargeId);
    await Promise.all([settleDispute(world, id), settleDispute(world, id)]);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 5000n });
    expect(await tasksOf(charge)).toEqual(["dispute_open"]);
  });

  it("is found to be over by the poller, though no event came", async () => {
    const charge = await topUp(5000n);
    const id = await dispute(charge);
    await world.control.dropWebhooks();
    await world.control.closeDispute(id, "lost");
    await pass(world, 2 * 60_000);
    await pollDisputes(world);
    expect(await stateOf(id)).toBe("lost");
  });
});

describe("a dispute that was lost and is appealed", () => {
  /** The host appeals, and the network decides. */
  async function appeal(id: string, outcome: "won" | "lost"): Promise<void> {
    await world.control.appealDispute(id);
    await world.control.webhooksIdle();
    expect(await stateOf(id)).toBe("lost");
    await close(id, outcome);
  }

  it("and won: what it took is on the balance again, and pays what was owed of it before anything else", async () => {
    const charge = await topUp(5000n);
    const before = await ledgerOf(world, charge.customer);
    await spend(charge, 3800n);
    const id = await dispute(charge);
    await close(id, "lost");
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ customer_debt: 3800n });
    await appeal(id, "won");
    expect(await stateOf(id)).toBe("won");
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 1200n, held: 0n });
    const ledger = await ledgerOf(world, charge.customer);
    expect([ledger.customer_debt, ledger.disputed, ledger.dispute_loss]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(ledger.gateway_clearing).toBe((before.gateway_clearing ?? 0n) - fee);
    expect(await toldOf(charge)).toEqual(["dispute.withdrawn", "dispute.lost", "dispute.won"]);
    expect(await tasksOf(charge)).toEqual([]);
  });

  it("and won after the debt was paid: it is the customer's to spend", async () => {
    const charge = await topUp(5000n);
    await spend(charge, 5000n);
    const id = await dispute(charge);
    await close(id, "lost");
    await topUp(6000n, charge.customer);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 1000n, held: 0n });
    await appeal(id, "won");
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 6000n, held: 0n });
  });

  it("and won where the host had lost it: the host has it again, and the customer's balance does not move", async () => {
    const customer = await makeCustomer(world);
    await giveBalance(world, customer, 100n);
    const invoice = await makeInvoice(world, customer, 2600n);
    const amounts = { balanceMinor: 100n, cardMinor: 2500n };
    const { paymentId, sessionId } = await startCombined(world, customer, [invoice.id], amounts);
    const charge = await charged(world, customer, paymentId, sessionId);
    const id = await dispute(charge);
    await close(id, "lost");
    expect(await ledgerOf(world, customer)).toMatchObject({ dispute_loss: 2500n });
    await appeal(id, "won");
    expect((await ledgerOf(world, customer)).dispute_loss).toBeUndefined();
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    expect(await stateOf(id)).toBe("won");
  });

  it("and lost again stays as it was", async () => {
    const charge = await topUp(5000n);
    const id = await dispute(charge);
    await close(id, "lost");
    const before = await ledgerOf(world, charge.customer);
    await appeal(id, "lost");
    expect(await ledgerOf(world, charge.customer)).toEqual(before);
    expect(await toldOf(charge)).toEqual(["dispute.withdrawn", "dispute.lost"]);
  });

  it("is reversed once, whatever is worked on at once", async () => {
    const charge = await topUp(5000n);
    const id = await dispute(charge);
    await close(id, "lost");
    await world.control.dropWebhooks();
    await world.control.appealDispute(id);
    await world.control.closeDispute(id, "won");
    const lock = await holdRows(world, "balances", charge.customer.customerId);
    const settling = [1, 2, 3].map(() => settleDispute(world, id));
    await lock.untilAwaited();
    await lock.release();
    await Promise.all(settling);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    expect((await toldOf(charge)).filter((topic) => topic === "dispute.won")).toHaveLength(1);
  });
});

describe("an inquiry", () => {
  it("books nothing, and is closed without anybody losing anything", async () => {
    const charge = await topUp(5000n);
    const before = await ledgerOf(world, charge.customer);
    const id = await dispute(charge, "inquiry");
    expect(await ledgerOf(world, charge.customer)).toEqual(before);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    expect(await tasksOf(charge)).toEqual(["dispute_open"]);
    await close(id, "won");
    expect(await stateOf(id)).toBe("won");
    expect(await tasksOf(charge)).toEqual([]);
    expect(await toldOf(charge)).toEqual([]);
  });

  it("that becomes a dispute takes the funds then", async () => {
    const charge = await topUp(5000n);
    const id = await dispute(charge, "inquiry");
    const escalated = (one: Dispute): Dispute => ({
      ...one,
      status: "needs_response",
      movements: [
        { balanceTransactionId: "txn_late", settledMinor: -5000n, feeMinor: 1500n, currency: "USD" },
      ],
    });
    await settleDispute(seenBy(world, { gateway: altered(escalated) }), id);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 5000n });
    await settleDispute(
      seenBy(world, { gateway: altered((one) => ({ ...escalated(one), status: "lost" })) }),
      id,
    );
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 0n, held: 0n });
  });
});

describe("a charge that paid invoices", () => {
  it("and is lost is the host's loss, not the customer's debt", async () => {
    const customer = await makeCustomer(world);
    const invoice = await makeInvoice(world, customer, 5000n);
    const payment = await startDirectly(customer, invoice.id, 5000n);
    await giveBalance(world, customer, 700n);
    const id = await dispute(payment);
    expect(await balanceOf(world, customer)).toEqual({ posted: 700n, held: 0n });
    await close(id, "lost");
    const ledger = await ledgerOf(world, customer);
    expect(ledger).toMatchObject({ dispute_loss: 4900n, customer_balance: 700n });
    expect(ledger.customer_debt).toBeUndefined();
  });

  async function startDirectly(customer: TestCustomer, invoiceId: InvoiceId, minor: bigint) {
    await giveBalance(world, customer, 100n);
    const at = await startCombined(world, customer, [invoiceId], {
      balanceMinor: 100n,
      cardMinor: minor - 100n,
    });
    const payment = await charged(world, customer, at.paymentId, at.sessionId);
    return payment;
  }
});

describe("debt", () => {
  /** Somebody who owes 30.00, with nothing on their balance. */
  async function debtor(): Promise<TestCustomer> {
    const customer = await makeCustomer(world);
    await makeDebt(world, customer, 3000n);
    return customer;
  }

  it("is paid before anything that waits, whatever brings the money", async () => {
    const customer = await debtor();
    const plan = await makePlan(world, { price: { USD: 1000n } });
    const { customerId } = customer;
    await giveGoodwill(world, world.staff, { customerId, amount: money(2500n, "USD"), reason: "test" });
    expect(await ledgerOf(world, customer)).toMatchObject({ customer_debt: 500n });
    expect(await balanceOf(world, customer)).toEqual({ posted: 0n, held: 0n });
    await giveBalance(world, customer, 500n);
    const serviceId = await makeActiveService(world, customer, plan, true);
    const owing = await topUp(1000n, customer);
    await spend(owing, 1000n);
    await close(await dispute(owing), "lost");
    const renewal = await makeRenewal(world, customer, serviceId);
    await topUp(1500n, customer);
    expect(await stateOfInvoice(renewal.id)).toBe("open");
    expect(await balanceOf(world, customer)).toEqual({ posted: 500n, held: 0n });
    expect((await ledgerOf(world, customer)).customer_debt).toBeUndefined();
    await topUp(500n, customer);
    expect(await stateOfInvoice(renewal.id)).toBe("paid");
  });

  it("is on the receipt of the money that paid it, by card or by bank: no more than that money paid", async () => {
    const customer = await debtor();
    const { customerId, currency } = customer;
    const receipt = {
      id: newId<BankReceiptId>(world.clock),
      amount: money(1000n, currency),
      valueDate: calendarDay(world.clock.now(), world.timeZone),
      reference: "TRX 7",
      sender: "",
      userId: customer.actor.userId,
    };
    const banked = await recordBankPayment(world, world.staff, { customerId, receipt, invoiceIds: [] });
    if (!banked.ok) throw new Error("bank money is never refused");
    const topped = await topUp(2600n, customer);
    const later = await topUp(700n, customer);
    const said = await Promise.all(
      [banked.value.paymentId, topped.paymentId, later.paymentId].map((paymentId) =>
        transact(world.app, { customerId }, ({ sql }) => receiptOf(sql, customerId, paymentId)),
      ),
    );
    expect(said.map((one) => [one?.toBalance.minor, one?.toDebt.minor])).toEqual([
      [1000n, 1000n],
      [2600n, 2000n],
      [700n, 0n],
    ]);
    const words = { hostName: "Ducky Cloud", messagesOf: paperMessages };
    const paper = await printReceipt(customer.actor, { paymentId: topped.paymentId }, words, world);
    const { text } = await readPdf(paper?.content as Uint8Array);
    expect(text).toContain("Owed from a dispute $20.00 Added to your balance $6.00");
  });

  async function stateOfInvoice(id: string): Promise<string> {
    const [row] = await world.owner`select state from invoices where id = ${id}`;
    return row?.state;
  }
});

describe("what moves for a dispute", () => {
  /** Of the charge, as Stripe would say it; movements are named by their amounts. */
  function saidOf(
    charge: BookedCharge,
    minor: bigint,
    moves: readonly bigint[],
    status = "needs_response",
  ): Dispute {
    const movements = moves.map((settledMinor, at) => ({
      balanceTransactionId: `txn_${charge.chargeId}_${at}`,
      settledMinor,
      feeMinor: 0n,
      currency: "USD",
    }));
    const of = { stripeChargeId: charge.stripeChargeId, amountMinor: minor, currency: "USD", movements };
    const rest = { isLive: false, reason: "fraudulent", evidenceDueAt: null, status };
    return { id: `du_${charge.chargeId}`, ...of, ...rest };
  }

  const tell = (said: Dispute) => settleDispute(world, said.id, said);

  async function taskOf({ customer }: BookedCharge) {
    const [row] = await world.owner`
      select detail from tasks where customer_id = ${customer.customerId} and kind = 'dispute_quarantined'
        and done_at is null`;
    return row?.detail ?? null;
  }

  it("is a part of the charge: that alone is held and lost", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    await tell(saidOf(charge, 2000n, [-2000n]));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 2000n });
    await tell(saidOf(charge, 2000n, [-2000n], "lost"));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 0n });
  });

  it("is more than is left of the charge: what was refunded is the host's loss, what is beyond it the customer's debt", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const wish = await refundWish(world, charge, 2000n);
    await startRefund(world, world.staff, wish);
    await settleRefund(world, wish);
    await tell(saidOf(charge, 5300n, [-5300n]));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 3000n });
    await tell(saidOf(charge, 5300n, [-5300n], "lost"));
    expect(await ledgerOf(world, charge.customer)).toMatchObject({
      dispute_loss: 2000n,
      customer_debt: 300n,
    });
  });

  it("comes in several steps and goes back in part: what is still with the bank is held, then lost, then regained", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    // Its second half is not there yet: nothing is guessed.
    expect(await tell(saidOf(charge, 5000n, [-3000n]))).toEqual({
      kind: "quarantined",
      reason: "movement_differs",
    });
    expect(await taskOf(charge)).toEqual({
      reason: "movement_differs",
      ...{ amountMinor: "5000", currency: "USD", movedMinor: "3000", movedCurrency: "USD" },
    });
    await tell(saidOf(charge, 5000n, [-3000n, -2000n]));
    expect(await taskOf(charge)).toBeNull();
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 5000n });
    await tell(saidOf(charge, 5000n, [-3000n, -2000n, 4000n]));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 1000n });
    // Somebody slower has read it before.
    expect(await tell(saidOf(charge, 5000n, [-3000n, -2000n]))).toMatchObject({ changed: false });
    await tell(saidOf(charge, 5000n, [-3000n, -2000n, 4000n], "lost"));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 4000n, held: 0n });
    await tell(saidOf(charge, 5000n, [-3000n, -2000n, 4000n, 1000n], "won"));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    expect((await toldOf(charge)).at(-1)).toBe("dispute.won");
  });

  it("of another amount than the dispute's moves nothing, and staff see both", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    for (const moves of [[-4999n], [-5001n], [-5000n, 5001n]]) {
      expect(await tell(saidOf(charge, 5000n, moves))).toMatchObject({ kind: "quarantined" });
    }
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    expect(await taskOf(charge)).toMatchObject({ amountMinor: "5000", movedMinor: "4999" });
    await tell(saidOf(charge, 5000n, [-5000n]));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 5000n });
  });

  it("of another amount again asks staff again, and of the same one it does not", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const done = () =>
      world.owner`
        update tasks set done_at = created_at where customer_id = ${charge.customer.customerId}
          and kind = 'dispute_quarantined'`;
    for (const moves of [[-4000n], [-4000n]]) await tell(saidOf(charge, 5000n, moves));
    await done();
    await tell(saidOf(charge, 5000n, [-4000n]));
    expect(await taskOf(charge)).toBeNull();
    await tell(saidOf(charge, 5000n, [-4000n, -700n]));
    expect(await taskOf(charge)).toMatchObject({ reason: "movement_differs", movedMinor: "4700" });
  });

  it("late, after it was won, out and back, is booked and changes nothing else", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    await tell(saidOf(charge, 5000n, [], "won"));
    expect(await tell(saidOf(charge, 5000n, [-5000n], "won"))).toMatchObject({ kind: "quarantined" });
    expect(await tell(saidOf(charge, 5000n, [-5000n, 5000n], "won"))).toMatchObject({
      state: "won",
      changed: true,
    });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    expect(await taskOf(charge)).toBeNull();
  });

  it("is nothing a week after it was lost: it is over, and nobody has lost anything", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const lost = saidOf(charge, 5000n, [], "lost");
    expect(await tell(lost)).toMatchObject({ state: "open" });
    await pass(world, 6 * day);
    expect(await tell(lost)).toMatchObject({ state: "open", changed: false });
    // The host appeals, and loses that too: the week begins again.
    await tell(saidOf(charge, 5000n, [], "appeal_under_review"));
    await tell(lost);
    await pass(world, 6 * day);
    expect(await tell(lost)).toMatchObject({ state: "open" });
    await pass(world, day);
    const ended = await Promise.all([1, 2, 3].map(() => tell(lost)));
    expect(ended.map((each) => each.kind === "settled" && [each.state, each.changed])).toEqual(
      expect.arrayContaining([["lost", true]]),
    );
    expect(await tasksOf(charge)).toEqual([]);
    expect(await toldOf(charge)).toEqual([]);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
    const [row] = await world.owner`select next_poll_at from disputes where stripe_dispute_id = ${lost.id}`;
    expect(row?.next_poll_at).toBeNull();
  });

  it("is all of it after it had ended with nothing taken: it is lost then, once", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    await tell(saidOf(charge, 5000n, [], "lost"));
    await pass(world, 7 * day);
    expect(await tell(saidOf(charge, 5000n, [], "lost"))).toMatchObject({ state: "lost" });
    const taken = saidOf(charge, 5000n, [-5000n], "lost");
    await Promise.all([1, 2, 3].map(() => tell(taken)));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 0n, held: 0n });
    expect(await toldOf(charge)).toEqual(["dispute.lost"]);
    expect(await tasksOf(charge)).toEqual([]);
    await tell(saidOf(charge, 5000n, [-5000n, 5000n], "won"));
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
  });

  it("has all come back a week after it was lost: it is over too", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    await world.owner`update charges set method_type = 'sepa_debit' where id = ${charge.chargeId}`;
    const lost = saidOf(charge, 5000n, [-5000n, 5000n], "lost");
    await tell(lost);
    await pass(world, 7 * day);
    expect(await tell(lost)).toMatchObject({ state: "lost", changed: true });
    expect(await tasksOf(charge)).toEqual([]);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 0n });
  });

  it("beside a fee of its own is the dispute, and the fee is a fee", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const said = saidOf(charge, 5000n, [0n, -5000n]);
    const [own, withdrawal] = said.movements;
    if (!own || !withdrawal) throw new Error("it has two");
    const before = await ledgerOf(world, charge.customer);
    await tell({ ...said, movements: [{ ...own, feeMinor: 1500n }, withdrawal] });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 5000n });
    const after = await ledgerOf(world, charge.customer);
    expect((after.processing_fees ?? 0n) - (before.processing_fees ?? 0n)).toBe(1500n);
  });

  it("back in part of what was won asks staff, and is lost for the rest when they say so", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    await tell(saidOf(charge, 5000n, [-5000n]));
    const won = saidOf(charge, 5000n, [-5000n, 3000n], "won");
    await tell(won);
    expect(await taskOf(charge)).toMatchObject({
      reason: "won_in_part",
      amountMinor: "5000",
      movedMinor: "2000",
    });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 5000n, held: 2000n });
    await agreeTo(charge);
    await tell(won);
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 3000n, held: 0n });
    expect(await taskOf(charge)).toBeNull();
  });

  it("of a bank debit that came back is nobody's loss before staff say so", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    const [kept] = await world.owner`select method_type from charges where id = ${charge.chargeId}`;
    expect(kept?.method_type).toBe("card");
    await world.owner`update charges set method_type = 'sepa_debit' where id = ${charge.chargeId}`;
    await spend(charge, 1000n);
    await tell(saidOf(charge, 5000n, [-5000n]));
    expect(await taskOf(charge)).toMatchObject({ reason: "debit_returned", amountMinor: "5000" });
    const lost = saidOf(charge, 5000n, [-5000n], "lost");
    for (const _ of [1, 2]) expect(await tell(lost)).toMatchObject({ state: "open" });
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ disputed: 5000n });
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 4000n, held: 4000n });
    await agreeTo(charge);
    await tell(lost);
    expect(await ledgerOf(world, charge.customer)).toMatchObject({ customer_debt: 1000n });
    expect(await taskOf(charge)).toBeNull();
  });

  it("of a bank debit that is first heard of when it is lost stays open with its task, until staff say so", async () => {
    const charge = await toppedUp(world, await makeCustomer(world), 5000n);
    await world.owner`update charges set method_type = 'sepa_debit' where id = ${charge.chargeId}`;
    const lost = saidOf(charge, 5000n, [-5000n], "lost");
    expect(await tell(lost)).toMatchObject({ state: "open" });
    expect(await tasksOf(charge)).toEqual(["dispute_open", "dispute_quarantined"]);
    await expectBooksBalance(world);
    await agreeTo(charge);
    expect(await tell(lost)).toMatchObject({ state: "lost" });
    expect(await tasksOf(charge)).toEqual([]);
  });

  async function agreeTo({ customer: { customerId, actor } }: BookedCharge): Promise<void> {
    const [row] = await world.owner`select id from disputes where customer_id = ${customerId}`;
    const wish = { customerId, disputeId: row?.id, userId: actor.userId, reason: "the bank keeps it" };
    const agreed = await Promise.all([1, 2, 3].map(() => agreeLoss(world, world.staff, wish)));
    expect(agreed.every(({ ok }) => ok)).toBe(true);
    const [told] = await world.owner`
      select count(*)::int as times from activities where customer_id = ${customerId} and verb = 'dispute_loss_agreed'`;
    expect(told?.times).toBe(1);
  }
});

describe("what Stripe says and we do not know", () => {
  it.each([
    ["a status that is new", (one: Dispute) => ({ ...one, status: "reconsidered" })],
    ["another mode", (one: Dispute) => ({ ...one, isLive: true })],
    ["another currency", (one: Dispute) => ({ ...one, currency: "EUR" })],
  ])("%s moves nothing, and staff are told once", async (_, say) => {
    const charge = await topUp(2000n);
    await world.control.dropWebhooks();
    const { id } = await world.control.dispute(charge.stripeChargeId);
    const seen = seenBy(world, { gateway: altered(say) });
    for (const _ of [1, 2]) {
      expect(await settleDispute(seen, id)).toMatchObject({ kind: "quarantined" });
    }
    expect(await balanceOf(world, charge.customer)).toEqual({ posted: 2000n, held: 0n });
    expect(await tasksOf(charge)).toEqual(["dispute_open", "dispute_quarantined"]);
  });
});

function altered(say: (dispute: Dispute) => Dispute): Gateway {
  return {
    ...world.gateway,
    readDispute: async (id) => {
      const read = await world.gateway.readDispute(id);
      return read.outcome === "succeeded" ? { ...read, value: say(read.value) } : read;
    },
  };
}
