import { FlaskConical } from "lucide-react";
import { useTranslations } from "next-intl";

/** Above every page of a portal for staging, so that nobody takes it for the real one. */
export function StagingStrip() {
  const t = useTranslations("shell");
  return (
    <aside className="order-1 border-b bg-warn-soft text-ink">
      <p className="page flex min-h-9 items-center gap-2 py-1.5 font-medium text-sm">
        <FlaskConical aria-hidden="true" className="size-4 shrink-0" />
        {t("staging")}
      </p>
    </aside>
  );
}
