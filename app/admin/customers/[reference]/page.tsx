import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getLocale, getTranslations } from "next-intl/server";
import { cache } from "react";
import { DraftList } from "@/components/draft/draft-list";
import { MailFailures } from "@/components/mail/mail-failures";
import { Suspensions } from "@/components/service/suspensions";
import { ActionForm } from "@/components/sign-in/action-form";
import { CustomerAside, CustomerMovements } from "@/components/staff/customer-more";
import { CustomerSections } from "@/components/staff/customer-sections";
import { LoginForm } from "@/components/staff/login-form";
import { MainAddressForm } from "@/components/staff/main-address-form";
import { NewPayLink } from "@/components/staff/new-pay-link";
import { PayOutForms } from "@/components/staff/pay-out-forms";
import { StaffFrame } from "@/components/staff/staff-frame";
import { ActButton } from "@/components/ui/act-button";
import { Amount } from "@/components/ui/amount";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Callout } from "@/components/ui/callout";
import { Fact, Facts } from "@/components/ui/facts";
import { FileLink } from "@/components/ui/file-link";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { goodwillMostMinor } from "@/lib/admin/change-goodwill";
import { type CustomerPicture, showCustomer } from "@/lib/admin/show-customer";
import { showCustomerMore } from "@/lib/admin/show-customer-more";
import { listDrafts } from "@/lib/admin/show-draft";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff, type StaffRight } from "@/lib/auth/staff-rights";
import { assert } from "@/lib/kernel/assert";
import { newId } from "@/lib/kernel/id";
import { formatMoney, isCurrency, money } from "@/lib/kernel/money";
import {
  addNote,
  changeCustomerAddress,
  changeGoodwill,
  endSessions,
  payOutBalance,
  renewInvoicePayLink,
  switchLogin,
} from "../actions";

/** Asked by the page and by its title, read once. */
const read = cache(async (reference: string) => {
  const actor = await requireStaff(`/admin/customers/${encodeURIComponent(reference)}`);
  return { actor, picture: await showCustomer(actor, { reference }) };
});

interface CustomerPageProps {
  params: Promise<{ reference: string }>;
}

export async function generateMetadata({ params }: CustomerPageProps): Promise<Metadata> {
  const reference = decodeURIComponent((await params).reference);
  return { title: (await read(reference)).picture?.name ?? reference };
}

