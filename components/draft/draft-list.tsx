import { useTranslations } from "next-intl";
import { Moment } from "@/components/ui/day";
import { TextLink } from "@/components/ui/text-link";
import type { DraftListed } from "@/lib/admin/show-draft";

/** A customer's drafts, the last changed first. Nothing where there is none. */
export function DraftList({ drafts, reference }: { drafts: readonly DraftListed[]; reference: string }) {
  const t = useTranslations("draft");
  if (drafts.length === 0) return null;
  return (
    <section aria-labelledby="drafts">
      <h2 id="drafts" className="mb-2 font-semibold text-lg">
        {t("drafts")}
      </h2>
      <ul className="grid border-t">
        {drafts.map(({ id, summary, changedBy, changedAt }) => (
          <li key={id} className="flex flex-wrap items-baseline justify-between gap-x-6 border-b py-2">
            <TextLink href={`/admin/customers/${encodeURIComponent(reference)}/drafts/${id}`}>
              <span dir="auto">{summary || t("untitled")}</span>
            </TextLink>
            <span className="text-ink-soft text-sm">
              {t("changedBy", { name: changedBy })} · <Moment at={changedAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
