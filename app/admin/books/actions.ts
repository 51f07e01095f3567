"use server";

import { z } from "zod";
import * as books from "@/lib/admin/check-books";
import { staffAction } from "@/lib/auth/action";

const CheckInput = z.strictObject({ isFull: z.boolean() });

export const checkBooks = staffAction("books.check", CheckInput, (actor, input) =>
  books.checkBooks(actor, input),
);
