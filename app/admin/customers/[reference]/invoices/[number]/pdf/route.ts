import { notFound } from "next/navigation";
import { paperGiven } from "@/app/paper-given";
import { printInvoice } from "@/lib/admin/papers";
import { requireStaff } from "@/lib/auth/current";
import { paperAnswer } from "@/lib/paper/answer";

interface Route {
  params: Promise<{ reference: string; number: string }>;
}

export async function GET(_request: Request, { params }: Route) {
  const { reference, number } = await params;
  const actor = await requireStaff(`/admin/customers/${encodeURIComponent(reference)}`);
  return paperAnswer((await printInvoice(actor, { reference, number }, paperGiven())) ?? notFound());
}
