"use server";

import { getLocale } from "next-intl/server";
import { z } from "zod";
import * as loginMails from "@/lib/admin/login-mails";
import * as hours from "@/lib/admin/mail-hour";
import * as templates from "@/lib/admin/mail-templates";
import * as reminders from "@/lib/admin/reminder-days";
import * as mails from "@/lib/admin/resend-mail";
import { staffMailing } from "@/lib/admin/staff-mailing";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, isUuid } from "@/lib/kernel/id";

const uuid = z.string().refine(isUuid);
const ResendInput = z.strictObject({
  customerId: uuid.transform((text) => text as CustomerId),
  noticeId: uuid,
});

export const resendMail = staffAction("mail.resend", ResendInput, (actor, input) =>
  mails.resendMail(actor, input),
);

const ResendLoginInput = z.strictObject({ loginMailId: uuid });

export const resendLoginMail = staffAction("mail.resend", ResendLoginInput, (actor, input) =>
  loginMails.resendLoginMail(actor, input),
);

const TestInput = z.strictObject({ name: z.string().max(100) });

export const sendTestMail = staffAction("mail.resend", TestInput, async (actor, input) =>
  templates.sendTestMail(actor, input, await staffMailing(await getLocale())),
);

const DaysInput = z.strictObject({ days: z.string().max(200), seen: z.string().max(200) });

export const changeReminderDays = staffAction("host.change", DaysInput, (actor, input) =>
  reminders.changeReminderDays(actor, input),
);

const HourInput = z.strictObject({ hour: z.string().max(20), seen: z.string().max(20) });

export const changeMailHour = staffAction("host.change", HourInput, (actor, input) =>
  hours.changeMailHour(actor, input),
);
