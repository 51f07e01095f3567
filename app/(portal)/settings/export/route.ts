import { notFound } from "next/navigation";
import { requireCustomerOfFile } from "@/lib/auth/current";
import { jsonAnswer } from "@/lib/paper/answer";
import { exportData } from "@/lib/portal/export-data";

/** All data of the customer, as a file; for members without the right there is nothing here. */
export async function GET(request: Request): Promise<Response> {
  const answer = await exportData(await requireCustomerOfFile(request));
  return answer.ok ? jsonAnswer(answer.value.fileName, answer.value.json) : notFound();
}
