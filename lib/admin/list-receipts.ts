import { houseCustomerId } from "@/lib/billing/house";
import type { BankReceiptId } from "@/lib/kernel/id";
import { type Currency, currencies, type Money, money } from "@/lib/kernel/money";
import type { StaffActor } from "./shapes";
import { type StaffWorld, staffWorld } from "./world";

/** Money that came by bank, of a sender that nobody has found yet. */
export interface UnmatchedReceipt {
  id: BankReceiptId;
  amount: Money;
  valueDate: string;
  reference: string;
  sender: string;
  recordedBy: string;
  /** Whose it may be: customers whose reference, name or open invoice's number stands in its texts. */
  guess: { reference: string; name: string; numbers: string[] } | null;
}

const rowsMost = 100;

/** The receipts that wait to be assigned, oldest first, at most a hundred. Every role of staff may look. */
export async function listUnmatched(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<UnmatchedReceipt[]> {
  const { sql } = world.staff;
  const rows = await sql`
    select r.id, r.currency, r.amount_minor, r.value_date::text, r.reference, r.sender, u.name as recorded_by
    from bank_receipts r join users u on u.id = r.user_id
    where r.customer_id = ${houseCustomerId} and r.payment_id is null and r.assigned_at is null and r.returned_at is null
    order by r.id limit ${rowsMost}`;
  const words = [...new Set(rows.flatMap((row) => wordsOf(`${row.reference} ${row.sender}`)))];
  const [byNumber, byReference] = await Promise.all([
    openInvoicesOf(world, words),
    sql`select reference, name from customers
      where reference = any(${words}) and not is_house and closed_at is null`,
  ]);
  return rows.map((row) => {
    const own = wordsOf(`${row.reference} ${row.sender}`);
    const invoices = byNumber.filter(
      ({ number, currency }) => own.includes(number) && currency === row.currency,
    );
    const owner = invoices[0] ?? byReference.find(({ reference }) => own.includes(reference));
    return {
      id: row.id,
      amount: money(row.amount_minor, row.currency),
      valueDate: row.value_date,
      reference: row.reference,
      sender: row.sender,
      recordedBy: row.recorded_by,
      guess: owner
        ? {
            reference: owner.reference,
            name: owner.name,
            numbers: invoices.filter((one) => one.reference === owner.reference).map(({ number }) => number),
          }
        : null,
    };
  });
}

/** All currencies, those of the newest customers first, by how many of them have it: most forms then need no choice. */
export async function usualCurrencies(
  _actor: StaffActor,
  world: StaffWorld = staffWorld(),
): Promise<Currency[]> {
  const rows = await world.staff.sql`
    select currency from (select currency from customers order by id desc limit 200) c
    group by currency order by count(*) desc, currency`;
  return [
    ...new Set([...rows.map((row) => row.currency as Currency), ...(Object.keys(currencies) as Currency[])]),
  ];
}

/** Open invoices that these words name, found by the registry of numbers. */
async function openInvoicesOf(
  world: StaffWorld,
  words: readonly string[],
): Promise<{ number: string; currency: string; reference: string; name: string }[]> {
  const named = words.flatMap((word) => {
    const [, series, sequence] = /^([A-Z]+-\d{4})-(\d{1,15})$/.exec(word) ?? [];
    return series && sequence ? [{ series, sequence }] : [];
  });
  if (named.length === 0) return [];
  const rows = await world.staff.sql`
    select i.number, i.currency, c.reference, c.name
    from json_to_recordset(${JSON.stringify(named)}::text::json) as t(series text, sequence bigint)
    join invoice_numbers n on n.series = t.series and n.sequence = t.sequence
    join invoices i on i.customer_id = n.customer_id and i.id = n.invoice_id and i.state = 'open'
    join customers c on c.id = n.customer_id and c.closed_at is null`;
  return rows.map(({ number, currency, reference, name }) => ({ number, currency, reference, name }));
}

/** The words of a bank's text in capitals, as references and numbers are written. */
function wordsOf(text: string): string[] {
  return text.toUpperCase().match(/[\p{L}\p{N}][\p{L}\p{N}-]*/gu) ?? [];
}
