import { useTranslations } from "next-intl";
import { Happened } from "@/components/service/happened";
import { Moment } from "@/components/ui/day";
import type { TimelineEntry } from "@/lib/portal/shapes";

/** What happened to an invoice, in the order of `entries`. */
export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  const t = useTranslations("invoice");
  if (entries.length === 0) return null;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="pb-3 font-semibold text-lg">
        {t("timeline")}
      </h2>
      <ol className="grid">
        {entries.map((entry) => (
          <li
            key={entry.id}
            className="relative grid gap-0.5 pb-4 pl-6 before:absolute before:top-1.5 before:left-0 before:size-2.5 before:rounded-full before:border-2 before:border-edge before:bg-paper after:absolute after:top-4.5 after:bottom-0 after:left-1 after:w-px after:bg-line last:pb-0 last:after:hidden"
          >
            <p>
              <Happened entry={entry} />
            </p>
            <p className="text-ink-soft text-sm">
              <Moment at={entry.occurredAt} />
              {" · "}
              {t(actors[entry.actor])}
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

const actors = { customer: "byCustomer", staff: "byStaff", system: "bySystem" } as const;
