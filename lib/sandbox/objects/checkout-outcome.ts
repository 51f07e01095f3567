import type Stripe from "stripe";
import type { World } from "@/lib/sandbox/world";

/** What a Checkout Session does when its PaymentIntent has changed. */
export function followPaymentIntent(world: World, intent: Stripe.PaymentIntent): void {
  const [session] = world.store
    .table("checkout.session")
    .newestFirst({ field: "payment_intent", value: intent.id });
  if (!session) return;
  if (session.status === "complete") {
    if (session.payment_status !== "unpaid") return;
    if (intent.status === "succeeded") {
      const paid = world.store.put("checkout.session", { ...session, payment_status: "paid" });
      world.emit("checkout.session.async_payment_succeeded", paid);
    } else if (intent.status === "requires_payment_method") {
      world.emit("checkout.session.async_payment_failed", session);
    }
    return;
  }
  if (intent.status === "succeeded") complete(world, session, "paid");
  else if (intent.status === "processing") complete(world, session, "unpaid");
}

/** The same for a session that sets up a payment method. */
export function followSetupIntent(world: World, intent: Stripe.SetupIntent): void {
  const [session] = world.store
    .table("checkout.session")
    .newestFirst({ field: "setup_intent", value: intent.id });
  if (session?.status === "open" && intent.status === "succeeded")
    complete(world, session, "no_payment_required");
}

function complete(
  world: World,
  session: Stripe.Checkout.Session,
  paymentStatus: Stripe.Checkout.Session.PaymentStatus,
): void {
  const completed = world.store.put("checkout.session", {
    ...session,
    status: "complete",
    payment_status: paymentStatus,
    url: null,
    customer_details: customerDetails(world, session),
  });
  world.emit("checkout.session.completed", completed);
}

function customerDetails(
  world: World,
  session: Stripe.Checkout.Session,
): Stripe.Checkout.Session.CustomerDetails {
  const customer = session.customer ? world.store.get("customer", String(session.customer)) : undefined;
  const known = customer && !customer.deleted ? customer : null;
  return {
    address: null,
    business_name: null,
    email: known?.email ?? session.customer_email,
    individual_name: null,
    name: known?.name ?? null,
    phone: null,
    tax_exempt: "none",
    tax_ids: [],
  };
}

/** Ends an open session unpaid; its intent goes with it. */
export function expireSession(world: World, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const expired = world.store.put("checkout.session", { ...session, status: "expired", url: null });
  const payment = session.payment_intent
    ? world.store.get("payment_intent", String(session.payment_intent))
    : undefined;
  if (payment && payment.status !== "succeeded") {
    const canceled = world.store.put("payment_intent", {
      ...payment,
      status: "canceled",
      canceled_at: world.clock.nowSeconds(),
      cancellation_reason: "expired",
      last_payment_error: null,
      next_action: null,
    });
    world.store.delete("$attempt", payment.id);
    world.emit("payment_intent.canceled", canceled);
  }
  const setup = session.setup_intent
    ? world.store.get("setup_intent", String(session.setup_intent))
    : undefined;
  if (setup && setup.status !== "succeeded") {
    const canceled = world.store.put("setup_intent", { ...setup, status: "canceled", next_action: null });
    world.store.delete("$attempt", setup.id);
    world.emit("setup_intent.canceled", canceled);
  }
  world.emit("checkout.session.expired", expired);
  return expired;
}
