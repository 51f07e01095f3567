import { useTranslations } from "next-intl";

/** Why something of Stripe's waits for staff, by our code of it. Each has its sentence in `stripeReason`. */
export const stripeReasons = [
  "payment_differs",
  "amount_differs",
  "currency_differs",
  "customer_differs",
  "mode_differs",
  "livemode_differs",
  "charge_differs",
  "refund_differs",
  "paid_without_charge",
  "object_taken",
  "other_object_paid",
  "poll_faulted",
  "object_missing",
  "customer_missing",
  "resource_missing",
  "movement_differs",
  "ended_otherwise",
  "currency_unknown",
  "charge_not_booked",
  "payment_not_found",
  "refund_not_found",
  "metadata_malformed",
  "event_malformed",
  "event_without_id",
  "event_without_date",
  "event_without_mode",
  "event_without_object",
  "event_without_type",
] as const;

/** Codes that end with Stripe's own word for a state that we do not know. */
const statusOf =
  /^(?:session|payment|intent|refund|dispute)_status_(?<status>.+)$|^no_handler_for_(?<event>.+)$/;

/** A sentence for people; the code stands small beside it, for whoever looks it up. */
export function StripeReason({ code }: { code: string }) {
  const t = useTranslations("stripeReason");
  const unknown = statusOf.exec(code)?.groups;
  const words = isKnown(code)
    ? t(code)
    : unknown?.status
      ? t("status_unknown", { status: unknown.status })
      : unknown?.event
        ? t("event_unknown")
        : null;
  if (words === null) return <span className="break-all">{code}</span>;
  return (
    <>
      {words}
      <span className="block break-all text-ink-soft text-xs">{code}</span>
    </>
  );
}

const statuses = [
  "open",
  "complete",
  "expired",
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "requires_capture",
  "processing",
  "succeeded",
  "canceled",
] as const;

/** How an object at Stripe stands; one of Stripe's words that we do not know is shown as it is. */
export function StripeStatus({ status }: { status: string }) {
  const t = useTranslations("stripeStatus");
  const known = statuses.find((one) => one === status);
  return known ? t(known) : <span className="break-all">{status}</span>;
}

function isKnown(code: string): code is (typeof stripeReasons)[number] {
  return (stripeReasons as readonly string[]).includes(code);
}
