import { redirect } from "next/navigation";
import { requireCustomer } from "@/lib/auth/current";

/** The way in: customers to their invoices, staff to their section, the signed-out to sign in. */
export default async function HomePage() {
  await requireCustomer("/");
  redirect("/invoices");
}