export default async function CustomerPage({ params }: CustomerPageProps) {
  const reference = decodeURIComponent((await params).reference);
  const customer = `/admin/customers/${encodeURIComponent(reference)}`;
  const [user, { actor, picture }, t, answers] = await Promise.all([
    currentUser(),
    read(reference),
    getTranslations("staff"),
    answerTexts(),
  ]);
  if (!picture) notFound();
  const may = (right: StaffRight) => mayStaff(actor.role, right) && !picture.isClosed;
  const [words, ask] = await Promise.all([getTranslations("payLinkBox"), getTranslations("ask")]);
  const [bank, draft, moneyBack, paper, drafts, customerWords, more] = await Promise.all([
    getTranslations("bank"),
    getTranslations("draft"),
    getTranslations("moneyBack"),
    getTranslations("paper.links"),
    listDrafts(actor, { customerId: picture.id }),
    getTranslations("staffCustomer"),
    showCustomerMore(actor, { customerId: picture.id }),
  ]);
  const linkTexts = {
    label: words("label"),
    copy: words("copy"),
    copied: words("copied"),
    button: t("newPayLink"),
    replaced: ask("linkReplaced"),
  };
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="customers">
      <PageHead
        above={<TextLink href="/admin/customers">{t("allCustomers")}</TextLink>}
        title={<span dir="auto">{picture.name}</span>}
      >
        <p className="mt-1 break-all text-ink-soft">
          <span className="figures">{picture.reference}</span> · {picture.email}
          {picture.isClosed && ` · ${t("closed")}`}
        </p>
      </PageHead>
      {picture.unreached.length > 0 && (
        <Callout tone="warn" className="mb-6">
          <MailFailures failures={picture.unreached} of="last" />
          <p>
            <TextLink href={`/admin/mail?q=${encodeURIComponent(picture.reference)}`}>
              {customerWords("theirMail")}
            </TextLink>
          </p>
        </Callout>
      )}
      <div className="mb-6 empty:hidden">
        <Suspensions
          suspensions={picture.suspensions}
          takeOwnGrace={null}
          invoiceHref={(number) => `${customer}/invoices/${encodeURIComponent(number)}`}
        />
      </div>
      <Facts className="mb-6 grid-cols-2 border-y py-4 sm:flex sm:flex-wrap">
        {picture.owed.map(({ amount, pastDue, debt }) => (
          <Fact key={amount.currency} name={`${t("owed")} (${amount.currency})`}>
            <Amount of={amount} />
            {pastDue.minor > 0n && (
              <span className="block text-bad text-sm">
                {t("pastDue")} <Amount of={pastDue} />
              </span>
            )}
            {debt.minor > 0n && (
              <span className="block text-bad text-sm">
                {t("debt")} <Amount of={debt} />
              </span>
            )}
          </Fact>
        ))}
        {picture.balances.map(({ posted, held }) => (
          <Fact key={posted.currency} name={`${t("balance")} (${posted.currency})`}>
            <Amount of={posted} />
            {held.minor > 0n && (
              <span className="block text-ink-soft text-sm">
                {t("held")} <Amount of={held} />
              </span>
            )}
          </Fact>
        ))}
      </Facts>
      <nav aria-label={customerWords("acts")} className="mb-10 flex flex-wrap gap-x-6 gap-y-2">
        {may("invoice.write") && <TextLink href={`${customer}/drafts/new`}>{draft("new")}</TextLink>}
        {may("bank.record") && <TextLink href={`${customer}/bank-payment`}>{bank("record")}</TextLink>}
        <TextLink href={`${customer}/card-payments`}>{moneyBack("link")}</TextLink>
        <FileLink href={`${customer}/statement/pdf`}>{paper("statement")}</FileLink>
      </nav>
      <div className="grid gap-12 pb-16 lg:grid-cols-[minmax(0,1fr)_20rem]">
        <div className="grid min-w-0 content-start gap-12">
          <DraftList drafts={drafts} reference={picture.reference} />
          <CustomerSections
            picture={picture}
            payLink={(invoice) =>
              may("pay_link.renew") && (
                <NewPayLink
                  customerId={picture.id}
                  invoiceId={invoice.id}
                  action={renewInvoicePayLink}
                  label={t("newPayLinkFor", { number: invoice.number })}
                  texts={linkTexts}
                  ask={{
                    title: ask("linkTitle", { number: invoice.number }),
                    lines: [ask("linkStops"), ask("linkNew")],
                    confirm: ask("linkConfirm"),
                    keep: ask("keep"),
                  }}
                  answers={answers}
                />
              )
            }
            voidForm={(invoice) => (
              <>
                {may("bank.record") && (
                  <TextLink
                    className="mt-2 block text-sm"
                    href={`${customer}/bank-payment?invoice=${encodeURIComponent(invoice.number)}`}
                    aria-label={bank("ofCustomer", { number: invoice.number })}
                  >
                    {bank("record")}
                  </TextLink>
                )}
                {may("invoice.void") && (
                  <TextLink
                    className="mt-2 block text-sm"
                    href={`${customer}/invoices/${encodeURIComponent(invoice.number)}`}
                    aria-label={t("voidNumber", { number: invoice.number })}
                  >
                    {t("void")}
                  </TextLink>
                )}
              </>
            )}
          >
            <CustomerMovements more={more} customer={customer} />
          </CustomerSections>
        </div>
        <aside aria-label={customerWords("aside")} className="grid content-start gap-10">
          <div className="grid gap-3 empty:hidden">
            {may("goodwill.change") && <GoodwillForms picture={picture} answers={answers} />}
            {mayStaff(actor.role, "balance.pay_out") && (
              <PayOutForms picture={picture} action={payOutBalance} answers={answers} />
            )}
            {may("main_address.change") && (
              <MainAddressForm
                customer={picture}
                users={more.users}
                action={changeCustomerAddress}
                answers={answers}
              />
            )}
          </div>
          <CustomerAside
            more={more}
            noteForm={
              mayStaff(actor.role, "customer.note") && (
                <ActionForm
                  action={addNote}
                  hidden={{ customerId: picture.id }}
                  fields={[
                    {
                      name: "note",
                      label: customerWords("note"),
                      type: "text",
                      autoComplete: "off",
                      maxLength: 2000,
                    },
                  ]}
                  submit={customerWords("addNote")}
                  answers={answers}
                  said={customerWords("noted")}
                />
              )
            }
            loginForm={(user) =>
              mayStaff(actor.role, "user.disable") &&
              (!user.isStaff || (user.disabledAt !== null && mayStaff(actor.role, "team.change"))) && (
                <LoginForm customerId={picture.id} user={user} action={switchLogin} answers={answers} />
              )
            }
            endSessions={
              mayStaff(actor.role, "sessions.end") && (
                <ActButton
                  action={endSessions}
                  input={{ customerId: picture.id }}
                  label={customerWords("endSessionsOf", { name: picture.name })}
                  text={customerWords("endSessions")}
                  done={customerWords("sessionsEnded")}
                  texts={answers}
                  ask={{
                    title: ask("sessionsTitle", { name: picture.name }),
                    lines: [ask("sessionsBody")],
                    confirm: ask("sessionsConfirm"),
                    keep: ask("keep"),
                  }}
                />
              )
            }
          />
        </aside>
      </div>
    </StaffFrame>
  );
}

