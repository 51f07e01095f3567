"use server";

import { z } from "zod";
import { publicAction } from "@/lib/auth/action";
import { context } from "@/lib/auth/context";
import { resetPassword } from "@/lib/auth/password-reset";

const PasswordInput = z.strictObject({ token: z.string().max(100), password: z.string().max(1000) });

export const choosePassword = publicAction(PasswordInput, (_visitor, input) =>
  resetPassword(context(), input),
);
