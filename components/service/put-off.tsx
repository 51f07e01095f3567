import { useTranslations } from "next-intl";
import { HostName } from "@/components/shell/host-identity";

interface PutOffProps {
  by: "host" | "customer";
  /** Staff read it, not the customer. */
  isForStaff?: boolean;
}

/** Who put a suspension off. */
export function PutOff({ by, isForStaff = false }: PutOffProps) {
  const t = useTranslations("putOff");
  if (by === "customer") return <span className="block">{t(isForStaff ? "byCustomer" : "byYou")}</span>;
  return (
    <span className="block">{t.rich("byHost", { host: () => <HostName fallback={t("staff")} /> })}</span>
  );
}
