import { calendarDay } from "@/lib/kernel/calendar";
import { money } from "@/lib/kernel/money";
import { autoChargeFailedMail } from "./auto-pay-mail";
import { cardExpiringMail, cardGoneMail } from "./card-mail";
import type { Mail } from "./mailer";
import { disputeMail, refundFailedMail, refundMadeMail } from "./money-back-mail";
import { type Addressed, moneyBecameBalanceMail, paymentFailedMail, receiptMail } from "./payment-mail";
import { invoicesDueMail, renewalShortMail, renewedMail } from "./renewal-mail";
import { type StopNews, stopMail } from "./stop-mail";

const usd = (minor: bigint) => money(minor, "USD");
const day = new Date("2026-12-14T09:00:00Z");
const dueOn = calendarDay(day, "UTC");
const invoice = { number: "INV-2026-000123", label: "web-1", amount: usd(2_340n), dueOn };
const other = { number: "INV-2026-000124", label: "mail-2", amount: usd(1_000n), dueOn };

const payLinksOf = ({ host }: Addressed, minor: bigint) => [
  {
    amount: usd(minor),
    url: `${host.url}/pay/example`,
    copyUrl: `${host.url}/pay/copy`,
    isFromBalance: false,
  },
];

function stop(about: Addressed, what: StopNews["what"]): Promise<Mail> {
  const { number, amount } = invoice;
  return stopMail(about, {
    what,
    services: [{ label: "web-1", at: day, invoice: what === "terminated" ? null : { number, amount } }],
    payLinks: what === "terminated" ? [] : payLinksOf(about, 2_340n),
  });
}

const disputed = {
  amount: usd(2_340n),
  paidAt: day,
  held: usd(1_000n),
  taken: usd(1_000n),
  owed: usd(1_340n),
  returned: null,
};
const services = [{ label: "web-1", expiresAt: new Date("2027-01-14T09:00:00Z") }];

/** Every mail that customers are written about their account, made from the same invented facts each time. */
export const exampleMails = {
  renewal_short: (about) =>
    renewalShortMail(about, {
      short: usd(320n),
      total: usd(2_340n),
      available: usd(2_020n),
      invoices: [invoice],
      payLinks: payLinksOf(about, 2_340n),
    }),
  renewals_short: (about) =>
    renewalShortMail(about, {
      short: usd(1_320n),
      total: usd(3_340n),
      available: usd(2_020n),
      invoices: [invoice, other],
      payLinks: payLinksOf(about, 3_340n),
    }),
  invoice_ahead: (about) =>
    invoicesDueMail(about, {
      total: usd(2_340n),
      daysFromDue: -3,
      invoices: [invoice],
      payLinks: payLinksOf(about, 2_340n),
    }),
  invoices_overdue: (about) =>
    invoicesDueMail(about, {
      total: usd(3_340n),
      daysFromDue: 3,
      invoices: [invoice, other],
      payLinks: payLinksOf(about, 3_340n),
    }),
  renewed: (about) =>
    renewedMail(about, { fromBalance: usd(2_340n), paid: [{ number: invoice.number }], services }),
  receipt: (about) =>
    receiptMail(about, {
      total: usd(2_340n),
      fromBalance: usd(340n),
      byBank: usd(0n),
      toBalance: usd(0n),
      toDebt: usd(0n),
      settled: [],
      available: usd(0n),
      stillShort: null,
      numbers: [invoice.number],
      open: [],
      services,
    }),
  balance_receipt: (about) =>
    receiptMail(about, {
      total: usd(2_340n),
      fromBalance: usd(2_340n),
      byBank: usd(0n),
      toBalance: usd(0n),
      toDebt: usd(0n),
      settled: [],
      available: usd(660n),
      stillShort: null,
      numbers: [invoice.number],
      open: [],
      services,
    }),
  top_up_receipt: (about) =>
    receiptMail(about, {
      total: usd(5_000n),
      fromBalance: usd(0n),
      byBank: usd(0n),
      toBalance: usd(5_000n),
      toDebt: usd(0n),
      settled: [{ number: invoice.number }],
      available: usd(2_660n),
      stillShort: { amount: usd(340n), numbers: [other.number] },
      numbers: [],
      open: [],
      services,
    }),
  top_up_paid_debt: (about) =>
    receiptMail(about, {
      total: usd(5_000n),
      fromBalance: usd(0n),
      byBank: usd(0n),
      toBalance: usd(5_000n),
      toDebt: usd(1_340n),
      settled: [],
      available: usd(3_660n),
      stillShort: null,
      numbers: [],
      open: [],
      services: [],
    }),
  payment_failed: (about) =>
    paymentFailedMail(about, usd(2_340n), {
      numbers: [invoice.number],
      payLinks: payLinksOf(about, 2_340n),
    }),
  card_declined: (about) =>
    autoChargeFailedMail(about, {
      amount: usd(2_340n),
      numbers: [invoice.number],
      why: "declined",
      nextAt: day,
      payLinks: payLinksOf(about, 2_340n),
    }),
  card_needs_you: (about) =>
    autoChargeFailedMail(about, {
      amount: usd(2_340n),
      numbers: [invoice.number],
      why: "authentication",
      nextAt: null,
      payLinks: payLinksOf(about, 2_340n),
    }),
  card_expiring: (about) =>
    cardExpiringMail(about, { last4: "4242", lastDay: day, isOver: false, otherLast4: "4444" }),
  card_gone: (about) => cardGoneMail(about, { last4: "4242", otherLast4: null }),
  money_became_balance: (about) => moneyBecameBalanceMail(about, { amount: usd(2_340n), toDebt: usd(0n) }),
  suspension_ahead: (about) => stop(about, "suspensionAhead"),
  suspended: (about) => stop(about, "suspended"),
  termination_ahead: (about) => stop(about, "terminationAhead"),
  terminated: (about) => stop(about, "terminated"),
  refund_made: (about) => refundMadeMail(about, usd(1_000n)),
  refund_failed: (about) => refundFailedMail(about, usd(1_000n), { back: usd(1_000n), kept: usd(0n) }),
  dispute_withdrawn: (about) => disputeMail(about, "withdrawn", disputed),
  dispute_won: (about) => disputeMail(about, "won", disputed),
  dispute_lost: (about) => disputeMail(about, "lost", disputed),
} as const satisfies Record<string, (about: Addressed) => Promise<Mail>>;

export type ExampleMail = keyof typeof exampleMails;

export const exampleMailNames = Object.keys(exampleMails) as ExampleMail[];
