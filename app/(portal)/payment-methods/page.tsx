import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { AddCard } from "@/components/card/add-card";
import { AutoPayPanel } from "@/components/card/auto-pay-panel";
import { AutoTopUpPanel } from "@/components/card/auto-top-up-panel";
import { CardList } from "@/components/card/card-list";
import { answerTexts } from "@/components/payment/answer-texts";
import { methodName } from "@/components/payment/method-words";
import { Callout } from "@/components/ui/callout";
import { Empty } from "@/components/ui/empty";
import { Loading } from "@/components/ui/loading";
import { PageHead } from "@/components/ui/page-head";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { newId, type PaymentId } from "@/lib/kernel/id";
import { pickUpSavedCard } from "@/lib/portal/add-card";
import { showAutoPay } from "@/lib/portal/auto-pay";
import { showAutoTopUp } from "@/lib/portal/auto-top-up";
import { listCards } from "@/lib/portal/list-cards";
import { hasSavedLately, lastNotKept } from "@/lib/portal/not-kept";
import type { CustomerActor } from "@/lib/portal/shapes";
import {
  addCard,
  makeDefaultCard,
  removeCard,
  setAutoTopUp,
  switchAutoPay,
  turnOffAutoTopUp,
} from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("cards"))("title") };
}

interface PaymentMethodsPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The saved cards. `?from=saved` is where Stripe's page leads back to. */
export default async function PaymentMethodsPage({ searchParams }: PaymentMethodsPageProps) {
  const isBack = (await searchParams).from === "saved";
  const actor = await requireCustomer("/payment-methods");
  const t = await getTranslations("cards");
  const shell = await getTranslations("shell");
  return (
    <>
      <PageHead title={t("title")} />
      <Suspense fallback={<Loading text={shell("loading")} />}>
        <Cards actor={actor} isBack={isBack} />
      </Suspense>
    </>
  );
}

async function Cards({ actor, isBack }: { actor: CustomerActor; isBack: boolean }) {
  if (isBack) await pickUpSavedCard(actor);
  const [{ cards, canChange }, notKept, hasSaved, autoPay, autoTopUp] = await Promise.all([
    listCards(actor),
    lastNotKept(actor),
    hasSavedLately(actor),
    showAutoPay(actor),
    showAutoTopUp(actor),
  ]);
  const t = await getTranslations("cards");
  const texts = await answerTexts();
  return (
    <div className="grid max-w-2xl gap-6">
      <p className="text-ink-soft">{t("intro")}</p>
      {isBack && (
        <Callout tone={hasSaved ? "good" : "calm"} role="status">
          <p>{t(hasSaved ? "saved" : "noCardSaved")}</p>
        </Callout>
      )}
      {!isBack && notKept && (
        <Callout tone="calm">
          <p>{t("notKept", { method: methodName(notKept) })}</p>
        </Callout>
      )}
      {cards.length > 0 ? (
        <CardList
          cards={cards}
          autoPay={autoPay}
          canChange={canChange}
          makeDefault={carrying(actor, makeDefaultCard)}
          remove={carrying(actor, removeCard)}
          texts={texts}
        />
      ) : (
        <Empty title={t("emptyTitle")}>
          <p>{t("emptyBody")}</p>
        </Empty>
      )}
      {canChange ? (
        <AddCard
          formId={newId<PaymentId>()}
          action={carrying(actor, addCard)}
          texts={{ ...texts, lost: t("lost"), add: t("add"), note: t("addNote"), leaving: t("leaving") }}
        />
      ) : (
        <Callout tone="calm">
          <p>{t("viewer")}</p>
        </Callout>
      )}
      <AutoPayPanel
        autoPay={autoPay}
        cards={cards}
        action={canChange ? carrying(actor, switchAutoPay) : null}
      />
      <AutoTopUpPanel
        autoTopUp={autoTopUp}
        autoPay={autoPay}
        hasCard={cards.length > 0}
        actions={
          canChange
            ? { set: carrying(actor, setAutoTopUp), turnOff: carrying(actor, turnOffAutoTopUp) }
            : null
        }
      />
    </div>
  );
}
