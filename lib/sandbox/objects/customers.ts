import type Stripe from "stripe";
import { noSuch, noSuchInParameter } from "@/lib/sandbox/http/api-error";
import { createdRange, listPage, pageParameters } from "@/lib/sandbox/http/list";
import {
  changedMetadata,
  group,
  list,
  metadata,
  oneOf,
  type ParametersOf,
  text,
  unsettable,
} from "@/lib/sandbox/http/parameters";
import { type Route, route } from "@/lib/sandbox/http/route";
import { checkEmail } from "@/lib/sandbox/objects/email";
import { newId } from "@/lib/sandbox/state/new-id";
import type { World } from "@/lib/sandbox/world";

const address = group({
  city: text(),
  country: text(),
  line1: text(),
  line2: text(),
  postal_code: text(),
  state: text(),
});

const fields = {
  address: unsettable(address),
  description: unsettable(text()),
  email: unsettable(text({ max: 512 })),
  metadata: metadata(),
  name: unsettable(text({ max: 256 })),
  phone: unsettable(text({ max: 20 })),
  preferred_locales: list(text()),
  tax_exempt: unsettable(oneOf("exempt", "none", "reverse")),
  invoice_settings: group({ default_payment_method: unsettable(text()) }),
};

/** The customer of a parameter; refused when there is none, or it was deleted. */
export function customerNamed(world: World, id: string, param = "customer"): Stripe.Customer {
  const customer = world.store.get("customer", id);
  if (!customer || customer.deleted) throw noSuchInParameter("customer", id, param);
  return customer;
}

export const customerRoutes: readonly Route[] = [
  route(
    "POST",
    "/v1/customers",
    fields satisfies ParametersOf<Stripe.CustomerCreateParams>,
    (world, given) => {
      checkEmail(given.email, "email");
      const customer = {
        id: newId("cus_", 14),
        object: "customer",
        address: addressOf(given.address),
        balance: 0,
        created: world.clock.nowSeconds(),
        currency: null,
        customer_account: null,
        default_source: null,
        delinquent: false,
        description: given.description ?? null,
        discount: null,
        email: given.email ?? null,
        invoice_prefix: newId("", 8).toUpperCase(),
        invoice_settings: {
          custom_fields: null,
          default_payment_method: given.invoice_settings?.default_payment_method ?? null,
          footer: null,
          rendering_options: null,
        },
        livemode: false,
        metadata: changedMetadata({}, given.metadata),
        name: given.name ?? null,
        next_invoice_sequence: 1,
        phone: given.phone ?? null,
        preferred_locales: given.preferred_locales ?? [],
        shipping: null,
        tax_exempt: given.tax_exempt ?? "none",
        test_clock: null,
      } satisfies Stripe.Customer;
      world.store.put("customer", customer);
      world.emit("customer.created", customer);
      return customer;
    },
  ),

  route(
    "GET",
    "/v1/customers",
    { ...pageParameters, created: createdRange(), email: text() },
    (world, given) =>
      listPage(world, "customer", given, {
        url: "/v1/customers",
        by: given.email === undefined ? undefined : { field: "email", value: given.email },
        created: given.created,
        matches: (customer) => !customer.deleted,
      }),
  ),

  route("GET", "/v1/customers/:id", {}, (world, _given, id = "") => {
    const customer = world.store.get("customer", id);
    if (!customer) throw noSuch("customer", id);
    return customer;
  }),

  route(
    "POST",
    "/v1/customers/:id",
    fields satisfies ParametersOf<Stripe.CustomerUpdateParams>,
    (world, given, id = "") => {
      const before = world.store.get("customer", id);
      if (!before || before.deleted) throw noSuch("customer", id);
      checkEmail(given.email, "email");
      const changed = {
        ...before,
        ...(given.address === undefined ? {} : { address: addressOf(given.address) }),
        ...(given.description === undefined ? {} : { description: given.description }),
        ...(given.email === undefined ? {} : { email: given.email }),
        ...(given.name === undefined ? {} : { name: given.name }),
        ...(given.phone === undefined ? {} : { phone: given.phone }),
        ...(given.preferred_locales === undefined ? {} : { preferred_locales: given.preferred_locales }),
        ...(given.tax_exempt === undefined ? {} : { tax_exempt: given.tax_exempt ?? "none" }),
        ...(given.invoice_settings === undefined
          ? {}
          : {
              invoice_settings: {
                ...before.invoice_settings,
                default_payment_method: given.invoice_settings.default_payment_method ?? null,
              },
            }),
        metadata: changedMetadata(before.metadata, given.metadata),
      } satisfies Stripe.Customer;
      world.store.put("customer", changed);
      world.emit("customer.updated", changed, before);
      return changed;
    },
  ),

  route("DELETE", "/v1/customers/:id", {}, (world, _given, id = "") => {
    const before = world.store.get("customer", id);
    if (!before || before.deleted) throw noSuch("customer", id);
    const deleted = { id, object: "customer", deleted: true } satisfies Stripe.DeletedCustomer;
    world.store.put("customer", deleted);
    for (const method of [
      ...world.store.table("payment_method").newestFirst({ field: "customer", value: id }),
    ]) {
      world.store.put("payment_method", { ...method, customer: null });
    }
    world.emit("customer.deleted", before);
    return deleted;
  }),

  route(
    "GET",
    "/v1/customers/:id/payment_methods",
    { ...pageParameters, type: text() },
    (world, given, id = "") => {
      const customer = world.store.get("customer", id);
      if (!customer || customer.deleted) throw noSuch("customer", id);
      return listPage(world, "payment_method", given, {
        url: `/v1/customers/${id}/payment_methods`,
        by: { field: "customer", value: id },
        matches: (method) => given.type === undefined || method.type === given.type,
      });
    },
  ),
];

type AddressGiven = ReturnType<typeof address> | null;

function addressOf(given: AddressGiven): Stripe.Address | null {
  if (!given) return null;
  return {
    city: given.city ?? null,
    country: given.country ?? null,
    line1: given.line1 ?? null,
    line2: given.line2 ?? null,
    postal_code: given.postal_code ?? null,
    state: given.state ?? null,
  };
}
