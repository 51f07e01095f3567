"use client";

import type { ComponentProps } from "react";
import type { Answer, CardInput, Leaving, PayInput } from "@/components/payment/pay-answers";
import { PayForm } from "@/components/payment/pay-form";
import type { PlanShown } from "@/lib/portal/shapes";

export type RenewAction = (
  input: {
    serviceId: string;
    terms: number;
    paymentId: string;
    how: "balance" | "combined" | "direct";
    plan: PlanShown;
  } & Partial<CardInput>,
) => Promise<Answer<Leaving>>;

interface RenewFormProps
  extends Pick<ComponentProps<typeof PayForm>, "paymentId" | "legend" | "choices" | "cards" | "texts"> {
  serviceId: string;
  terms: number;
  action: RenewAction;
}

/** Pays as for invoices; which invoices they are is known when the server has issued them. */
export function RenewForm({ serviceId, terms, action, ...form }: RenewFormProps) {
  const renew = (how: "balance" | "combined" | "direct", sent: PayInput & Partial<CardInput>) => {
    const { invoiceIds: _, ...input } = sent;
    return action({ serviceId, terms, how, ...input });
  };
  return (
    <PayForm
      {...form}
      invoiceIds={[]}
      part={null}
      actions={{
        payFromBalance: (input) => renew("balance", input),
        payDirect: (input) => renew("direct", input),
        payCombined: ({ useBalance: _, ...input }) => renew("combined", input),
        previewPart: unasked,
        resumePayment: unasked,
        abandonPayment: unasked,
      }}
    />
  );
}

/** No part of the balance is stated here, and nothing is under way yet. */
const unasked = () => Promise.reject(new Error("a renewal asks for no part"));