/** Goodwill up and down, each behind its own summary: neither is what one opens this page for. */
async function GoodwillForms({ picture, answers }: { picture: CustomerPicture; answers: AnswerTexts }) {
  const [t, locale] = await Promise.all([getTranslations("staff"), getLocale()]);
  const { currency } = picture;
  const credit = picture.balances.find((balance) => balance.available.currency === currency)?.credit;
  assert(isCurrency(currency), "a customer has a currency that is known");
  const most = { give: money(goodwillMostMinor, currency), take_back: credit ?? money(0n, currency) };
  const fieldsOf = (way: "give" | "take_back") => [
    {
      name: "amount",
      label: t("amount", { currency }),
      hint: t(`goodwillMost_${way}`, { most: formatMoney(most[way], locale) }),
      type: "text",
      autoComplete: "off",
      maxLength: 20,
    },
    { name: "reason", label: t("reason"), type: "text", autoComplete: "off", maxLength: 500 },
  ];
  return (
    <>
      {(["give", "take_back"] as const).map((way) => (
        <details key={way}>
          <summary className="cursor-pointer font-medium text-accent">{t(`goodwill_${way}`)}</summary>
          <div className="mt-3">
            <ActionForm
              action={changeGoodwill}
              hidden={{ customerId: picture.id, currency, way, changeId: newId() }}
              fields={fieldsOf(way)}
              submit={t(`goodwill_${way}`)}
              answers={answers}
              said={t(`goodwill_${way}`)}
            />
          </div>
        </details>
      ))}
    </>
  );
}

const codes = [
  "fault",
  "lost",
  "signed_out",
  "not_allowed",
  "foreign_origin",
  "invalid_input",
  "reason_missing",
  "reason_too_long",
  "invoice_not_found",
  "invoice_not_open",
  "cancel_is_for_staff",
  "later_term_paid",
  "paid_meanwhile",
  "payment_in_progress",
  "amount_missing",
  "amount_malformed",
  "amount_negative",
  "amount_ambiguous",
  "amount_too_precise",
  "amount_too_large",
  "amount_zero",
  "above_available",
  "goodwill_stays",
  "payout_above_day",
  "balance_changed",
  "goodwill_zero",
  "goodwill_too_large",
  "goodwill_above_available",
  "goodwill_above_given",
  "customer_not_found",
  "customer_closed",
  "note_missing",
  "note_too_long",
  "user_not_found",
  "login_of_staff",
  "login_switched",
  "main_address_changed",
  "main_address_same",
  "main_address_not_member",
] as const;

/** A sentence for each refusal that these acts may meet. */
async function answerTexts(): Promise<AnswerTexts> {
  const t = await getTranslations("staffRefusal");
  const texts = Object.fromEntries(codes.map((code) => [code, String(t.raw(code))]));
  return { ...texts, fault: String(t.raw("fault")), lost: String(t.raw("lost")) };
}
