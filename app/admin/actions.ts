"use server";

import { z } from "zod";
import * as close from "@/lib/admin/close-task";
import * as account from "@/lib/admin/confirm-stripe-account";
import * as replay from "@/lib/admin/replay-parked-event";
import * as sync from "@/lib/admin/sync-payment";
import { staffAction } from "@/lib/auth/action";
import { type CustomerId, isUuid, type PaymentId, type TaskId } from "@/lib/kernel/id";

const uuid = z.string().refine(isUuid);
const customerId = uuid.transform((text) => text as CustomerId);

const PaymentInput = z.strictObject({ customerId, paymentId: uuid.transform((text) => text as PaymentId) });
const EventInput = z.strictObject({ eventId: z.string().regex(/^evt_[A-Za-z0-9_]{1,250}$/) });
const TaskInput = z.strictObject({ customerId, taskId: uuid.transform((text) => text as TaskId) });

const AccountInput = z.strictObject({
  accountId: z.string().regex(/^acct_[A-Za-z0-9_]{1,250}$/),
  mode: z.enum(["live", "test"]),
});

export const confirmStripeAccount = staffAction("host.change", AccountInput, (actor, input) =>
  account.confirmStripeAccount(actor, input),
);

export const syncPayment = staffAction("payment.sync", PaymentInput, (actor, input) =>
  sync.syncPayment(actor, input),
);

export const replayParkedEvent = staffAction("event.replay", EventInput, (actor, input) =>
  replay.replayParkedEvent(actor, input),
);

export const closeTask = staffAction("task.close", TaskInput, (actor, input) =>
  close.closeTask(actor, input),
);
