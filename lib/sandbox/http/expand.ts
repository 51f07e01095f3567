import { invalidRequest } from "@/lib/sandbox/http/api-error";
import type { StripeObject, TableName } from "@/lib/sandbox/state/tables";
import type { World } from "@/lib/sandbox/world";

/** The paths of `expand` as a tree: `payment_intent.latest_charge` → { payment_intent: { latest_charge: {} } }. */
export interface Expansion {
  [field: string]: Expansion;
}

type Inclusion = (world: World, object: StripeObject) => unknown;

/** Which fields can be expanded: those that name another object, and those that are left out unless asked for. */
const expandable: Record<string, Record<string, TableName | Inclusion>> = {
  "checkout.session": {
    customer: "customer",
    payment_intent: "payment_intent",
    setup_intent: "setup_intent",
    line_items: (world, session) =>
      listOf(
        `/v1/checkout/sessions/${session.id}/line_items`,
        world.store.get("$checkout", session.id)?.lines ?? [],
      ),
  },
  payment_intent: { customer: "customer", payment_method: "payment_method", latest_charge: "charge" },
  setup_intent: { customer: "customer", payment_method: "payment_method", mandate: "mandate" },
  payment_method: { customer: "customer" },
  mandate: { payment_method: "payment_method" },
  charge: {
    customer: "customer",
    payment_intent: "payment_intent",
    balance_transaction: "balance_transaction",
    failure_balance_transaction: "balance_transaction",
    refunds: (world, charge) =>
      listOf(`/v1/charges/${charge.id}/refunds`, [
        ...world.store.table("refund").newestFirst({ field: "charge", value: charge.id }),
      ]),
  },
  refund: {
    charge: "charge",
    payment_intent: "payment_intent",
    customer: "customer",
    payment_method: "payment_method",
    balance_transaction: "balance_transaction",
    failure_balance_transaction: "balance_transaction",
  },
  dispute: { charge: "charge", payment_intent: "payment_intent" },
  balance_transaction: {
    source: (world, transaction) =>
      sourceOf(world, (transaction as unknown as { source: string | null }).source),
  },
  payout: { balance_transaction: "balance_transaction", failure_balance_transaction: "balance_transaction" },
};

const deepest = 4;

/** Reads the `expand` parameter; refuses what is deeper than Stripe allows. */
export function expansionOf(paths: readonly string[]): Expansion {
  const root: Expansion = {};
  for (const path of paths) {
    const fields = path.split(".");
    if (fields.filter((field) => field !== "data").length > deepest) {
      throw invalidRequest(`You cannot expand more than ${deepest} levels of a property. Property: ${path}`);
    }
    let node = root;
    for (const field of fields) {
      node[field] ??= {};
      node = node[field];
    }
  }
  return root;
}

/** A copy of the object with the named fields replaced by what they name. */
export function expanded(world: World, object: object, expansion: Expansion, path = ""): object {
  const copy: Record<string, unknown> = { ...object };
  const known = expandable[String(copy.object)] ?? {};
  for (const [field, deeper] of Object.entries(expansion)) {
    const here = path === "" ? field : `${path}.${field}`;
    const value = copy[field];
    if (field === "data" && copy.object === "list" && Array.isArray(value)) {
      copy.data = value.map((item) => expanded(world, item, deeper, here));
      continue;
    }
    const how = known[field];
    if (how === undefined && (typeof value !== "object" || value === null)) {
      throw invalidRequest(`This property cannot be expanded (${here}).`, { param: "expand" });
    }
    const named = resolve(world, copy as unknown as StripeObject, value, how);
    copy[field] = typeof named === "object" && named !== null ? expanded(world, named, deeper, here) : named;
  }
  return copy;
}

function resolve(
  world: World,
  object: StripeObject,
  value: unknown,
  how: TableName | Inclusion | undefined,
): unknown {
  if (typeof how === "function") return how(world, object);
  if (how === undefined || typeof value !== "string") return value;
  return world.store.get(how, value) ?? value;
}

function sourceOf(world: World, id: string | null): unknown {
  if (id === null) return null;
  for (const table of ["charge", "refund", "dispute", "payout"] as const) {
    const found = world.store.get(table, id);
    if (found) return found;
  }
  return id;
}

function listOf(url: string, data: readonly unknown[]) {
  return { object: "list", data: data.slice(0, 10), has_more: data.length > 10, url };
}
