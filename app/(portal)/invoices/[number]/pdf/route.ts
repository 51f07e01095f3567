import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { requireCustomer } from "@/lib/auth/current";
import { printInvoice } from "@/lib/portal/papers";

export async function GET(_request: Request, { params }: { params: Promise<{ number: string }> }) {
  const { number } = await params;
  const actor = await requireCustomer(`/invoices/${encodeURIComponent(number)}/pdf`);
  return answerPaper(printInvoice(actor, { number }, paperGiven()));
}
