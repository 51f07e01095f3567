import { useTranslations } from "next-intl";
import { Day } from "@/components/ui/day";
import type { ServiceState } from "@/lib/portal/shapes";

/** In the place of an expiry, of a service that never had one; of an order that waits for its payment, for how long. */
export function NotBegun({ state, voidsAt }: { state: ServiceState; voidsAt: Date | null }) {
  const t = useTranslations("services");
  return (
    <>
      {t(state === "canceled" ? "never" : "notYet")}
      {voidsAt && (
        <span className="block text-ink-soft text-sm">
          {t.rich("voidsAt", { day: () => <Day at={voidsAt} /> })}
        </span>
      )}
    </>
  );
}
