import type { CalendarDay } from "@/lib/kernel/calendar";
import { money } from "@/lib/kernel/money";
import { autoChargeFailedMail } from "./auto-pay-mail";
import { autoTopUpOffMail, cardDisputedMail, cardGoneMail } from "./card-mail";
import type { Mail } from "./mailer";
import { disputeMail, refundFailedMail, refundMadeMail } from "./money-back-mail";
import { morningMail } from "./morning-mail";
import type { MorningPart } from "./morning-part";
import { type Addressed, moneyBecameBalanceMail, paymentFailedMail, receiptMail } from "./payment-mail";
import { renewedMail } from "./renewal-mail";
import { restoredMail } from "./restored-mail";
import { stopMail } from "./stop-mail";
import { voidedMail } from "./voided-mail";

const usd = (minor: bigint) => money(minor, "USD");
const day = new Date("2026-12-14T09:00:00Z");
const on = (text: string) => text as CalendarDay;
const invoice = { number: "INV-2026-000123", label: "web-1", amount: usd(2_340n), dueOn: on("2026-12-14") };
const other = { number: "INV-2026-000124", label: "mail-2", amount: usd(1_000n), dueOn: on("2026-12-17") };

const payLinkOf = ({ host }: Addressed, minor: bigint, isFromBalance = false) => ({
  amount: usd(minor),
  url: `${host.url}/pay/example`,
  copyUrl: `${host.url}/pay/copy`,
  isFromBalance,
});
const payLinksOf = (about: Addressed, minor: bigint) => [payLinkOf(about, minor)];

const waiting = { ...invoice, daysFromDue: -7, isNew: false, charge: null, stop: null };
const stops = {
  announces: null,
  isSuspended: false,
  suspendsOn: on("2026-12-19"),
  terminatesOn: on("2027-01-02"),
};

/** The morning's mail about one invoice, or several. */
function morning(
  about: Addressed,
  changed: Partial<MorningPart>,
  minor = 2_340n,
  isFromBalance = false,
): Promise<Mail> {
  const part: MorningPart = {
    invoices: [waiting],
    total: usd(minor),
    available: usd(0n),
    debt: usd(0n),
    short: null,
    payLink: minor > 0n ? payLinkOf(about, minor, isFromBalance) : null,
    ...changed,
  };
  return morningMail(about, { parts: [part], declined: [], card: null });
}

const two = [waiting, { ...waiting, ...other }];
const short = { amount: usd(320n), what: "web-1", by: invoice.dueOn };

const disputed = {
  amount: usd(2_340n),
  paidAt: day,
  held: usd(1_000n),
  taken: usd(1_000n),
  lost: usd(2_340n),
  owed: usd(1_340n),
  returned: null,
};
const services = [{ label: "web-1", expiresAt: new Date("2027-01-14T09:00:00Z") }];

/** Every mail that customers are written about their account, made from the same invented facts each time. */
export const exampleMails = {
  invoice_issued: (about) => morning(about, { invoices: [{ ...waiting, isNew: true }] }),
  invoice_issued_short: (about) =>
    morning(about, { invoices: [{ ...waiting, isNew: true }], available: usd(2_020n), short }),
  invoice_issued_charged: (about) => {
    const charge = { last4: "4242", on: on("2026-12-13") };
    return morning(about, { invoices: [{ ...waiting, isNew: true, charge }] }, 0n);
  },
  invoice_due: (about) => morning(about, { invoices: [{ ...waiting, daysFromDue: -3 }] }),
  invoices_due: (about) =>
    morning(
      about,
      { invoices: two.map((one) => ({ ...one, daysFromDue: 0 })), available: usd(500n) },
      3_340n,
    ),
  invoice_covered: (about) =>
    morning(about, { invoices: [{ ...waiting, daysFromDue: 0 }], available: usd(13_000n) }, 2_340n, true),
  shortfall: (about) =>
    morning(
      about,
      { invoices: two, available: usd(2_020n), short: { ...short, amount: usd(1_320n), what: null } },
      3_340n,
    ),
  past_due: (about) =>
    morning(about, { invoices: [{ ...waiting, daysFromDue: 3, stop: stops }], debt: usd(500n) }),
  renewed: (about) =>
    renewedMail(about, { fromBalance: usd(2_340n), paid: [{ number: invoice.number }], services }),
  receipt: (about) =>
    receiptMail(about, {
      total: usd(2_340n),
      fromBalance: usd(0n),
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
  combined_receipt: (about) =>
    receiptMail(about, {
      total: usd(8_687n),
      fromBalance: usd(1_250n),
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
    morningMail(about, {
      parts: [],
      declined: [],
      card: { last4: "4242", lastDay: day, isOver: false, otherLast4: "4444" },
    }),
  card_gone: (about) => cardGoneMail(about, { last4: "4242", otherLast4: null }),
  card_disputed: (about) => cardDisputedMail(about, { last4: "4242" }),
  auto_top_up_off: (about) => autoTopUpOffMail(about, { currency: "USD" }),
  money_became_balance: (about) => moneyBecameBalanceMail(about, { amount: usd(2_340n), toDebt: usd(0n) }),
  suspension_ahead: (about) =>
    morning(about, {
      invoices: [{ ...waiting, daysFromDue: 3, stop: { ...stops, announces: "suspension" } }],
    }),
  suspended: (about) =>
    stopMail(about, {
      what: "suspended",
      services: [
        {
          label: "web-1",
          on: stops.suspendsOn,
          invoice: { number: invoice.number, amount: invoice.amount },
          terminatesOn: stops.terminatesOn,
        },
      ],
      payLinks: payLinksOf(about, 2_340n),
    }),
  restored: (about) => restoredMail(about, { services }),
  voided: (about) =>
    voidedMail(about, {
      numbers: [invoice.number],
      isBilledAgain: false,
      ending: [{ label: "web-1", endsAt: new Date("2026-12-19T00:00:00Z"), isOver: false }],
    }),
  termination_ahead: (about) =>
    morning(about, {
      invoices: [
        { ...waiting, daysFromDue: 16, stop: { ...stops, announces: "termination", isSuspended: true } },
      ],
    }),
  terminated: (about) =>
    stopMail(about, {
      what: "terminated",
      services: [{ label: "web-1", on: stops.terminatesOn, invoice: null, terminatesOn: null }],
      payLinks: [],
    }),
  refund_made: (about) => refundMadeMail(about, usd(1_000n)),
  refund_failed: (about) =>
    refundFailedMail(about, usd(1_000n), { back: usd(1_000n), kept: usd(0n), code: "lost_or_stolen_card" }),
  dispute_withdrawn: (about) => disputeMail(about, "withdrawn", disputed),
  dispute_won: (about) => disputeMail(about, "won", disputed),
  dispute_lost: (about) => disputeMail(about, "lost", disputed),
} as const satisfies Record<string, (about: Addressed) => Promise<Mail>>;

export type ExampleMail = keyof typeof exampleMails;

export const exampleMailNames = Object.keys(exampleMails) as ExampleMail[];
