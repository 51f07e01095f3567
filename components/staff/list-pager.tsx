import { useTranslations } from "next-intl";
import { Empty } from "@/components/ui/empty";
import { Pager } from "@/components/ui/pager";
import { TextLink } from "@/components/ui/text-link";

interface ListPagerProps {
  page: { next: string | null; previous: string | null };
  href: (cursor: string) => string;
  /** Where the newest do not come first. */
  isForward?: boolean;
}

/** Steps through a list of staff's. */
export function ListPager({ page, href, isForward = false }: ListPagerProps) {
  const t = useTranslations("staffList");
  const step = (cursor: string | null, text: string) =>
    cursor === null ? null : { href: href(cursor), text };
  return (
    <div className="pb-12">
      <Pager
        label={t("pages")}
        previous={step(page.previous, t(isForward ? "previousPage" : "newer"))}
        next={step(page.next, t(isForward ? "nextPage" : "older"))}
      />
    </div>
  );
}

/** Instead of a list's rows where there are none: nothing yet, nothing that fits, or nothing on this page. */
export function NoRows({ clearHref, isFiltered }: { clearHref: string; isFiltered: boolean }) {
  const t = useTranslations("staffList");
  if (!isFiltered) return <Empty title={t("nothing")} />;
  return (
    <Empty title={t("noneFits")}>
      <TextLink href={clearHref}>{t("clear")}</TextLink>
    </Empty>
  );
}
