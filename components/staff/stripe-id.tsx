import { useTranslations } from "next-intl";
import type { StripeRef } from "@/lib/admin/stripe-ref";

/** An id of Stripe's, small: one click selects all of it to copy, and a link leads to Stripe's Dashboard. */
export function StripeId({ of }: { of: StripeRef }) {
  const t = useTranslations("stripeId");
  return (
    <span className="block break-all text-ink-soft text-sm">
      <span className="select-all">{of.id}</span>
      {of.url && (
        <>
          {" "}
          <a
            href={of.url}
            target="_blank"
            rel="noreferrer"
            className="whitespace-nowrap text-accent underline"
            aria-label={t("openOf", { id: of.id })}
          >
            {t("open")}
          </a>
        </>
      )}
    </span>
  );
}
