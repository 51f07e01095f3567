import { notFound } from "next/navigation";
import { paperGiven } from "@/app/paper-given";
import { requireCustomer } from "@/lib/auth/current";
import { paperAnswer } from "@/lib/paper/answer";
import { printReceipt } from "@/lib/portal/papers";

export async function GET(_request: Request, { params }: { params: Promise<{ payment: string }> }) {
  const { payment: paymentId } = await params;
  const actor = await requireCustomer(`/payments/${encodeURIComponent(paymentId)}/receipt`);
  return paperAnswer((await printReceipt(actor, { paymentId }, paperGiven())) ?? notFound());
}
