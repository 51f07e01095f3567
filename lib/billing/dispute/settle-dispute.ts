import { type Transaction, transact } from "@/db/transaction";
import type { Dispute } from "@/lib/gateway/port";
import { type ChargeId, type CustomerId, type DisputeId, newId, type TransferId } from "@/lib/kernel/id";
import { isCurrency } from "@/lib/kernel/money";
import type { DisputeHold, OpenHold } from "@/lib/ledger/book";
import { askStaffOnce } from "../ask-staff-once";
import { stopDisputedCard } from "../card/auto-charge-card";
import { Decision } from "../decision";
import { findCharge, readCharge } from "../payment/charge-left";
import { pollDelayMs } from "../payment/poll-payments";
import { reasonOf } from "../payment/reached";
import { settleWhatWaits } from "../payment/settle-what-waits";
import { write } from "../payment/write";
import { lockBalances } from "../scene";
import type { World } from "../world";
import { decideDispute, isStale, losesLate, newsOf } from "./decide-dispute";
import { isReturnedDebit } from "./delayed-methods";
import type { DisputeRecord, DisputeScene, LossShares } from "./dispute-scene";
import { type DisputeSaid, type DisputeVerdict, endedUnmoved, judgeDispute } from "./judge-dispute";

export type SettledDispute =
  /** The state the dispute is in now; `changed` if this call brought something about. */
  | { kind: "settled"; state: DisputeRecord["state"]; changed: boolean }
  /** Stripe does not say, or its charge is not booked yet: it is asked again. */
  | { kind: "unknown"; reason: string }
  /** Stripe says something that does not fit: shown to staff, nothing moved. */
  | { kind: "quarantined"; reason: string };

/**
 * Applies what Stripe says of a dispute: the only way in which its money is held, comes back or is lost. Every event of a
 * dispute, the poller and staff's sync call this; the first one wins (domain.md, Paying 6). Asks Stripe first, outside
 * any transaction; `learned` is what was just learned, so that Stripe is not asked twice.
 */
export async function settleDispute(
  world: World,
  stripeDisputeId: string,
  learned?: Dispute,
): Promise<SettledDispute> {
  const read = learned
    ? ({ outcome: "succeeded", value: learned } as const)
    : await world.gateway.readDispute(stripeDisputeId);
  if (read.outcome !== "succeeded") return { kind: "unknown", reason: reasonOf(read) };
  const said = read.value;
  const charge = await findCharge(world.jobs.sql, said.stripeChargeId);
  if (!charge) return { kind: "unknown", reason: "charge_not_booked" };
  const verdict = judgeDispute(said, world.gateway.isLive);
  return transact(world.jobs, { customerId: charge.customerId }, (tx) =>
    apply(world, tx, charge, said, verdict),
  );
}

async function apply(
  world: World,
  tx: Transaction,
  { customerId, chargeId }: { customerId: CustomerId; chargeId: ChargeId },
  said: Dispute,
  verdict: DisputeVerdict,
): Promise<SettledDispute> {
  const { clock, timeZone } = world;
  const balances = await lockBalances(tx.sql, customerId);
  const context = { customerId, now: clock.now(), clock, timeZone, actor: "system" as const, userId: null };
  const decision = new Decision(context, balances);
  const isNew = await addRow(world, tx, { customerId, chargeId }, said);
  const found = await lockDispute(tx, customerId, said.id);
  const [charge, allHolds, lost, moved] = await Promise.all([
    readCharge(tx.sql, customerId, chargeId, found.id),
    openHolds(tx, customerId, chargeId),
    readLoss(tx, customerId, found.id),
    readMoved(tx, customerId, found.id),
  ]);
  if (!charge) throw new Error("a charge is never deleted");
  if (isNew) {
    const detail = { disputeId: found.id, amountMinor: `${said.amountMinor}`, currency: said.currency };
    // One that is over when it is first heard of asks for no answer any more.
    const end = verdict.kind === "said" ? verdict.said.end : null;
    // A debit that came back is not over before staff have said so.
    const isOver = end === "won" || (end === "lost" && !isReturnedDebit(charge.methodType));
    if (!isOver) decision.askStaff("dispute_open", "dispute", found.id, { ...detail, reason: said.reason });
    const of = { subject: "payment" as const, subjectId: charge.paymentId, isVisible: false };
    decision.record({ ...of, verb: "dispute_opened", detail });
  }
  const holds = allHolds.filter(({ disputeId }) => disputeId === found.id);
  const siblingHolds = allHolds.filter(({ disputeId }) => disputeId !== found.id);
  const isInquiry = isInquiryOf(said);
  const begins = !isInquiry && (isNew ? said.status !== "won" : found.isInquiry && found.state === "open");
  if (begins) await stopDisputedCard(tx.sql, decision, charge.paymentId);
  const known = { dispute: found, charge, holds, siblingHolds, lost, ...moved };
  const reason = verdict.kind === "quarantined" ? verdict.reason : mismatchOf(known, verdict.said, said);
  if (reason || verdict.kind === "quarantined") {
    const detail = verdict.kind === "quarantined" ? verdict.detail : undefined;
    await quarantine(tx, decision, found.id, { reason: reason ?? "unknown", detail });
    return { kind: "quarantined", reason: reason ?? "unknown" };
  }
  const isOld = isStale(known, verdict.said);
  const scene = isOld ? known : { ...known, dispute: { ...found, ...amended(tx, found, said) } };
  const judged = isOld ? verdict.said : heardUnmoved(tx, found, verdict.said, context.now);
  const mayLose = !isReturnedDebit(charge.methodType) || found.lossAgreedAt !== null;
  const changed = decideDispute(decision, scene, judged, mayLose);
  const isAsked = !isOld && (await askAboutLoss(tx, decision, scene, verdict.said, mayLose));
  if (changed && !isAsked) decision.finishTask("dispute_quarantined", found.id);
  // What is released is money arriving; and debt that has arisen is paid from what there is.
  if (changed) await settleWhatWaits(tx, decision, found.currency);
  else if (isNew || isAsked) write(tx, customerId, decision);
  const state = decision.changes.disputeStates.at(-1)?.state ?? found.state;
  return { kind: "settled", state: state as DisputeRecord["state"], changed };
}

