import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { requireCustomerOfFile } from "@/lib/auth/current";
import { printReceipt } from "@/lib/portal/papers";

export async function GET(request: Request, { params }: { params: Promise<{ payment: string }> }) {
  const { payment: paymentId } = await params;
  const actor = await requireCustomerOfFile(request);
  return answerPaper(printReceipt(actor, { paymentId }, paperGiven()));
}
