import { getLocale, getTranslations } from "next-intl/server";
import type { ComponentProps } from "react";
import { StripeReason, StripeStatus } from "@/components/desk/stripe-reason";
import { ActionForm } from "@/components/sign-in/action-form";
import { ActButton } from "@/components/ui/act-button";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import type { Quarantine } from "@/lib/admin/rule-payment";
import type { CustomerId, PaymentId } from "@/lib/kernel/id";
import { formatMoney, isCurrency, money } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";

interface Ref {
  customerId: CustomerId;
  paymentId: PaymentId;
}

interface QuarantineProps<State> extends Ref {
  quarantine: Quarantine;
  mayRule: boolean;
  propose: (previous: State | null, form: FormData) => Promise<State>;
  decide: (
    input: Ref & { rulingId: string; decision: "confirmed" | "withdrawn" },
  ) => Promise<Result<unknown>>;
  answers: AnswerTexts;
}

/** Ours beside Stripe's, where the two do not fit; and what two of staff can say of it. */
export async function QuarantineSection<State extends Result<unknown>>(props: QuarantineProps<State>) {
  const { quarantine, mayRule, customerId, paymentId } = props;
  const t = await getTranslations("quarantine");
  return (
    <section aria-labelledby="quarantine" className="grid gap-4">
      <h2 id="quarantine" className="font-semibold text-lg">
        {t("title")}
      </h2>
      <Callout tone="warn">{t("what")}</Callout>
      <Objects quarantine={quarantine} />
      {quarantine.proposed ? (
        <Proposed {...props} proposed={quarantine.proposed} />
      ) : (
        mayRule && <Choices {...props} ids={{ customerId, paymentId }} />
      )}
    </section>
  );
}

async function Objects({ quarantine: { ours, objects, reason } }: { quarantine: Quarantine }) {
  const [t, locale] = await Promise.all([getTranslations("quarantine"), getLocale()]);
  const amount = (minor: bigint, currency: string) =>
    isCurrency(currency) ? formatMoney(money(minor, currency), locale) : `${minor} ${currency}`;
  const cell = "px-3 py-2 text-start align-top";
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{t("title")}</caption>
        <thead className="border-b text-ink-soft">
          <tr>
            {(["object", "amount", "customer", "status", "differs"] as const).map((head) => (
              <th key={head} scope="col" className={cell}>
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr className="border-b">
            <th scope="row" className={cell}>
              {t("ours")}
            </th>
            <td className={`${cell} figures`}>{formatMoney(ours.amount, locale)}</td>
            <td className={`${cell} break-all`}>{ours.stripeCustomerId}</td>
            <td className={cell}>{t("waiting")}</td>
            <td className={cell}>{reason && <StripeReason code={reason} />}</td>
          </tr>
          {objects?.map((one) => (
            <tr key={one.stripeId} className="border-b">
              <th scope="row" className={`${cell} break-all font-normal`}>
                {one.stripeId}
                {one.isOwn && <span className="block text-ink-soft">{t("own")}</span>}
              </th>
              <td className={`${cell} figures`}>{amount(one.amountMinor, one.currency)}</td>
              <td className={`${cell} break-all`}>{one.stripeCustomerId ?? "–"}</td>
              <td className={cell}>{one.isPaid ? t("paid") : <StripeStatus status={one.status} />}</td>
              <td className={cell}>
                {one.differs.length === 0 && t("fits")}
                {one.differs.map((code) => (
                  <div key={code}>
                    <StripeReason code={code} />
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {objects === null && <p className="mt-2 text-bad">{t("unreachable")}</p>}
    </div>
  );
}

async function Choices<State extends Result<unknown>>({
  quarantine,
  propose,
  answers,
  ids,
}: QuarantineProps<State> & { ids: Ref }) {
  const t = await getTranslations("quarantine");
  const reason: ComponentProps<typeof ActionForm>["fields"][number] = {
    ...{ name: "reason", label: t("reason"), type: "text", autoComplete: "off", maxLength: 500 },
  };
  const form = (stripeId: string, title: string, note: string) => (
    <details key={stripeId || "ended"} className="sm:max-w-lg">
      <summary className="cursor-pointer break-all font-medium text-accent">{title}</summary>
      <p className="my-3 text-ink-soft">{note}</p>
      <ActionForm
        action={propose}
        hidden={{ ...ids, stripeId }}
        fields={[reason]}
        submit={t("propose")}
        answers={answers}
        said={t("proposed")}
      />
    </details>
  );
  const paid = quarantine.objects?.filter(({ mayPay }) => mayPay) ?? [];
  return (
    <>
      {paid.map(({ stripeId, amountMinor }) =>
        form(
          stripeId,
          t("useObject", { id: stripeId }),
          amountMinor === quarantine.ours.amount.minor ? t("useNote") : t("useLateNote"),
        ),
      )}
      {form("", t("declareEnded"), t("endedNote"))}
    </>
  );
}

async function Proposed<State extends Result<unknown>>({
  quarantine,
  proposed,
  mayRule,
  decide,
  answers,
  customerId,
  paymentId,
}: QuarantineProps<State> & { proposed: NonNullable<Quarantine["proposed"]> }) {
  const [t, ask, locale] = await Promise.all([
    getTranslations("quarantine"),
    getTranslations("ask"),
    getLocale(),
  ]);
  const { id, by, reason, stripeId, isOwn } = proposed;
  const input = { customerId, paymentId, rulingId: id };
  const what = stripeId ? t("useObject", { id: stripeId }) : t("declareEnded");
  const { ours, objects } = quarantine;
  const chosen = objects?.find((one) => one.stripeId === stripeId);
  const moved = chosen && isCurrency(chosen.currency) && money(chosen.amountMinor, chosen.currency);
  const useNote = chosen?.amountMinor === ours.amount.minor ? t("useNote") : t("useLateNote");
  // The second person reads the same consequence as the first, and what is booked.
  const follows = [
    `${t("ours")}: ${formatMoney(ours.amount, locale)}`,
    ...(moved ? [`${stripeId}: ${formatMoney(moved, locale)}`] : []),
    ...(stripeId ? (chosen ? [useNote] : []) : [t("endedNote")]),
    t("final"),
  ];
  return (
    <div className="grid justify-items-start gap-3">
      <p>{t("proposal", { by, what, reason })}</p>
      {mayRule && isOwn && <p className="text-ink-soft">{t("second")}</p>}
      {mayRule && (
        <div className="flex flex-wrap gap-3">
          {!isOwn && (
            <ActButton
              action={decide}
              input={{ ...input, decision: "confirmed" as const }}
              label={`${t("confirm")}: ${what}`}
              text={t("confirm")}
              done={t("confirmed")}
              texts={answers}
              ask={{ title: what, lines: follows, confirm: t("confirm"), keep: ask("keep") }}
            />
          )}
          <ActButton
            action={decide}
            input={{ ...input, decision: "withdrawn" as const }}
            label={t("withdraw")}
            text={t("withdraw")}
            done={t("withdrawn")}
            texts={answers}
          />
        </div>
      )}
    </div>
  );
}
