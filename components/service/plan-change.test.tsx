import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";
import { PlanChangeRefused } from "@/components/service/plan-change";

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
