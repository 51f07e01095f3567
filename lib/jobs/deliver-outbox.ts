import type { ReservedSql } from "@/db/client";
import { transact } from "@/db/transaction";
import { hostNameOf } from "@/lib/auth/host";
import { cardGone } from "@/lib/billing/payment/reached";
import { receiptOf } from "@/lib/billing/payment/receipt";
import { readStillShort } from "@/lib/billing/payment/still-short";
import type { VoidedByHost } from "@/lib/billing/payment/void-invoice";
import { recordIssueTold } from "@/lib/billing/reminder/record-reminders";
import { publishEvents } from "@/lib/billing/webhook/publish-events";
import type { World } from "@/lib/billing/world";
import type { CustomerId, InvoiceId, PaymentId } from "@/lib/kernel/id";
import { add, type Currency, money } from "@/lib/kernel/money";
import { autoChargeFailedMail } from "@/lib/mail/auto-pay-mail";
import { copyIdOf } from "@/lib/mail/mail-id";
import type { Mail, Mailer } from "@/lib/mail/mailer";
import { morningMail } from "@/lib/mail/morning-mail";
import {
  type Addressed,
  moneyBecameBalanceMail,
  paymentFailedMail,
  receiptMail,
} from "@/lib/mail/payment-mail";
import { renewedMail } from "@/lib/mail/renewal-mail";
import { restoredMail } from "@/lib/mail/restored-mail";
import { stopMail } from "@/lib/mail/stop-mail";
import { voidedMail } from "@/lib/mail/voided-mail";
import type { PaperGiven } from "@/lib/paper/shapes";
import { autoChargeNews } from "./auto-charge-news";
import { mailOfStoppedAutopay, mailOfStoppedTopUp } from "./card-gone-news";
import { drawMailPapers, type MailPaper } from "./mail-papers";
import { mailOfMoneyBack } from "./money-back-news";
import { type FoundNews, morningNews } from "./morning-news";
import {
  claimedMostMs,
  claimUntold,
  concludeRow,
  concludeUntold,
  noteAttempt,
  type OutboxRow,
  type Outcome,
  type RefusedAddress,
  releaseUntold,
} from "./notices";
import { orNoteFault } from "./park-mail";
import { openPayLinks } from "./pay-links";
import { isDayOf } from "./remind-customers";
import { renewedNews } from "./renewed-news";
import { isAboutRestored, restoredNews } from "./restored-news";
import { isAboutStop, stoppedNews } from "./stop-news";
import type { ToldStage } from "./told-stage";
import { waitsForOthers } from "./told-together";

export interface Delivery {
  world: World;
  mailer: Mailer;
  host: { name: string; url: string };
  /** In what words papers are drawn; without them none is attached. */
  papers?: PaperGiven;
}

/**
 * Sends the mails that the outbox asks for, oldest first, each marked once a mail server has taken it. From the first
 * attempt on it stands in the customer's inbox. A mail that nobody takes is tried again, under the same Message-ID; one
 * that is refused for good becomes a task for staff. What needs no mail is only marked. Returns how many mails were sent.
 */
export async function deliverOutbox(given: Delivery, most = 50): Promise<number> {
  const { world } = given;
  const rows = await waiting(world, most);
  if (rows.length === 0) return 0;
  const name = await hostNameOf(world.jobs.sql, given.host.name);
  const delivery: Delivery = { ...given, host: { ...given.host, name } };
  // Before any of them counts as handled: endpoints hear of them too.
  await publishEvents(world);
  await concludeUntold(
    world,
    rows.filter((row) => !isForMail(row)),
  );
  let sent = 0;
  for (const [customerId, own] of byCustomer(rows.filter(isForMail))) {
    const claimed = await claimUntold(world, customerId);
    if (!claimed) continue;
    try {
      const told = await tellCustomer(
        delivery,
        own.filter(({ id }) => claimed.has(id)),
      );
      sent += told.sent;
      if (told.stopped === "no_server") break;
    } finally {
      await releaseUntold(world, customerId, claimed);
    }
  }
  return sent;
}

/** In the order of the first of each. */
function byCustomer(rows: readonly OutboxRow[]): Map<CustomerId, OutboxRow[]> {
  const all = new Map<CustomerId, OutboxRow[]>();
  for (const row of rows) all.set(row.customerId, [...(all.get(row.customerId) ?? []), row]);
  return all;
}

/** Writes to one customer what this worker has claimed, up to the first mail that is not taken. */
async function tellCustomer(
  delivery: Delivery,
  rows: readonly OutboxRow[],
): Promise<{ sent: number; stopped: "no_server" | "for_now" | null }> {
  const { world } = delivery;
  const beganMs = world.clock.now().getTime();
  let sent = 0;
  for (const row of rows) {
    if (world.clock.now().getTime() - beganMs > claimedMostMs) return { sent, stopped: "for_now" };
    const told = await orNoteFault(world, row, () => tell(delivery, row));
    if (told === "sent") sent += 1;
    if (told === "for_now" || told === "no_server") return { sent, stopped: told };
  }
  return { sent, stopped: null };
}

