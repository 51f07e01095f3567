import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { staffTexts } from "@/app/admin/texts";
import { InvariantList } from "@/components/staff/invariant-list";
import { StaffFrame } from "@/components/staff/staff-frame";
import { ActButton } from "@/components/ui/act-button";
import { Callout } from "@/components/ui/callout";
import { PageHead } from "@/components/ui/page-head";
import { showBooks } from "@/lib/admin/check-books";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { checkBooks } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("books"))("title") };
}

/** The invariants of the ledger: when each was last checked, and what breaks it. */
export default async function BooksPage() {
  const actor = await requireStaff("/admin/books");
  const [user, invariants, t] = await Promise.all([
    currentUser(),
    showBooks(actor),
    getTranslations("books"),
  ]);
  const broken = invariants.filter(({ last }) => last && last.violationCount > 0).length;
  const isChecked = invariants.every(({ last }) => last !== null);
  const texts = await staffTexts([]);
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="books">
      <PageHead title={t("title")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("intro")}</p>
      </PageHead>
      {broken > 0 && (
        <Callout tone="bad" className="mb-6" title={t("broken", { count: broken })}>
          <p>{t("brokenNote")}</p>
        </Callout>
      )}
      {broken === 0 && isChecked && (
        <Callout tone="good" className="mb-6">
          <p>{t("balance")}</p>
        </Callout>
      )}
      {mayStaff(actor.role, "books.check") && (
        <div className="mb-8 flex flex-wrap gap-3">
          {([false, true] as const).map((isFull) => (
            <div key={String(isFull)}>
              <ActButton
                action={checkBooks}
                input={{ isFull }}
                label={t(isFull ? "checkAllLabel" : "checkLabel")}
                text={t(isFull ? "checkAll" : "check")}
                done={t("checked")}
                texts={texts}
              />
            </div>
          ))}
        </div>
      )}
      <InvariantList invariants={invariants} />
    </StaffFrame>
  );
}
