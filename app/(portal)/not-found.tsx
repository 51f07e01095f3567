import { useTranslations } from "next-intl";
import { buttonLook } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { PageHead } from "@/components/ui/page-head";

/** Unknown, or someone else's: the answer is the same, inside the frame of the signed-in customer. */
export default function NotFound() {
  const t = useTranslations("notFound");
  return (
    <>
      <PageHead title={t("title")} />
      <p className="text-ink-soft">{t("body")}</p>
      <Link href="/invoices" className={`${buttonLook("primary")} mt-6`}>
        {t("home")}
      </Link>
    </>
  );
}
