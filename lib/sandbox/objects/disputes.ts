import type Stripe from "stripe";
import { invalidRequest, noSuch } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import {
  changedMetadata,
  flag,
  group,
  metadata,
  type ParametersOf,
  text,
  unsettable,
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { book } from "@/lib/sandbox/objects/balance-transactions";
import { settledCharge } from "@/lib/sandbox/objects/charges";
import { converted, settlementCurrency } from "@/lib/sandbox/objects/settlement";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

/** What Stripe takes for a dispute, about fifteen dollars; kept even when it is won. */
const disputeFee = (_: number, currency: string) => converted(1500, "usd", currency);
const sevenDays = 7 * 86_400;

export interface DisputeGiven {
  kind: "chargeback" | "inquiry";
  /** Absent: the whole charge. It may be less, or more: a bank converts at its own rate. */
  amountMinor?: number | undefined;
  /** Its fee is a movement of its own, as in some countries. */
  feeApart?: boolean | undefined;
}

/** The customer's bank takes the charge back; an inquiry only asks and moves no money. */
export function openDispute(world: World, chargeId: string, given: DisputeGiven): Stripe.Dispute {
  const { kind } = given;
  const charge = settledCharge(world, chargeId);
  if (!charge) throw noSuch("charge", chargeId);
  const id = newId("du_", 24);
  const amount = given.amountMinor ?? charge.amount;
  const taken = kind === "inquiry" ? [] : withdrawal(world, { id, amount, charge, feeApart: given.feeApart });
  const dispute = {
    id,
    object: "dispute",
    amount,
    balance_transactions: taken,
    charge: charge.id,
    created: world.clock.nowSeconds(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: noEvidence,
    evidence_details: {
      due_by: world.clock.nowSeconds() + sevenDays,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: kind === "inquiry",
    livemode: false,
    metadata: {},
    network_reason_code: kind === "inquiry" ? "33" : "83",
    payment_intent: charge.payment_intent,
    ...(charge.payment_method_details?.card && {
      payment_method_details: {
        type: "card",
        card: {
          brand: charge.payment_method_details?.card?.brand ?? "visa",
          case_type: kind,
          network: charge.payment_method_details?.card?.network ?? "visa",
          network_reason_code: kind === "inquiry" ? "33" : "83",
        },
      },
    }),
    reason: reasonOf(charge, kind),
    status: kind === "inquiry" ? "warning_needs_response" : "needs_response",
  } satisfies Stripe.Dispute;
  world.store.put("dispute", dispute);
  const disputed = world.store.put("charge", { ...charge, disputed: true });
  world.emit("charge.updated", disputed, charge);
  world.emit("charge.dispute.created", dispute);
  if (taken.length > 0) world.emit("charge.dispute.funds_withdrawn", dispute);
  return dispute;
}

function reasonOf({ payment_method_details: paid }: Stripe.Charge, kind: DisputeGiven["kind"]): string {
  if (paid?.type === "sepa_debit" || paid?.type === "us_bank_account") return "debit_not_authorized";
  return kind === "inquiry" ? "general" : "fraudulent";
}

interface Withdrawal {
  id: string;
  amount: number;
  charge: Stripe.Charge;
  feeApart?: boolean | undefined;
}

/** What Stripe takes of the host's balance for it: the amount, and a fee with it or apart. */
function withdrawal(world: World, { id, amount, charge, feeApart }: Withdrawal): Stripe.BalanceTransaction[] {
  noteOut(world, id, amount);
  const common = { type: "adjustment" as const, source: id, currency: charge.currency };
  const taken = book(world, {
    ...common,
    reportingCategory: "dispute",
    amountMinor: -amount,
    ...(feeApart ? {} : { fee: disputeFee }),
    description: `Chargeback withdrawal for ${charge.id}`,
  });
  if (!feeApart) return [taken];
  const fee = book(world, {
    ...common,
    currency: taken.currency,
    reportingCategory: "fee",
    amountMinor: -disputeFee(0, taken.currency),
    description: "Dispute fee",
  });
  return [taken, fee];
}

/** How much of the host's money is out for it, in the currency of the charge. */
function outOf(world: World, disputeId: string): number {
  return world.store.get("$disputed", disputeId)?.outMinor ?? 0;
}

function noteOut(world: World, disputeId: string, minor: number): void {
  world.store.put("$disputed", { id: disputeId, outMinor: outOf(world, disputeId) + minor });
}

/** Money of it comes back, all or a part, while it is open or after it has ended. */
export function reinstate(world: World, dispute: Stripe.Dispute, amountMinor: number): Stripe.Dispute {
  if (amountMinor <= 0 || amountMinor > outOf(world, dispute.id))
    throw invalidRequest("No more comes back of a dispute than is out for it.");
  const after = world.store.put("dispute", withBack(world, dispute, amountMinor));
  world.emit("charge.dispute.updated", after, dispute);
  world.emit("charge.dispute.funds_reinstated", after);
  return after;
}

/** Money is taken for it once more, or for an inquiry that became a chargeback. */
export function withdrawAgain(world: World, dispute: Stripe.Dispute, amountMinor: number): Stripe.Dispute {
  const charge = world.store.get("charge", String(dispute.charge));
  if (!charge) throw noSuch("charge", String(dispute.charge));
  const taken = withdrawal(world, { id: dispute.id, amount: amountMinor, charge });
  const after = world.store.put("dispute", {
    ...dispute,
    status: dispute.status.startsWith("warning") ? "needs_response" : dispute.status,
    is_charge_refundable: false,
    balance_transactions: [...taken, ...dispute.balance_transactions],
  });
  world.emit("charge.dispute.updated", after, dispute);
  world.emit("charge.dispute.funds_withdrawn", after);
  return after;
}

/** Weeks later the network adjusts what it took or gave, in the currency that this settles in; the dispute stays as it ended. */
export function adjustDispute(world: World, dispute: Stripe.Dispute, settledMinor: number): Stripe.Dispute {
  const word = dispute.status === "won" ? "won" : "lost";
  const moved = book(world, {
    type: "adjustment",
    reportingCategory: settledMinor < 0 ? "dispute" : "dispute_reversal",
    source: dispute.id,
    amountMinor: settledMinor,
    currency: settlementCurrency(world.settlesIn, dispute.currency),
    description: `Adjustment of ${word} dispute for ${String(dispute.charge)}`,
  });
  const after = world.store.put("dispute", {
    ...dispute,
    balance_transactions: [...dispute.balance_transactions, moved],
  });
  world.emit("charge.dispute.updated", after, dispute);
  world.emit(`charge.dispute.funds_${settledMinor < 0 ? "withdrawn" : "reinstated"}`, after);
  return after;
}

function withBack(world: World, dispute: Stripe.Dispute, amountMinor: number): Stripe.Dispute {
  noteOut(world, dispute.id, -amountMinor);
  const back = book(world, {
    type: "adjustment",
    reportingCategory: "dispute_reversal",
    source: dispute.id,
    amountMinor,
    currency: dispute.currency,
    description: `Chargeback reversal for ${String(dispute.charge)}`,
  });
  return { ...dispute, balance_transactions: [back, ...dispute.balance_transactions] };
}

/** The bank has decided. Money that was withdrawn comes back when it is won; the fee does not. */
export function closeDispute(world: World, dispute: Stripe.Dispute, outcome: "won" | "lost"): Stripe.Dispute {
  if (isClosed(dispute)) throw invalidRequest("This dispute is already closed.");
  const isInquiry = dispute.status.startsWith("warning");
  const out = outOf(world, dispute.id);
  const comesBack = outcome === "won" && out > 0;
  const closed = world.store.put("dispute", {
    ...(comesBack ? withBack(world, dispute, out) : dispute),
    status: isInquiry ? "warning_closed" : outcome,
  });
  world.emit("charge.dispute.closed", closed, dispute);
  if (comesBack) world.emit("charge.dispute.funds_reinstated", closed);
  return closed;
}

/** What the host does about a dispute that is lost: the network looks at it once more. Its money stays away meanwhile. */
export function appealDispute(world: World, dispute: Stripe.Dispute): Stripe.Dispute {
  if (dispute.status !== "lost") throw invalidRequest("Only a dispute that is lost can be appealed.");
  const appealed = world.store.put("dispute", { ...dispute, status: "appeal_under_review" });
  world.emit("charge.dispute.updated", appealed, dispute);
  return appealed;
}

function isClosed(dispute: Stripe.Dispute): boolean {
  return ["won", "lost", "warning_closed"].includes(dispute.status);
}

const noEvidence: Stripe.Dispute.Evidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};

function disputeOf(world: World, id: string): Stripe.Dispute {
  const dispute = world.store.get("dispute", id);
  if (!dispute) throw noSuch("dispute", id, "dispute");
  return dispute;
}

export const disputeRoutes: readonly Route[] = [
  route("GET", "/v1/disputes/:id", {}, (world, _given, id = "") => disputeOf(world, id)),

  route(
    "GET",
    "/v1/disputes",
    {
      ...pageParameters,
      charge: text(),
      created: createdRange(),
      payment_intent: text(),
    } satisfies ParametersOf<Stripe.DisputeListParams>,
    (world, given) =>
      listPage(world, "dispute", given, {
        url: "/v1/disputes",
        by:
          given.charge !== undefined
            ? { field: "charge", value: given.charge }
            : given.payment_intent !== undefined
              ? { field: "payment_intent", value: given.payment_intent }
              : undefined,
        created: given.created,
        matches: (dispute) =>
          given.payment_intent === undefined || dispute.payment_intent === given.payment_intent,
      }),
  ),

  // As in Stripe's test mode, the text of the evidence decides: `winning_evidence` or `losing_evidence`.
  route(
    "POST",
    "/v1/disputes/:id",
    {
      evidence: group({ uncategorized_text: unsettable(text({ max: 20_000 })), product_description: text() }),
      metadata: metadata(),
      submit: flag(),
    } satisfies ParametersOf<Stripe.DisputeUpdateParams>,
    (world, given, id = "") => {
      const before = disputeOf(world, id);
      const words = given.evidence?.uncategorized_text ?? before.evidence.uncategorized_text;
      const submits = given.evidence !== undefined && given.submit !== false;
      const after = world.store.put("dispute", {
        ...before,
        evidence: {
          ...before.evidence,
          uncategorized_text: words,
          product_description: given.evidence?.product_description ?? before.evidence.product_description,
        },
        evidence_details: {
          ...before.evidence_details,
          has_evidence: before.evidence_details.has_evidence || given.evidence !== undefined,
          submission_count: before.evidence_details.submission_count + (submits ? 1 : 0),
        },
        status: submits && before.status === "needs_response" ? "under_review" : before.status,
        metadata: changedMetadata(before.metadata, given.metadata),
      });
      world.emit("charge.dispute.updated", after, before);
      if (!submits) return after;
      if (words === "escalate_inquiry_evidence" && after.status.startsWith("warning"))
        return withdrawAgain(world, after, after.amount);
      if (words === "winning_evidence") return closeDispute(world, after, "won");
      return words === "losing_evidence" ? closeDispute(world, after, "lost") : after;
    },
  ),

  route("POST", "/v1/disputes/:id/close", {}, (world, _given, id = "") =>
    closeDispute(world, disputeOf(world, id), "lost"),
  ),
];
