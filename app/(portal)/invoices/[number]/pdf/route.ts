import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { requireCustomerOfFile } from "@/lib/auth/current";
import { printInvoice } from "@/lib/portal/papers";

export async function GET(request: Request, { params }: { params: Promise<{ number: string }> }) {
  const { number } = await params;
  const actor = await requireCustomerOfFile(request);
  return answerPaper(printInvoice(actor, { number }, paperGiven()));
}
