"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import * as books from "@/lib/admin/check-books";
import { staffAction } from "@/lib/auth/action";

const CheckInput = z.strictObject({ isFull: z.boolean() });

export const checkBooks = staffAction("books.check", CheckInput, async (actor, input) => {
  const answer = await books.checkBooks(actor, input);
  if (answer.ok) revalidatePath("/admin/books");
  return answer;
});
