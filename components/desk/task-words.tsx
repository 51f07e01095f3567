import { useLocale, useTranslations } from "next-intl";
import { StripeReason } from "@/components/desk/stripe-reason";
import { Amount } from "@/components/ui/amount";
import { formatDay } from "@/components/ui/dates";
import type { DeskTask } from "@/lib/admin/shapes";
import { isCurrency, money } from "@/lib/kernel/money";

const knownKinds = [
  "money_for_closed_invoice",
  "late_success",
  "line_not_completable",
  "charge_too_large",
  "payment_quarantined",
  "mail_undeliverable",
  "renewal_parked",
  "suspense",
  "refund_failed",
  "refund_unfunded",
  "refund_quarantined",
  "dispute_open",
  "dispute_quarantined",
  "webhook_parked",
] as const;

type Task = Pick<DeskTask, "kind" | "subject" | "subjectId" | "detail">;

/** What a task asks of a person, in a sentence; what the nightly comparison found says what, and how much. */
export function TaskWords({ task }: { task: Task }) {
  const t = useTranslations("desk");
  const { kind, subject } = task;
  if (kind === "day_differs") return <DayDiffers task={task} />;
  if (isOfCharge(kind)) return <ChargeWords kind={kind} task={task} />;
  if (kind === "strangers_at_stripe") return <Strangers detail={task.detail} />;
  if (kind === "stripe_account_changed") return <AccountChanged detail={task.detail} />;
  if (kind === "bounce_unreadable") return <Unreadable detail={task.detail} />;
  if (kind === "suspense" && subject === "refund") return t("task_refund_suspense");
  if (kind === "dispute_quarantined" && isAboutMoney(task.detail.reason))
    return <DisputeDiffers task={task} />;
  if (kind.endsWith("_quarantined") && isKnown(kind) && task.detail.reason) {
    return (
      <>
        {t(`task_${kind}`)} <StripeReason code={task.detail.reason} />
      </>
    );
  }
  return isKnown(kind) ? t(`task_${kind}`) : kind;
}

/** What came to the address for bounces: how much, and how it begins. Strangers may have written it. */
function Unreadable({ detail }: Pick<Task, "detail">) {
  const t = useTranslations("desk");
  return (
    <>
      {t("task_bounce_unreadable", { kb: Math.ceil(Number(detail.bytes ?? 0) / 1000) })}
      <details className="text-ink-soft text-sm">
        <summary className="cursor-pointer">{t("bounceBegin")}</summary>
        <span className="block whitespace-pre-wrap break-all">{detail.begin}</span>
      </details>
    </>
  );
}

/** Which account the keys are of, and which one ours is. */
function AccountChanged({ detail }: Pick<Task, "detail">) {
  const t = useTranslations("desk");
  const { accountId = "", oursId = "" } = detail;
  const modeOf = (mode: string | undefined) => t(mode === "live" ? "modeLive" : "modeTest");
  return t("task_stripe_account_changed", {
    account: accountId,
    mode: modeOf(detail.mode),
    ours: oursId,
    oursMode: modeOf(detail.oursMode),
  });
}

const idsShown = 20;

/** What is others' on the host's account: how many, and the first of them by name. */
function Strangers({ detail }: Pick<Task, "detail">) {
  const t = useTranslations("desk");
  const ids = (detail.ids ?? "").split(" ");
  const of = (name: string) => Number(detail[name] ?? 0);
  const counts = { charges: of("charges"), refunds: of("refunds"), disputes: of("disputes") };
  const more = ids.length - idsShown;
  return (
    <>
      {t("task_strangers_at_stripe", { count: of("count"), ...counts })}
      <details className="text-ink-soft text-sm">
        <summary className="cursor-pointer">{t("strangerIds")}</summary>
        <span className="block break-all">{ids.slice(0, idsShown).join(" ")}</span>
        {more > 0 && t("strangersMore", { more })}
      </details>
    </>
  );
}

const disputeReasons = ["movement_differs", "debit_returned", "won_in_part"] as const;

function isAboutMoney(reason: string | undefined): reason is (typeof disputeReasons)[number] {
  return (disputeReasons as readonly (string | undefined)[]).includes(reason);
}

/** What the dispute is about, and what moved for it. */
function DisputeDiffers({ task }: { task: Task }) {
  const t = useTranslations("desk");
  const { reason, amountMinor = "0", currency = "", movedMinor = "0", movedCurrency = "" } = task.detail;
  const amounts = {
    amount: () => <Minor minor={amountMinor} currency={currency} />,
    moved: () => <Minor minor={movedMinor} currency={movedCurrency} />,
  };
  return t.rich(`task_dispute_${isAboutMoney(reason) ? reason : "movement_differs"}`, amounts);
}

const chargeKinds = [
  "charge_of_stranger",
  "charge_differs",
  "charge_not_settled",
  "charge_not_at_stripe",
] as const;

function isOfCharge(kind: string): kind is (typeof chargeKinds)[number] {
  return (chargeKinds as readonly string[]).includes(kind);
}

function ChargeWords({ kind, task }: { kind: (typeof chargeKinds)[number]; task: Task }) {
  const t = useTranslations("desk");
  const { amountMinor = "0", currency = "", reason = "" } = task.detail;
  const amount = () => <Minor minor={amountMinor} currency={currency} />;
  return <Named id={task.subjectId}>{t.rich(`task_${kind}`, { amount, reason })}</Named>;
}

/** Both numbers: what Stripe says of a day, and what the books say. */
function DayDiffers({ task }: { task: Task }) {
  const t = useTranslations("desk");
  const locale = useLocale();
  const { day = "", currency = "", ...minor } = task.detail;
  const of = (name: string) => () => <Minor minor={minor[name] ?? "0"} currency={currency} />;
  return t.rich("task_day_differs", {
    day: formatDay(new Date(`${day}T00:00:00Z`), locale, "UTC"),
    stripe: of("stripeMinor"),
    stripeFee: of("stripeFeeMinor"),
    books: of("booksMinor"),
    booksFee: of("booksFeeMinor"),
  });
}

/** In a currency that nobody here knows, its smallest units are all there is to say. */
function Minor({ minor, currency }: { minor: string; currency: string }) {
  if (!isCurrency(currency)) return `${minor} ${currency}`;
  return <Amount of={money(BigInt(minor), currency)} />;
}

/** Stripe's id, by which it is found there. */
function Named({ id, children }: { id: string; children: React.ReactNode }) {
  return (
    <>
      {children}
      <span className="block break-all text-ink-soft text-sm">{id}</span>
    </>
  );
}

function isKnown(kind: string): kind is (typeof knownKinds)[number] {
  return (knownKinds as readonly string[]).includes(kind);
}
