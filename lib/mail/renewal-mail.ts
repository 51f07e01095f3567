import { formatMoney } from "@/lib/kernel/money";
import { longDay } from "./dates";
import { mailOf } from "./layout";
import type { Mail } from "./mailer";
import { mailWords } from "./messages";
import type { Addressed, PaymentNews } from "./payment-mail";

/** A receipt of what renewed by itself: what the balance paid, and until when each service runs now. */
export function renewedMail(
  about: Addressed,
  renewed: Pick<PaymentNews, "fromBalance" | "services"> & { paid: readonly { number: string }[] },
): Promise<Mail> {
  const { locale, host } = about;
  const words = mailWords(locale);
  const date = (instant: Date) => longDay(instant, about);
  const amount = formatMoney(renewed.fromBalance, locale);
  const numbers = renewed.paid.map(({ number }) => number).join(", ");
  const [first] = renewed.services;
  const isOne = renewed.services.length === 1 && first;
  const what = isOne ? first.label : words("morning.services", { count: renewed.services.length });
  return mailOf({
    ...about,
    subject: words("renewed.subject", { what, amount }),
    intro: words("renewed.intro", { amount, numbers }),
    link: {
      label: words("renewed.action"),
      url: `${host.url}/invoices/${encodeURIComponent(renewed.paid[0]?.number ?? "")}`,
    },
    note: renewed.services
      .map(({ label, expiresAt }) => words("receipt.service", { label, date: date(expiresAt) }))
      .join("\n"),
  });
}
