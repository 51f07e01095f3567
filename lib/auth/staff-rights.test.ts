import { describe, expect, test } from "vitest";
import type { StaffRole } from "./actor";
import { mayStaff, type StaffRight, staffRights } from "./staff-rights";

const rights = Object.keys(staffRights) as StaffRight[];

/** The rights of a role that its neighbour below does not have, written out by hand. */
const gained: [StaffRole, StaffRight[]][] = [
  ["auditor", []],
  [
    "support",
    [
      "task.close",
      "event.replay",
      "payment.sync",
      "pay_link.renew",
      "books.check",
      "customer.note",
      "sessions.end",
      "user.disable",
      "service.change_plan",
      "suspension.hold",
      "renewal.put_back",
      "service.keep",
      "mail.resend",
      "webhook.replay",
    ],
  ],
  [
    "finance",
    [
      "invoice.complete",
      "invoice.void",
      "goodwill.change",
      "bank.record",
      "invoice.write",
      "balance.pay_out",
      "main_address.change",
      "payment.rule",
      "refund.make",
      "plan.change",
      "renewals.run",
    ],
  ],
  ["admin", ["team.change", "host.change", "webhook.change"]],
];

/** What a role has not although its neighbour below has it. */
const lacking: Partial<Record<StaffRole, StaffRight[]>> = { finance: ["user.disable"] };

describe("the rights of staff", () => {
  test.each(gained)("%s may do exactly what is theirs", (role) => {
    const upTo = gained.findIndex(([name]) => name === role) + 1;
    const expected = gained
      .slice(0, upTo)
      .flatMap(([, own]) => own)
      .filter((right) => !lacking[role]?.includes(right));
    expect(rights.filter((right) => mayStaff(role, right)).sort()).toEqual(expected.sort());
  });

  test("an auditor changes nothing", () => {
    for (const right of rights) expect(mayStaff("auditor", right), right).toBe(false);
  });
});
