import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { printReceipt } from "@/lib/admin/papers";
import { requireStaff } from "@/lib/auth/current";

interface Route {
  params: Promise<{ reference: string; payment: string }>;
}

export async function GET(_request: Request, { params }: Route) {
  const { reference, payment: paymentId } = await params;
  const actor = await requireStaff(`/admin/customers/${encodeURIComponent(reference)}`);
  return answerPaper(printReceipt(actor, { reference, paymentId }, paperGiven()));
}
