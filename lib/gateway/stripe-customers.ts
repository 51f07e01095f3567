import type Stripe from "stripe";
import { outcomeOf } from "./outcome";
import type { Gateway, Outcome, StripeCustomer } from "./port";

type CustomerGateway = Pick<Gateway, "createCustomer" | "readCustomer" | "updateCustomer">;

/** The part of the gateway that is about customers, as Stripe keeps them. */
export function stripeCustomers(stripe: Stripe): CustomerGateway {
  return {
    createCustomer: ({ name, email, customerId }, key) =>
      outcomeOf(async () => {
        const wanted = { name, ...(email === null ? {} : { email }), metadata: { customer: customerId } };
        const made = await stripe.customers.create(wanted, { idempotencyKey: key });
        return { id: made.id };
      }),
    readCustomer: (id) => readCustomer(stripe, id),
    updateCustomer: (id, { name, email }) =>
      outcomeOf(async () => customerOf(await stripe.customers.update(id, { name, email: email ?? "" }))),
  };
}

async function readCustomer(stripe: Stripe, id: string): Promise<Outcome<StripeCustomer | null>> {
  const read = await outcomeOf(async () => {
    const customer = await stripe.customers.retrieve(id);
    return customer.deleted ? null : customerOf(customer);
  });
  return read.outcome === "declined" && read.gone === "customer"
    ? { outcome: "succeeded", value: null }
    : read;
}

function customerOf({ name, email }: Stripe.Customer): StripeCustomer {
  return { name: name ?? null, email };
}
