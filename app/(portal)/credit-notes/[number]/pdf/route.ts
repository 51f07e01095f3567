import { notFound } from "next/navigation";
import { paperGiven } from "@/app/paper-given";
import { requireCustomer } from "@/lib/auth/current";
import { paperAnswer } from "@/lib/paper/answer";
import { printCreditNote } from "@/lib/portal/papers";

export async function GET(_request: Request, { params }: { params: Promise<{ number: string }> }) {
  const { number } = await params;
  const actor = await requireCustomer(`/credit-notes/${encodeURIComponent(number)}/pdf`);
  return paperAnswer((await printCreditNote(actor, { number }, paperGiven())) ?? notFound());
}
