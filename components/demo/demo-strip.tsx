import { History, Mail } from "lucide-react";
import { useTranslations } from "next-intl";
import { Moment } from "@/components/ui/day";
import { Link } from "@/components/ui/link";

/** Above every page of the demo: what time it is there, the mail that it sends, and the way to move its time. */
export function DemoStrip({ now, mailboxUrl }: { now: Date; mailboxUrl: string | null }) {
  const t = useTranslations("timeMachine");
  return (
    <aside aria-label={t("strip")} className="order-1 border-b bg-sunken print:hidden">
      <p className="page flex min-h-9 items-center justify-between gap-4 text-ink-soft text-sm">
        <span className="truncate">
          {t("stripNow")} <Moment at={now} />
        </span>
        <span className="flex gap-4">
          {mailboxUrl && (
            <a href={mailboxUrl} className={linkLook}>
              <Mail aria-hidden="true" className="size-4" />
              <span className="max-sm:sr-only">{t("mailbox")}</span>
            </a>
          )}
          <Link href="/time-machine" className={linkLook}>
            <History aria-hidden="true" className="size-4" />
            {t("title")}
          </Link>
        </span>
      </p>
    </aside>
  );
}

const linkLook =
  "inline-flex min-h-6 min-w-6 items-center gap-1.5 whitespace-nowrap rounded-sm font-medium text-accent hover:underline";