/** Writes what one row asks for and hands it over. */
async function tell(
  delivery: Delivery,
  row: OutboxRow,
): Promise<"sent" | "not_sent" | "for_now" | "no_server"> {
  const { world } = delivery;
  const written = await writtenFor(delivery, row);
  if (written === "elsewhere") return "not_sent";
  if (!written) {
    await concludeRow(world, row, { kind: "nothing_to_say" });
    return "not_sent";
  }
  const { alsoTold, papers = [], tellsIssueOf } = written;
  const { customerId } = row;
  if (tellsIssueOf) await recordIssueTold(world, { customerId, outboxId: row.id, invoiceId: tellsIssueOf });
  const attachments = delivery.papers ? await drawMailPapers(world, delivery.papers, customerId, papers) : [];
  const mail = { ...written.mail, attachments };
  const id = await noteAttempt(world, row, mail, written.shortfalls);
  const answer = await delivery.mailer.sendMail({ ...mail, id });
  if (!answer.ok && answer.refusal.code === "mail_not_taken") {
    // A mailbox that is full waits alone, with what its mail gathers; without a server, all do.
    return answer.refusal.isOfThisOne ? "for_now" : "no_server";
  }
  const refusedCopies = await sendCopies(delivery.mailer, mail, id);
  await concludeRow(world, row, outcomeOf(mail, answer, refusedCopies), alsoTold);
  return answer.ok ? "sent" : "not_sent";
}

/**
 * Writes to the further addresses, each once, when the mail itself is taken or refused for good: a copy that no server takes
 * then is noted, and staff may send all of it again.
 */
async function sendCopies(mailer: Mailer, mail: Mail, id: string): Promise<RefusedAddress[]> {
  const refused: RefusedAddress[] = [];
  const { addresses = [], ...written } = mail.copies ?? { text: "", html: "" };
  for (const [at, address] of addresses.entries()) {
    const { subject, attachments = [] } = mail;
    const answer = await mailer.sendMail({
      to: address,
      subject,
      ...written,
      attachments,
      id: copyIdOf(id, at + 1),
    });
    if (answer.ok) continue;
    const { refusal } = answer;
    const reason = "reason" in refusal ? refusal.reason : refusal.code;
    refused.push({ address: address.toLowerCase(), isCopy: true, reason });
  }
  return refused;
}

function outcomeOf(
  mail: Mail,
  answer: Awaited<ReturnType<Mailer["sendMail"]>>,
  refusedCopies: readonly RefusedAddress[],
): Outcome {
  if (answer.ok) return { kind: "sent", refused: refusedCopies };
  const { refusal } = answer;
  const address = typeof mail.to === "string" ? mail.to : mail.to.address;
  const own =
    "reason" in refusal ? [{ address: address.toLowerCase(), isCopy: false, reason: refusal.reason }] : [];
  return { kind: "undeliverable", code: refusal.code, refused: [...own, ...refusedCopies] };
}

async function waiting(world: World, most: number): Promise<OutboxRow[]> {
  const { sql } = world.jobs;
  const rows = await sql`
    select o.customer_id, o.id, o.topic, o.payload, o.topic = 'invoice.issued' and exists (
      select from invoices i where i.customer_id = o.customer_id and i.id::text = o.payload ->> 'invoiceId'
        and i.origin <> 'renewal') as is_by_hand
    from outbox o
    where o.handled_at is null and not ${waitsForOthers(sql, world)} and ${isDayOf(sql, world)} order by o.id limit ${most}`;
  return rows.map((row) => ({
    customerId: row.customer_id,
    id: row.id,
    topic: row.topic,
    payload: row.payload,
    isByHand: row.is_by_hand,
  }));
}

const aboutMoneyBack = /^(refund|dispute)\./;
const aboutPayments = ["payment.succeeded", "payment.money_became_balance", "payment.failed", "renewal.paid"];

/** Most rows are for the host's own systems alone. */
function isForMail(row: OutboxRow): boolean {
  const isOfPayment = aboutPayments.includes(row.topic) && row.payload.paymentId !== undefined;
  const isOfInvoice = row.topic === "reminder" || row.isByHand;
  return (
    isOfInvoice ||
    row.topic === "autopay.stopped" ||
    row.topic === "auto_top_up.stopped" ||
    row.topic === "invoice.voided_by_host" ||
    isAboutStop(row) ||
    isAboutRestored(row) ||
    aboutMoneyBack.test(row.topic) ||
    isOfPayment
  );
}

