import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { printInvoice } from "@/lib/admin/papers";
import { requireStaff } from "@/lib/auth/current";

interface Route {
  params: Promise<{ reference: string; number: string }>;
}

export async function GET(_request: Request, { params }: Route) {
  const { reference, number } = await params;
  const actor = await requireStaff(`/admin/customers/${encodeURIComponent(reference)}`);
  return answerPaper(printInvoice(actor, { reference, number }, paperGiven()));
}
