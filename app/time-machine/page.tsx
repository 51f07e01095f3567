import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { TimePassed } from "@/components/demo/time-passed";
import { TryIt } from "@/components/demo/try-it";
import { PlainShell } from "@/components/shell/plain-shell";
import { Preferences } from "@/components/shell/preferences";
import { UserMenu } from "@/components/shell/user-menu";
import { ActButton } from "@/components/ui/act-button";
import { Callout } from "@/components/ui/callout";
import { Moment } from "@/components/ui/day";
import { KeepLooking } from "@/components/ui/keep-looking";
import { PageHead } from "@/components/ui/page-head";
import { TextLink } from "@/components/ui/text-link";
import { context } from "@/lib/auth/context";
import { currentUser, staffOf } from "@/lib/auth/current";
import type { Result } from "@/lib/kernel/result";
import {
  hasTimeMachine,
  type Move,
  type TimeMachineState,
  timeMachineState,
} from "@/lib/portal/time-machine";
import { moveTime } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("timeMachine"))("title") };
}

/** Of the demo alone: anywhere else there is no such page. */
export default async function TimeMachinePage() {
  if (!hasTimeMachine()) notFound();
  const [t, state, user] = await Promise.all([
    getTranslations("timeMachine"),
    timeMachineState(),
    currentUser(),
  ]);
  const home = user && staffOf(user) ? "/admin" : "/";
  return (
    <PlainShell
      hostName={context().settings.hostName}
      menu={<UserMenu user={user} preferences={<Preferences />} />}
    >
      <div className="mx-auto w-full max-w-xl">
        <PageHead title={t("title")} above={<TextLink href={home}>{t("back")}</TextLink>}>
          <p className="mt-2 text-ink-soft">{t("about")}</p>
        </PageHead>
        {state ? <Machine state={state} /> : <Silent text={t("silent")} />}
        <TryIt mailboxUrl={context().settings.mailboxUrl} />
      </div>
    </PlainShell>
  );
}

/** A worker that is just starting shows its clock as soon as it is there. */
function Silent({ text }: { text: string }) {
  return (
    <Callout tone="bad">
      <KeepLooking text={text} />
    </Callout>
  );
}

const moves: readonly Move[] = ["day", "week", "event"];

/** Called with its input alone: an action also takes forms. */
const move: (input: { move: Move }) => Promise<Result<unknown>> = moveTime;

async function Machine({ state }: { state: TimeMachineState }) {
  const t = await getTranslations("timeMachine");
  const { now, movingFrom, hasFailed, passed } = state;
  const texts = {
    fault: t("fault"),
    lost: t("lost"),
    no_time_machine: t("none"),
    time_is_moving: t("moving"),
    time_machine_silent: t("silent"),
  };
  return (
    <div className="grid gap-6">
      <section aria-label={t("now")} className="grid gap-4 rounded-lg border bg-surface p-5">
        <p className="text-ink-soft text-sm">{t("now")}</p>
        <p className="-mt-3 font-semibold text-2xl">
          <Moment at={now} />
        </p>
        {movingFrom ? (
          <KeepLooking text={t("moving")} />
        ) : (
          <div className="flex flex-wrap gap-3">
            {moves.map((by) => (
              <ActButton
                key={by}
                action={move}
                input={{ move: by }}
                label={t(`${by}Label`)}
                text={t(by)}
                done={t("begun")}
                texts={texts}
              />
            ))}
          </div>
        )}
      </section>
      {hasFailed && <Callout tone="bad">{t("failed")}</Callout>}
      {passed && !movingFrom && <TimePassed passed={passed} mailboxUrl={context().settings.mailboxUrl} />}
    </div>
  );
}
