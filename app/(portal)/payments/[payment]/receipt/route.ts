import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { requireCustomer } from "@/lib/auth/current";
import { printReceipt } from "@/lib/portal/papers";

export async function GET(_request: Request, { params }: { params: Promise<{ payment: string }> }) {
  const { payment: paymentId } = await params;
  const actor = await requireCustomer(`/payments/${encodeURIComponent(paymentId)}/receipt`);
  return answerPaper(printReceipt(actor, { paymentId }, paperGiven()));
}
