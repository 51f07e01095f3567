import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { CustomerTable } from "@/components/staff/customer-table";
import { StaffFrame } from "@/components/staff/staff-frame";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { PageHead } from "@/components/ui/page-head";
import { findCustomers } from "@/lib/admin/find-customers";
import { findStripeObject } from "@/lib/admin/find-stripe-object";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staff"))("customers") };
}

export default async function CustomersPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, unknown>>;
}) {
  const actor = await requireStaff("/admin/customers");
  const { q } = await searchParams;
  const text = typeof q === "string" ? q : "";
  const found = await findStripeObject(actor, { text });
  if (found) redirect(found.href);
  const [user, customers, t] = await Promise.all([
    currentUser(),
    findCustomers(actor, { text }),
    getTranslations("staff"),
  ]);
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="customers">
      <PageHead title={t("customers")} />
      <search>
        <form method="get" className="mb-4 flex max-w-xl items-end gap-3">
          <div className="flex-1">
            <Field id="q" label={t("searchLabel")}>
              {(control) => <Input {...control} type="search" name="q" defaultValue={text} maxLength={100} />}
            </Field>
          </div>
          <Button type="submit">{t("search")}</Button>
        </form>
      </search>
      {customers.length > 0 ? <CustomerTable customers={customers} /> : <Empty title={t("nobody")} />}
    </StaffFrame>
  );
}
