import { answerPaper } from "@/app/answer-paper";
import { paperGiven } from "@/app/paper-given";
import { printDraft } from "@/lib/admin/show-draft";
import { requireStaff } from "@/lib/auth/current";

interface Route {
  params: Promise<{ reference: string; draft: string }>;
}

export async function GET(_request: Request, { params }: Route) {
  const { reference, draft } = await params;
  const actor = await requireStaff(`/admin/customers/${encodeURIComponent(reference)}`);
  return answerPaper(printDraft(actor, { reference, draftId: draft }, paperGiven()));
}
