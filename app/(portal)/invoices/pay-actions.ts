import { carrying } from "@/lib/auth/action";
import type { CustomerActor } from "@/lib/portal/shapes";
import {
  abandonPayment,
  payCombined,
  payDirect,
  payFromBalance,
  previewPart,
  resumePayment,
} from "./actions";

/** All that a pay panel asks, for the customer whose invoices it shows. */
export function payActionsOf(actor: CustomerActor) {
  return {
    payDirect: carrying(actor, payDirect),
    payFromBalance: carrying(actor, payFromBalance),
    payCombined: carrying(actor, payCombined),
    previewPart: carrying(actor, previewPart),
    resumePayment: carrying(actor, resumePayment),
    abandonPayment: carrying(actor, abandonPayment),
  };
}