/** A bank only asks: nothing is disputed. */
function isInquiryOf({ status }: Pick<Dispute, "status">): boolean {
  return status.startsWith("warning");
}

/** Staff say what becomes of what is with the bank, where Stripe's word does not decide it. True while they have to. */
async function askAboutLoss(
  tx: Transaction,
  decision: Decision,
  scene: DisputeScene,
  said: DisputeSaid,
  mayLose: boolean,
): Promise<boolean> {
  const { dispute } = scene;
  const { outMinor } = newsOf(scene, said, mayLose);
  const isDecided = dispute.state !== "open" || dispute.lossAgreedAt !== null || outMinor === 0n;
  const reason = !mayLose ? "debit_returned" : said.isWonInPart ? "won_in_part" : null;
  if (isDecided || !reason) return false;
  const detail = {
    amountMinor: dispute.amountMinor.toString(),
    currency: dispute.currency,
    movedMinor: outMinor.toString(),
    movedCurrency: dispute.currency,
  };
  const about = { kind: "dispute_quarantined", subject: "dispute", subjectId: dispute.id } as const;
  await askStaffOnce(tx, decision, { ...about, reason, detail });
  return true;
}

/** Its row, as it is first heard of; false if it is known. */
async function addRow(
  world: World,
  { sql }: Transaction,
  { customerId, chargeId }: { customerId: CustomerId; chargeId: ChargeId },
  said: Dispute,
): Promise<boolean> {
  const now = world.clock.now();
  const id = newId<DisputeId>(world.clock);
  const nextPollAt = new Date(now.getTime() + pollDelayMs(0));
  const [added] = await sql`
    insert into disputes (customer_id, id, charge_id, stripe_dispute_id, state, is_inquiry, currency, amount_minor,
      reason, evidence_due_at, next_poll_at, created_at)
    values (${customerId}, ${id}, ${chargeId}, ${said.id}, 'open', ${isInquiryOf(said)}, ${said.currency},
      ${said.amountMinor.toString()}, ${said.reason}, ${said.evidenceDueAt}, ${nextPollAt}, ${now})
    on conflict do nothing returning 1`;
  if (!added) return false;
  await sql`
    insert into stripe_objects (id, kind, customer_id, row_id) values (${said.id}, 'dispute', ${customerId}, ${id})`;
  return true;
}

async function lockDispute(
  { sql }: Transaction,
  customerId: CustomerId,
  stripeDisputeId: string,
): Promise<DisputeRecord> {
  const [row] = await sql`
    select * from disputes where customer_id = ${customerId} and stripe_dispute_id = ${stripeDisputeId} for update`;
  if (!row) throw new Error("a dispute is never deleted");
  return {
    id: row.id,
    customerId,
    state: row.state,
    isInquiry: row.is_inquiry,
    currency: row.currency,
    amountMinor: row.amount_minor,
    withdrawnAt: row.withdrawn_at,
    reinstatedAt: row.reinstated_at,
    lossAgreedAt: row.loss_agreed_at,
    lostUnmovedAt: row.lost_unmoved_at,
    feeMinor: row.fee_minor,
    feeCurrency: row.fee_currency,
  };
}

