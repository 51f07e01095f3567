import type Stripe from "stripe";
import { invalidRequest } from "@/lib/sandbox/http/api-error";
import { knownCurrency } from "@/lib/sandbox/objects/amounts";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

export interface LineGiven {
  quantity: number | undefined;
  price_data: {
    currency: string;
    unit_amount: number;
    product_data: { name: string };
    tax_behavior: "exclusive" | "inclusive" | "unspecified" | undefined;
  };
}

/** A line of a session, with the one-time price that Stripe makes for it. */
export function newLine(world: World, given: LineGiven, at: number): Stripe.LineItem {
  const { unit_amount: unitAmount, product_data: product } = given.price_data;
  const currency = knownCurrency(given.price_data.currency, `line_items[${at}][price_data][currency]`);
  if (given.quantity === undefined) {
    const param = `line_items[${at}][quantity]`;
    throw invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  }
  const amount = unitAmount * given.quantity;
  return {
    id: newId("li_", 24),
    object: "item",
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description: product.name,
    metadata: {},
    price: {
      id: newId("price_", 24),
      object: "price",
      active: false,
      billing_scheme: "per_unit",
      created: world.clock.nowSeconds(),
      currency,
      custom_unit_amount: null,
      livemode: false,
      lookup_key: null,
      metadata: {},
      nickname: null,
      product: newId("prod_", 14),
      recurring: null,
      tax_behavior: given.price_data.tax_behavior ?? "unspecified",
      tiers_mode: null,
      transform_quantity: null,
      type: "one_time",
      unit_amount: unitAmount,
      unit_amount_decimal: asDecimal(unitAmount),
    },
    quantity: given.quantity,
  } satisfies Stripe.LineItem;
}

/** On the wire a decimal is text; the SDK makes a Decimal of it. */
function asDecimal(amount: number): Stripe.Price["unit_amount_decimal"] {
  return String(amount) as unknown as Stripe.Price["unit_amount_decimal"];
}
