import type { HandContent, HandLine } from "@/lib/billing/invoice/invoice-draft";
import { isCurrency } from "@/lib/kernel/money";
import { ok, type Result, refuse } from "@/lib/kernel/result";
import { type DraftLineRefusal, type LineInput, lineIn } from "./draft-line";

/** A draft as its form has it. */
export interface DraftInput {
  currency: string;
  dueDays: string;
  note: string;
  lines: readonly LineInput[];
}

export const draftLinesMost = 100;
export const draftNoteMost = 1000;

export type DraftInputRefusal =
  | DraftLineRefusal
  | { code: "draft_currency_unknown" }
  | { code: "due_days_malformed" }
  | { code: "note_too_long"; most: number }
  | { code: "draft_too_many_lines"; most: number };

/** What a form says, as a draft keeps it, or what is wrong with it. Lines that were left empty are left out. */
export function contentOf(input: DraftInput): Result<HandContent, DraftInputRefusal> {
  if (!isCurrency(input.currency)) return refuse({ code: "draft_currency_unknown" });
  const dueDays = /^\s*\d{1,3}\s*$/.test(input.dueDays) ? Number(input.dueDays) : -1;
  if (dueDays < 0 || dueDays > 365) return refuse({ code: "due_days_malformed" });
  const note = input.note.replaceAll("\0", "").trim();
  if (note.length > draftNoteMost) return refuse({ code: "note_too_long", most: draftNoteMost });
  const written = input.lines.filter(
    ({ description, unit }) => description.trim() !== "" || unit.trim() !== "",
  );
  if (written.length > draftLinesMost) return refuse({ code: "draft_too_many_lines", most: draftLinesMost });
  const lines: HandLine[] = [];
  for (const [index, line] of written.entries()) {
    const parsed = lineIn(line, input.currency, index + 1);
    if (!parsed.ok) return parsed;
    lines.push(parsed.value);
  }
  return ok({ currency: input.currency, dueDays, note, lines });
}