/** What is held for the disputes of a charge. */
async function openHolds(
  { sql }: Transaction,
  customerId: CustomerId,
  chargeId: ChargeId,
): Promise<OpenHold<DisputeHold>[]> {
  const rows = await sql`
    select t.id, t.dispute_id, t.amount_minor
    from disputes d join transfers t on t.customer_id = d.customer_id and t.dispute_id = d.id and t.kind = 'pending'
    where d.customer_id = ${customerId} and d.charge_id = ${chargeId}
      and not exists (select from transfers r where r.customer_id = t.customer_id and r.pending_id = t.id)
    order by t.seq`;
  return rows.map((row) => ({
    id: row.id as TransferId,
    disputeId: row.dispute_id as DisputeId,
    amountMinor: row.amount_minor,
  }));
}

/** Who bore it when it was lost, less what came back since. */
async function readLoss(
  { sql }: Transaction,
  customerId: CustomerId,
  disputeId: DisputeId,
): Promise<LossShares> {
  const [row] = await sql`
    select coalesce(sum(case when side.account in ('customer_balance', 'customer_debt') then side.minor end), 0)::bigint
        as customer, coalesce(sum(case when side.account = 'dispute_loss' then side.minor end), 0)::bigint as host
    from transfers t
    cross join lateral (values (t.debit, t.amount_minor), (t.credit, -t.amount_minor)) side (account, minor)
    where t.customer_id = ${customerId} and t.dispute_id = ${disputeId} and t.kind in ('posted', 'post')
      and t.reason <> 'conversion'`;
  return { customerMinor: row?.customer, hostMinor: row?.host };
}

/** What moved for it and is booked, and what of it is with the bank. */
async function readMoved(
  { sql }: Transaction,
  customerId: CustomerId,
  disputeId: DisputeId,
): Promise<{ booked: string[]; outMinor: bigint }> {
  const rows = await sql`
    select stripe_balance_transaction_id, amount_minor from dispute_movements
    where customer_id = ${customerId} and dispute_id = ${disputeId}`;
  return {
    booked: rows.map((row) => row.stripe_balance_transaction_id as string),
    outMinor: rows.reduce((total, row) => total - (row.amount_minor as bigint), 0n),
  };
}

/** Until it is over a dispute may become one about another amount, of another reason; what moved was judged against that. */
function amended(tx: Transaction, dispute: DisputeRecord, said: Dispute): { amountMinor: bigint } {
  if (dispute.state !== "open") return { amountMinor: dispute.amountMinor };
  tx.write(tx.sql`
    update disputes set amount_minor = ${said.amountMinor.toString()}, reason = ${said.reason},
      evidence_due_at = ${said.evidenceDueAt}
    where customer_id = ${dispute.customerId} and id = ${dispute.id}`);
  return { amountMinor: said.amountMinor };
}

/** Keeps since when it has been lost with nothing taken; after a while that is its end. */
function heardUnmoved(tx: Transaction, dispute: DisputeRecord, said: DisputeSaid, now: Date): DisputeSaid {
  if (dispute.state !== "open") return said;
  const since = said.isLostUnmoved ? (dispute.lostUnmovedAt ?? now) : null;
  if (since?.getTime() !== dispute.lostUnmovedAt?.getTime()) {
    tx.write(tx.sql`
      update disputes set lost_unmoved_at = ${since}
      where customer_id = ${dispute.customerId} and id = ${dispute.id}`);
  }
  return endedUnmoved(said, since, now);
}

/**
 * What is over here stays as it ended, but for money that comes back after a loss: where the bank has taken it again since,
 * people look at it.
 */
function mismatchOf(scene: DisputeScene, judged: DisputeSaid, said: Dispute): string | null {
  const { dispute, charge } = scene;
  if (said.currency !== charge.currency || !isCurrency(said.currency)) return "currency_differs";
  if (dispute.state === "open" || isStale(scene, judged)) return null;
  const news = newsOf(scene, judged, !isReturnedDebit(charge.methodType) || dispute.lossAgreedAt !== null);
  if (losesLate(scene, news)) return null;
  const { movements, outMinor } = news;
  // What came late of one that was won, out and back, is no other end.
  const isOther =
    dispute.state === "won" ? outMinor !== 0n : movements.some(({ amountMinor }) => amountMinor < 0n);
  return isOther ? "ended_otherwise" : null;
}

async function quarantine(
  tx: Transaction,
  decision: Decision,
  disputeId: DisputeId,
  why: { reason: string; detail: Record<string, string> | undefined },
): Promise<void> {
  const about = { kind: "dispute_quarantined", subject: "dispute", subjectId: disputeId } as const;
  await askStaffOnce(tx, decision, { ...about, ...why });
  // A new dispute has its row, whether or not it is asked about.
  write(tx, decision.context.customerId, decision);
}
