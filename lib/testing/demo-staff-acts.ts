import { readFile } from "node:fs/promises";
import type { Database } from "@/db/client";
import { addNote } from "@/lib/admin/add-note";
import { changeHostSettings } from "@/lib/admin/host-settings";
import { inviteStaff } from "@/lib/admin/invite-staff";
import { previewPrice, setPrice } from "@/lib/admin/plan-price";
import type { StaffActor } from "@/lib/admin/shapes";
import { addEndpoint } from "@/lib/admin/webhooks";
import type { World } from "@/lib/billing/world";
import { addCalendarDays, calendarDay } from "@/lib/kernel/calendar";
import type { CustomerId } from "@/lib/kernel/id";
import type { Result } from "@/lib/kernel/result";
import type { Mailer } from "@/lib/mail/mailer";

/** Who of the staff acts in the story. */
export type DemoStaff = Record<"admin" | "finance" | "support" | "auditor", StaffActor>;

interface StaffStage extends World {
  readonly staff: Database;
}

interface Noted {
  readonly name: string;
  readonly customerId: CustomerId;
}

const notes: readonly (readonly [name: string, note: string])[] = [
  [
    "Ben Okafor",
    "Wants to be called before anything of the shop is switched off: +1 555 0134, mornings only.",
  ],
  [
    "Heron School",
    "Says that the school board disputed the card payment by mistake. Asked for it in writing.",
  ],
  ["Heron School", "The bank decided for them. They will transfer what is owed in December."],
  ["Marigold Studio", "Moves two servers here in January; an offer is being written."],
  ["Kestrel Analytics", "Pays each quarter in one go, out of a budget that closes on the 20th."],
];

/** What the host says of itself: name, address, logo and where to transfer to. */
export async function playHost(stage: StaffStage, { admin }: DemoStaff): Promise<void> {
  const logo = new Uint8Array(await readFile(new URL("./ducky-cloud.png", import.meta.url)));
  const values = {
    host_name: "Ducky Cloud",
    host_address: "Ducky Cloud GmbH\nAm Ententeich 7\n10115 Berlin\nGermany",
    host_tax_id: "DE123456788",
    bank_account_holder: "Ducky Cloud GmbH",
    bank_account: "DE89370400440532013000",
    bank_bic: "COBADEFFXXX",
    bank_name: "Bank am Ententeich",
  };
  done(await changeHostSettings(admin, { version: 0, values, logo }, stage), "the host's settings");
}

/** Registers the demo's own control panel, if one runs beside it. */
export async function connectPanel(
  stage: StaffStage,
  { admin }: DemoStaff,
  { panelUrl, panelSecret }: { panelUrl: string | null; panelSecret: string | null },
): Promise<void> {
  if (!panelUrl || !panelSecret) return;
  const endpoint = { url: `${panelUrl}/events`, note: "Control panel" };
  done(await addEndpoint(admin, endpoint, stage, panelSecret), "an endpoint");
}

/** What staff did of late beside money: notes, a colleague invited, a price that rises next month. */
export async function playStaff(
  stage: StaffStage,
  { staff, players, mailer }: { staff: DemoStaff; players: readonly Noted[]; mailer: Mailer },
): Promise<void> {
  for (const [name, note] of notes) {
    const player = players.find((candidate) => candidate.name === name);
    if (!player) throw new Error(`nobody is called ${name}`);
    done(await addNote(staff.support, { customerId: player.customerId, note }, stage), "a note");
  }
  const invited = { email: "new.finance@demo.example", role: "finance" as const };
  const mailing = { mailer, hostName: "Ducky Cloud", locale: "en" };
  done(await inviteStaff(staff.admin, invited, mailing, stage), "an invitation");
  const today = calendarDay(stage.clock.now(), stage.timeZone);
  const wish = { planKey: "pond-m", currency: "USD", price: "22", from: addCalendarDays(today, 30) };
  const shown = await previewPrice(staff.finance, wish, stage);
  if (!shown.ok) throw new Error(`a price of the story: ${shown.refusal.code}`);
  done(await setPrice(staff.finance, { ...wish, seen: shown.value.seen }, stage), "a price");
}

function done(result: Result<unknown, { code: string }>, what: string): void {
  if (!result.ok) throw new Error(`${what} of the story: ${result.refusal.code}`);
}
