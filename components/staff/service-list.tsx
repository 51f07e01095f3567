import { useTranslations } from "next-intl";
import { NotBegun } from "@/components/service/not-begun";
import { ServiceStateBadge } from "@/components/service/service-table";
import { Due } from "@/components/ui/due";
import { Cell, Column, Row, Table, TableBody, TableHead } from "@/components/ui/table";
import { TextLink } from "@/components/ui/text-link";
import type { ListedService } from "@/lib/admin/list-services";

const small = "max-sm:text-ink-soft max-sm:text-sm";

/** Services of all customers. */
export function ServiceList({ services }: { services: readonly ListedService[] }) {
  const t = useTranslations("staff");
  const words = useTranslations("services");
  return (
    <Table aria-label={t("services")}>
      <TableHead>
        <Column>{t("service")}</Column>
        <Column>{t("customer")}</Column>
        <Column>{t("expires")}</Column>
        <Column>{words("autoRenew")}</Column>
        <Column>{words("openInvoice")}</Column>
        <Column>{t("state")}</Column>
      </TableHead>
      <TableBody>
        {services.map((service) => {
          const customer = `/admin/customers/${encodeURIComponent(service.customerReference)}`;
          const isRunning = service.state === "active" || service.state === "suspended";
          return (
            <Row key={service.id} className="max-sm:grid-cols-[1fr_auto] max-sm:gap-x-4 max-sm:gap-y-1">
              <Cell>
                <TextLink href={`${customer}/services/${service.id}`} className="break-words">
                  <bdi>{service.label}</bdi>
                </TextLink>
                <span className="block text-ink-soft text-sm" dir="auto">
                  {service.planName}
                </span>
              </Cell>
              <Cell className={`max-sm:order-3 ${small}`}>
                <TextLink href={customer}>
                  <span dir="auto">{service.customerName}</span>
                </TextLink>
              </Cell>
              <Cell className={`whitespace-nowrap max-sm:order-4 max-sm:text-right ${small}`}>
                {service.expiresAt ? (
                  <Due at={service.expiresAt} isUrgent={isRunning} />
                ) : (
                  <NotBegun state={service.state} voidsAt={service.voidsAt} />
                )}
              </Cell>
              <Cell className={`max-sm:order-5 ${small}`}>
                <span className="sm:hidden">{words("autoRenew")}: </span>
                {service.isEnding
                  ? words("ending")
                  : words(service.isAutoRenew ? "autoRenewOn" : "autoRenewOff")}
              </Cell>
              <Cell className="max-sm:order-6 max-sm:text-right max-sm:text-sm">
                {service.openInvoiceNumber && (
                  <TextLink
                    href={`${customer}/invoices/${encodeURIComponent(service.openInvoiceNumber)}`}
                    className="figures whitespace-nowrap"
                  >
                    {service.openInvoiceNumber}
                  </TextLink>
                )}
              </Cell>
              <Cell className="max-sm:order-2 max-sm:text-right">
                <ServiceStateBadge state={service.state} />
              </Cell>
            </Row>
          );
        })}
      </TableBody>
    </Table>
  );
}
