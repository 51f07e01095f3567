import { getLocale, getTranslations } from "next-intl/server";
import { ActionForm } from "@/components/sign-in/action-form";
import { Amount } from "@/components/ui/amount";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import type { CustomerPicture } from "@/lib/admin/show-customer";
import { newId } from "@/lib/kernel/id";
import { formatMoney, money } from "@/lib/kernel/money";
import type { Result } from "@/lib/kernel/result";

interface PayOutFormsProps<State> {
  picture: Pick<CustomerPicture, "id" | "balances">;
  action: (previous: State | null, form: FormData) => Promise<State>;
  answers: AnswerTexts;
}

/** A balance that goes back by bank: one form for each currency in which something is available. */
export async function PayOutForms<State extends Result<unknown>>({
  picture,
  action,
  answers,
}: PayOutFormsProps<State>) {
  const [t, ask, locale] = await Promise.all([
    getTranslations("payOut"),
    getTranslations("ask"),
    getLocale(),
  ]);
  const payable = picture.balances.filter(({ leaves }) => leaves.minor > 0n);
  return payable.map(({ available, leaves, payOutMost }) => {
    const { currency } = available;
    return (
      <details key={currency} className="sm:max-w-sm">
        <summary className="cursor-pointer font-medium text-accent">{t("title", { currency })}</summary>
        <p className="my-3 text-ink-soft">
          {t.rich("note", { most: () => <Amount of={payOutMost} /> })}
          {payOutMost.minor < leaves.minor && ` ${t("dayLeft")}`}
          {leaves.minor < available.minor &&
            ` ${t("goodwillStays", { goodwill: formatMoney(money(available.minor - leaves.minor, currency), locale) })}`}
        </p>
        <ActionForm
          action={action}
          hidden={{
            customerId: picture.id,
            payoutId: newId(),
            currency,
            seenMinor: available.minor.toString(),
          }}
          fields={[
            {
              name: "amount",
              label: t("amount", { currency }),
              type: "text",
              autoComplete: "off",
              maxLength: 20,
            },
            { name: "reason", label: t("reason"), type: "text", autoComplete: "off", maxLength: 500 },
          ]}
          submit={t("submit")}
          answers={answers}
          ask={{
            title: ask("payOutTitle", { amount: "{amount}", currency }),
            lines: [ask("payOutMade"), ask("payOutGone")],
            confirm: ask("payOutConfirm"),
            keep: ask("keep"),
          }}
          said={t("submit")}
        />
      </details>
    );
  });
}
