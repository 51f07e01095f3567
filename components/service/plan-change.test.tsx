import { NextIntlClientProvider } from "next-intl";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { PlanChangeRefused, PlanChangeShown } from "@/components/service/plan-change";
import { isStillWished } from "@/components/service/plan-choice-area";
import { money } from "@/lib/kernel/money";
import type { PlanChangePreview } from "@/lib/portal/change-plan";

it.each([
  ["en", en],
  ["zh", zh],
] as const)(
  "a change to the plan that a service has is answered, and is no warning, in %s",
  (_locale, messages) => {
    const answers = messages.planChangeRefusal;
    const said = renderToStaticMarkup(
      <PlanChangeRefused refusal={{ code: "plan_is_the_same" }} answers={answers} />,
    );
    expect(said).toContain(answers.plan_is_the_same);
    expect(said).toContain('role="status"');
    const refused = renderToStaticMarkup(
      <PlanChangeRefused refusal={{ code: "plan_not_offered" }} answers={answers} />,
    );
    expect(refused).toContain(answers.plan_not_offered);
    expect(refused).toContain('role="alert"');
  },
);

const nothing = money(0n, "EUR");
const preview: PlanChangePreview = {
  way: "next_term",
  plan: { name: "Lake L", isItsOwn: false },
  startsAt: new Date("2026-12-20T23:30:00Z"),
  ...{
    charged: nothing,
    credited: nothing,
    kept: nothing,
    due: nothing,
    available: nothing,
    shortBy: nothing,
  },
  ...{ terms: [], reissued: [], termsAhead: null },
};

it.each([
  ["en", en, {}, "Change to Lake L from 21 Dec 2026"],
  ["en", en, { way: "at_once" as const }, "Change to Lake L today"],
  ["en", en, { plan: { name: "Pond M", isItsOwn: true } }, "Keep Pond M"],
  ["zh", zh, {}, "自 2026年12月21日 起更换为 Lake L"],
] as const)("in %s heading and button name the plan and the day: %#", (locale, messages, other, named) => {
  const said = renderToStaticMarkup(
    <NextIntlClientProvider locale={locale} messages={messages} timeZone="Europe/Berlin">
      <PlanChangeShown preview={{ ...preview, ...other }} canTopUp={false}>
        {(submit) => <button type="submit">{submit}</button>}
      </PlanChangeShown>
    </NextIntlClientProvider>,
  );
  expect(said).toMatch(new RegExp(`<h2[^>]*><bdi>${named}</bdi></h2>`));
  expect(said).toContain(`<button type="submit">${named}</button>`);
});

it("what is shown holds for the plan and the day that are still picked, and for no other", () => {
  const wish = { planId: "lake", way: "next_term" as const };
  expect(isStillWished({ plan: "lake", way: "next_term" }, wish)).toBe(true);
  expect(isStillWished({ plan: "pond", way: "next_term" }, wish)).toBe(false);
  expect(isStillWished({ plan: "lake", way: "at_once" }, wish)).toBe(false);
  // The plan that the service has cannot be picked: after a change nothing is, and the answer stays.
  expect(isStillWished({ plan: null, way: "next_term" }, wish)).toBe(true);
});
