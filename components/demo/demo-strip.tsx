import { History } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Moment } from "@/components/ui/day";

/** Above every page of the demo: what time it is there, and the way to move it. */
export function DemoStrip({ now }: { now: Date }) {
  const t = useTranslations("timeMachine");
  return (
    <aside aria-label={t("strip")} className="order-1 border-b bg-sunken print:hidden">
      <p className="page flex min-h-9 items-center justify-between gap-4 text-ink-soft text-sm">
        <span className="truncate">
          {t("stripNow")} <Moment at={now} />
        </span>
        <Link
          href="/time-machine"
          className="inline-flex items-center gap-1.5 whitespace-nowrap rounded-sm font-medium text-accent hover:underline"
        >
          <History aria-hidden="true" className="size-4" />
          {t("title")}
        </Link>
      </p>
    </aside>
  );
}
