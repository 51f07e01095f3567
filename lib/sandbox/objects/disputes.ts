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
import { converted } from "@/lib/sandbox/objects/settlement";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

/** What Stripe takes for a dispute, about fifteen dollars; kept even when it is won. */
const disputeFee = (_: number, currency: string) => converted(1500, "usd", currency);
const sevenDays = 7 * 86_400;

/** The customer's bank takes the charge back; an inquiry only asks and moves no money. */
export function openDispute(world: World, chargeId: string, kind: "chargeback" | "inquiry"): Stripe.Dispute {
  const charge = settledCharge(world, chargeId);
  if (!charge) throw noSuch("charge", chargeId);
  const id = newId("du_", 24);
  const withdrawal =
    kind === "inquiry"
      ? null
      : book(world, {
          type: "adjustment",
          reportingCategory: "dispute",
          source: id,
          amountMinor: -charge.amount,
          fee: disputeFee,
          currency: charge.currency,
          description: `Chargeback withdrawal for ${charge.id}`,
        });
  const dispute = {
    id,
    object: "dispute",
    amount: charge.amount,
    balance_transactions: withdrawal ? [withdrawal] : [],
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
    payment_method_details: {
      type: "card",
      card: {
        brand: charge.payment_method_details?.card?.brand ?? "visa",
        case_type: kind,
        network: charge.payment_method_details?.card?.network ?? "visa",
        network_reason_code: kind === "inquiry" ? "33" : "83",
      },
    },
    reason: kind === "inquiry" ? "general" : "fraudulent",
    status: kind === "inquiry" ? "warning_needs_response" : "needs_response",
  } satisfies Stripe.Dispute;
  world.store.put("dispute", dispute);
  const disputed = world.store.put("charge", { ...charge, disputed: true });
  world.emit("charge.updated", disputed, charge);
  world.emit("charge.dispute.created", dispute);
  if (withdrawal) world.emit("charge.dispute.funds_withdrawn", dispute);
  return dispute;
}

/** The bank has decided. Money that was withdrawn comes back when it is won; the fee does not. */
export function closeDispute(world: World, dispute: Stripe.Dispute, outcome: "won" | "lost"): Stripe.Dispute {
  if (isClosed(dispute)) throw invalidRequest("This dispute is already closed.");
  const isInquiry = dispute.status.startsWith("warning");
  const withdrawn = dispute.balance_transactions.length > 0;
  const back =
    outcome === "won" && withdrawn
      ? book(world, {
          type: "adjustment",
          reportingCategory: "dispute_reversal",
          source: dispute.id,
          amountMinor: dispute.amount,
          currency: dispute.currency,
          description: `Chargeback reversal for ${String(dispute.charge)}`,
        })
      : null;
  const closed = world.store.put("dispute", {
    ...dispute,
    status: isInquiry ? "warning_closed" : outcome,
    balance_transactions: back ? [...dispute.balance_transactions, back] : dispute.balance_transactions,
  });
  world.emit("charge.dispute.closed", closed, dispute);
  if (back) world.emit("charge.dispute.funds_reinstated", closed);
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
      if (words === "winning_evidence") return closeDispute(world, after, "won");
      return words === "losing_evidence" ? closeDispute(world, after, "lost") : after;
    },
  ),

  route("POST", "/v1/disputes/:id/close", {}, (world, _given, id = "") =>
    closeDispute(world, disputeOf(world, id), "lost"),
  ),
];