/** A mail, and the other rows of its customer that it tells as well. */
interface Written {
  mail: Mail;
  alsoTold: readonly string[];
  /** What it is about, attached as it is sent. */
  papers?: readonly MailPaper[];
  /** The invoice of whose issue it tells, so that the morning does not. */
  tellsIssueOf?: InvoiceId;
  /** What customers know from it that the balance misses, in minor units by currency. */
  shortfalls?: Record<string, string>;
}

/** Null where there is nothing to say any more. A row that another one's mail tells ends when that mail does. */
type Writing = Written | "elsewhere" | null;

async function writtenFor(delivery: Delivery, row: OutboxRow): Promise<Writing> {
  if (row.topic === "reminder") return mailOfReminder(delivery, row);
  if (row.topic === "invoice.issued") return mailOfIssued(delivery, row);
  if (isAboutStop(row)) return mailOfStop(delivery, row);
  if (isAboutRestored(row)) return mailOfRestored(delivery, row);
  if (row.topic === "renewal.paid") return mailOfRenewed(delivery, row);
  const mailOf = mailOfTopic(row.topic);
  const mail = await mailOf(delivery, row);
  const { paymentId } = row.payload;
  const papers: MailPaper[] =
    row.topic === "payment.succeeded" && paymentId ? [{ kind: "receipt", paymentId }] : [];
  return mail && { mail, alsoTold: [], papers };
}

function mailOfTopic(topic: string): (delivery: Delivery, row: OutboxRow) => Promise<Mail | null> {
  if (topic === "autopay.stopped") return mailOfStoppedAutopay;
  if (topic === "auto_top_up.stopped") return mailOfStoppedTopUp;
  if (topic === "invoice.voided_by_host") return mailOfVoided;
  return aboutMoneyBack.test(topic) ? mailOfMoneyBack : mailOfPayment;
}

async function mailOfReminder(delivery: Delivery, row: OutboxRow): Promise<Writing> {
  const { world } = delivery;
  const { customerId, id } = row;
  const [about, news] = await transact(world.jobs, { customerId }, async ({ sql }) => {
    const stages = await sql<ToldStage[]>`
      select kind, subject_id as "subjectId", day from reminders
      where customer_id = ${customerId} and outbox_id = ${id}`;
    return Promise.all([aboutOf(delivery, sql, customerId), morningNews(world, sql, row, stages)]);
  });
  return about && news ? writtenOf(about, news) : null;
}

/** An invoice that a person has issued is sent at once: a paper is expected then, and not the next morning. */
async function mailOfIssued(delivery: Delivery, row: OutboxRow): Promise<Writing> {
  const { world } = delivery;
  const { customerId, payload } = row;
  const subjectId = payload.invoiceId as InvoiceId;
  const [about, news] = await transact(world.jobs, { customerId }, async ({ sql }) => {
    const stage: ToldStage = { kind: "invoice_issued", subjectId, day: null };
    return Promise.all([aboutOf(delivery, sql, customerId), morningNews(world, sql, row, [stage], "named")]);
  });
  // One that is being paid is told of in the morning, if that comes to nothing.
  return about && news ? { ...(await writtenOf(about, news)), tellsIssueOf: subjectId } : null;
}

async function writtenOf(about: Addressed, news: FoundNews): Promise<Written> {
  const isNew = news.parts.flatMap(({ invoices }) => invoices.filter((invoice) => invoice.isNew));
  return {
    mail: await morningMail(about, news),
    alsoTold: [],
    papers: isNew.map(({ number }) => ({ kind: "invoice", number })),
    shortfalls: news.shortfalls,
  };
}

async function aboutOf(
  { world, host }: Delivery,
  sql: ReservedSql,
  customerId: CustomerId,
): Promise<Addressed | null> {
  const [customer] = await sql`
    select name, email, locale, invoice_recipients as copies from customers where id = ${customerId}`;
  if (!customer) return null;
  const { name, email, locale, copies } = customer;
  return { locale, recipient: { name, email, copies }, host, timeZone: world.timeZone };
}

async function mailOfStop(delivery: Delivery, row: OutboxRow): Promise<Writing> {
  const { world } = delivery;
  const { customerId } = row;
  const [about, stop] = await transact(world.jobs, { customerId }, ({ sql }) =>
    Promise.all([aboutOf(delivery, sql, customerId), stoppedNews(world, sql, row)]),
  );
  return about && stop ? { mail: await stopMail(about, stop), alsoTold: [] } : null;
}

async function mailOfRestored(delivery: Delivery, row: OutboxRow): Promise<Writing> {
  const { customerId } = row;
  const [about, news] = await transact(delivery.world.jobs, { customerId }, ({ sql }) =>
    Promise.all([aboutOf(delivery, sql, customerId), restoredNews(sql, row)]),
  );
  if (news === "elsewhere") return news;
  return about && news ? { mail: await restoredMail(about, news.restored), alsoTold: news.alsoTold } : null;
}

