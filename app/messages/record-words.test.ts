import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import en from "@/app/messages/en.json";
import zh from "@/app/messages/zh.json";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Verbs that are put together, with all that they can become. */
const putTogether: Record<string, string[]> = {
  "invoice_${wish.reason}": [
    "invoice_canceled",
    "invoice_voided",
    "invoice_changed",
    "invoice_terminated",
    "invoice_unpaid",
  ],
  "payment_${state}": ["payment_failed", "payment_canceled", "payment_expired"],
};

describe("what happened to an invoice, a service or a balance", () => {
  it("has a sentence for each verb that lib/billing records, in both languages", () => {
    const verbs = verbsOf(sourcesIn("lib/billing"));
    expect(verbs).toContain("invoice_issued");
    expect(verbs).toContain("service_renewed");
    for (const { timeline } of [en, zh]) expect(verbs.filter((verb) => !(verb in timeline))).toEqual([]);
  });

  it("is found however the verb is written", () => {
    const source =
      'record({ verb: "a_b" }); const verb = isNew ? "c_d" : "e_f"; record({ verb: `payment_$' +
      "{state}` })";
    expect(verbsOf([source])).toEqual([
      "a_b",
      "payment_failed",
      "payment_canceled",
      "payment_expired",
      "c_d",
      "e_f",
    ]);
    expect(() => verbsOf(["record({ verb: `new_$" + "{thing}` })"])).toThrow("new_");
  });
});

describe("a movement of the balance", () => {
  it("has a sentence for each reason of the ledger, in both languages", () => {
    const [, union = ""] = /type TransferReason =([^;]*);/.exec(read("lib/ledger/accounts.ts")) ?? [];
    const reasons = [...union.matchAll(/"(\w+)"/g)].map(([, reason = ""]) => reason);
    expect(reasons).toContain("top_up");
    for (const { movement } of [en, zh]) {
      expect(reasons.filter((reason) => !(reason in movement))).toEqual([]);
    }
  });
});

function verbsOf(sources: readonly string[]): string[] {
  return sources.flatMap((source) => [
    ...[...source.matchAll(/\bverb: (?:"(\w+)"|`([^`]*)`)/g)].flatMap(([, word, template]) => {
      if (word !== undefined) return [word];
      const all = putTogether[template ?? ""];
      if (!all) throw new Error(`say above what the verb ${template} can become`);
      return all;
    }),
    ...[...source.matchAll(/\bconst verb =([^;]*);/g)].flatMap(([, words = ""]) =>
      [...words.matchAll(/[?:] "(\w+)"/g)].map(([, word = ""]) => word),
    ),
  ]);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => read(join(folder, path)));
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
