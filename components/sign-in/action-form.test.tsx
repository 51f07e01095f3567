import {
  AppRouterContext,
  type AppRouterInstance,
} from "next/dist/shared/lib/app-router-context.shared-runtime";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { ok } from "@/lib/kernel/result";
import { ActionForm } from "./action-form";

const nowhere = () => {};
const router: AppRouterInstance = {
  bfcacheId: "",
  back: nowhere,
  forward: nowhere,
  refresh: nowhere,
  push: nowhere,
  replace: nowhere,
  prefetch: nowhere,
};

describe("two forms of one page", () => {
  it("have no id twice, and each label is of its own field", () => {
    const form = (
      <ActionForm
        action={async () => ok()}
        fields={[{ name: "reason", label: "Reason", hint: "Say why.", type: "text" }]}
        submit="Send"
        answers={{ fault: "", lost: "" }}
      />
    );
    const page = renderToStaticMarkup(
      <AppRouterContext value={router}>
        {form}
        {form}
      </AppRouterContext>,
    );
    const idsOf = (name: string) =>
      [...page.matchAll(new RegExp(` ${name}="([^"]*)"`, "g"))].map(([, id]) => id);
    expect(idsOf("id")).toHaveLength(4);
    expect(new Set(idsOf("id")).size).toBe(4);
    expect(new Set(idsOf("for")).size).toBe(2);
    expect(idsOf("id")).toEqual(expect.arrayContaining(idsOf("for")));
  });
});