async function mailOfRenewed(delivery: Delivery, row: OutboxRow): Promise<Writing> {
  const { world } = delivery;
  const { customerId } = row;
  const [about, news] = await transact(world.jobs, { customerId }, ({ sql }) =>
    Promise.all([aboutOf(delivery, sql, customerId), renewedNews(world, sql, customerId, row.id)]),
  );
  if (news === "elsewhere") return news;
  if (!about || !news) return null;
  return {
    mail: await renewedMail(about, news.renewed),
    alsoTold: news.alsoTold,
    papers: news.renewed.paid.map(({ number }) => ({ kind: "invoice", number })),
  };
}

async function mailOfVoided(delivery: Delivery, { customerId, payload }: OutboxRow): Promise<Mail | null> {
  const about = await transact(delivery.world.jobs, { customerId }, ({ sql }) =>
    aboutOf(delivery, sql, customerId),
  );
  if (!about || payload.told === undefined) return null;
  const told: VoidedByHost = JSON.parse(payload.told);
  // JSON has no instants.
  const ending = told.ending.map((service) => ({ ...service, endsAt: new Date(service.endsAt) }));
  return voidedMail(about, { ...told, ending });
}

async function mailOfPayment(delivery: Delivery, row: OutboxRow): Promise<Mail | null> {
  const { world } = delivery;
  const paymentId = row.payload.paymentId as PaymentId;
  const { customerId } = row;
  const [about, [payment], receipt, balances, open] = await transact(world.jobs, { customerId }, ({ sql }) =>
    Promise.all([
      aboutOf(delivery, sql, customerId),
      sql`
        select p.currency, p.card_minor, p.origin, p.decline, (
          select min(i.due_on) from payment_shares s join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id
          where s.customer_id = p.customer_id and s.payment_id = p.id) as first_due_on,
          array(select s.invoice_id from payment_shares s where s.customer_id = p.customer_id and s.payment_id = p.id) as invoice_ids,
          array(
          select i.number from payment_shares s join invoices i on i.customer_id = s.customer_id and i.id = s.invoice_id
          where s.customer_id = p.customer_id and s.payment_id = p.id order by i.number) as numbers
        from payments p where p.customer_id = ${customerId} and p.id = ${paymentId}`,
      receiptOf(sql, customerId, paymentId),
      sql`select currency, posted_minor - held_minor as available_minor from balances where customer_id = ${customerId}`,
      sql`
        select number, currency, total_minor - amount_paid_minor - amount_credited_minor as remaining_minor from invoices i
        where customer_id = ${customerId} and state = 'open' and exists (
          select from allocations a where a.customer_id = i.customer_id and a.invoice_id = i.id
            and a.payment_id = ${paymentId}) order by number`,
    ]),
  );
  if (!about || !payment || !receipt) return null;
  const currency = payment.currency as Currency;
  const amount = money(payment.card_minor, currency);
  const payLinks = () =>
    transact(world.jobs, { customerId }, ({ sql }) => openPayLinks(world, sql, row, payment.invoice_ids));
  const autoMail = async () => {
    const links = await payLinks();
    // Paid or cancelled meanwhile, there is nothing to say.
    if (payment.numbers.length > 0 && links.length === 0) return null;
    const decline = payment.decline ?? { code: row.payload.code ?? "", advice: null, networkCode: null };
    const news = autoChargeNews(world, decline, payment.first_due_on);
    return autoChargeFailedMail(about, { ...news, amount, numbers: payment.numbers, payLinks: links });
  };
  switch (row.topic) {
    case "payment.succeeded":
      return receiptMail(about, {
        ...receipt,
        stillShort: await transact(world.jobs, { customerId }, ({ sql }) =>
          readStillShort(sql, customerId, currency),
        ),
        available: money(balances.find((row) => row.currency === currency)?.available_minor ?? 0n, currency),
        total: add(add(receipt.fromBalance, receipt.byCard), receipt.byBank),
        numbers: receipt.paid.map((line) => line.number),
        open: open.map((row) => ({
          number: row.number,
          remaining: money(row.remaining_minor, row.currency),
        })),
      });
    case "payment.money_became_balance":
      return moneyBecameBalanceMail(about, {
        amount: money(BigInt(row.payload.amountMinor ?? "0"), currency),
        toDebt: receipt.toDebt,
      });
    default:
      // That its card is gone has a mail of its own.
      if (payment.origin === "auto") return row.payload.code === cardGone ? null : autoMail();
      // A page that Stripe refused to make was told on the spot; only what failed later needs a mail.
      if (row.payload.code !== "method_failed") return null;
      return paymentFailedMail(about, amount, { numbers: payment.numbers, payLinks: await payLinks() });
  }
}
