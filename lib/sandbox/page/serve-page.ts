import type { ServerResponse } from "node:http";
import type Stripe from "stripe";
import type { ApiRequest } from "@/lib/sandbox/http/api";
import { ApiError } from "@/lib/sandbox/http/api-error";
import { settleDelayed } from "@/lib/sandbox/objects/confirm-intent";
import { fillInScript, styleSheet } from "@/lib/sandbox/page/assets";
import { cardChoice } from "@/lib/sandbox/page/card-form";
import { endedPage, receiptPage, unknownPage } from "@/lib/sandbox/page/ended-page";
import { grouped, payPage } from "@/lib/sandbox/page/pay-page";
import { questionPage } from "@/lib/sandbox/page/question-page";
import { declineSentence, languageOf, type PageLanguage, wordsOf } from "@/lib/sandbox/page/words";
import {
  answerIntent,
  type Choice,
  payThroughSession,
  sessionOfIntent,
  successUrl,
} from "@/lib/sandbox/pay-session";
import type { World } from "@/lib/sandbox/world";

type Reply = { status: number; body: string; type?: string } | { redirect: string };

const noFill = { number: "", expiry: "", cvc: "" };
const dayMs = 86_400_000;

/** Serves the hosted pages: everything below `/c/`. */
export function servePage(world: World, request: ApiRequest, response: ServerResponse): void {
  const [, , noun = "", id = ""] = request.path.split("/");
  const reply = replyTo(world, request, noun, id);
  if ("redirect" in reply) {
    response.writeHead(303, { location: reply.redirect, "cache-control": "no-store" });
    response.end();
    return;
  }
  response.writeHead(reply.status, {
    "content-type": reply.type ?? "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy":
      "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
    // With less, a browser hides from us whose page a button was pressed on.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
  });
  response.end(reply.body);
}

function replyTo(world: World, request: ApiRequest, noun: string, id: string): Reply {
  if (noun === "style.css") return { status: 200, body: styleSheet, type: "text/css; charset=utf-8" };
  if (noun === "fill-in.js")
    return { status: 200, body: fillInScript, type: "text/javascript; charset=utf-8" };
  const isPost = request.method === "POST";
  const session = world.store.get("checkout.session", id);
  if (noun === "pay" && session)
    return isPost ? pay(world, request, session) : showSession(world, request, session);
  if (noun === "settle" && session && isPost) return settle(world, request, session);
  const intent = world.store.get("payment_intent", id) ?? world.store.get("setup_intent", id);
  if (noun === "authenticate" && intent) return authenticate(world, request, intent);
  const charge = world.store.get("charge", id);
  const language = languageOf(null, request.header("accept-language"));
  if (noun === "receipt" && charge) return { status: 200, body: receiptPage(charge, language) };
  return { status: 404, body: unknownPage(language) };
}

interface Shown {
  alert?: string | null;
  filled?: typeof noFill;
  method?: string;
}

function showSession(
  world: World,
  request: ApiRequest,
  session: Stripe.Checkout.Session,
  shown: Shown = {},
): Reply {
  const language = languageOf(session.locale, request.header("accept-language"));
  if (session.status !== "open") return { status: 200, body: endedPage(session, language) };
  const checkout = world.store.get("$checkout", session.id);
  const query = new URLSearchParams(request.query);
  const asked = shown.method ?? query.get("method") ?? "card";
  const card = query.get("card");
  const year = String((new Date(world.clock.nowMs()).getUTCFullYear() + 4) % 100).padStart(2, "0");
  const fromLink = card ? { number: grouped(card), expiry: `12 / ${year}`, cvc: "123" } : noFill;
  const lastError = query.has("declined") ? lastErrorOf(world, session) : null;
  const body = payPage({
    session,
    lines: checkout?.lines ?? [],
    description: checkout?.intent.description ?? null,
    keepsCard: checkout?.intent.setupFutureUsage != null,
    language,
    method: session.payment_method_types.includes(asked)
      ? asked
      : (session.payment_method_types[0] ?? "card"),
    filled: shown.filled ?? fromLink,
    alert: shown.alert ?? (lastError ? declineSentence(language, lastError) : null),
    debitDays: Math.max(1, Math.round(world.delayedMs / dayMs)),
  });
  return { status: 200, body };
}

function pay(world: World, request: ApiRequest, session: Stripe.Checkout.Session): Reply {
  // A second click, or a page that was left open: where it ended is shown, nothing is paid twice.
  if (session.status !== "open") return { redirect: `/c/pay/${session.id}` };
  const language = languageOf(session.locale, request.header("accept-language"));
  const form = new URLSearchParams(request.body);
  const filled = {
    number: form.get("number") ?? "",
    expiry: form.get("expiry") ?? "",
    cvc: form.get("cvc") ?? "",
  };
  const method = form.get("method") ?? "card";
  const read = choiceOf(form, method, filled, language, new Date(world.clock.nowMs()));
  const again = (alert: string) =>
    showSession(world, request, session, { alert, filled: { ...filled, cvc: "" }, method });
  if ("alert" in read) return again(read.alert);
  let attempt: ReturnType<typeof payThroughSession>;
  try {
    attempt = world.store.transact(() => payThroughSession(world, session.id, read.choice));
  } catch (error) {
    if (error instanceof ApiError) return again(error.message);
    throw error;
  }
  if (attempt.declined) return again(declineSentence(language, attempt.declined.body));
  if (attempt.intent.status === "requires_action")
    return { redirect: `/c/authenticate/${attempt.intent.id}` };
  return { redirect: successUrl(session) ?? `/c/pay/${session.id}` };
}

function choiceOf(
  form: URLSearchParams,
  method: string,
  filled: typeof noFill,
  language: PageLanguage,
  now: Date,
): { choice: Choice } | { alert: string } {
  if (method === "alipay" || method === "link") return { choice: { method } };
  if (method === "sepa_debit" || method === "us_bank_account") {
    return { choice: { method, later: form.get("later") === "fails" ? "fails" : "succeeds" } };
  }
  return cardChoice(filled, wordsOf(language), now);
}

function authenticate(
  world: World,
  request: ApiRequest,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
): Reply {
  const session = sessionOfIntent(world, intent.id);
  const language = languageOf(session?.locale ?? null, request.header("accept-language"));
  if (intent.status !== "requires_action") return afterwards(world, intent, session, null);
  if (request.method !== "POST") return { status: 200, body: questionPage(intent, language) };
  const answer = new URLSearchParams(request.body).get("answer") === "approve" ? "approve" : "fail";
  const returnUrl = world.store.get("$attempt", intent.id)?.returnUrl ?? null;
  const attempt = world.store.transact(() => answerIntent(world, intent.id, answer));
  return afterwards(world, attempt.intent, session, returnUrl);
}

/** Where the customer goes after the question: on, or back to try again. */
function afterwards(
  world: World,
  intent: Stripe.PaymentIntent | Stripe.SetupIntent,
  before: Stripe.Checkout.Session | null,
  returnUrl: string | null,
): Reply {
  const session = before && world.store.get("checkout.session", before.id);
  if (session?.status === "complete") return { redirect: successUrl(session) ?? `/c/pay/${session.id}` };
  if (session) return { redirect: `/c/pay/${session.id}?declined` };
  if (!returnUrl) return { status: 200, body: unknownPage("en") };
  const url = new URL(returnUrl);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set("redirect_status", intent.status === "succeeded" ? "succeeded" : "failed");
  return { redirect: url.href };
}

function settle(world: World, request: ApiRequest, session: Stripe.Checkout.Session): Reply {
  const outcome = new URLSearchParams(request.body).get("outcome") === "fails" ? "fails" : "succeeds";
  const intent = world.store.get("payment_intent", String(session.payment_intent));
  if (intent?.status === "processing") world.store.transact(() => settleDelayed(world, intent, outcome));
  return { redirect: successUrl(session) ?? `/c/pay/${session.id}` };
}

function lastErrorOf(world: World, session: Stripe.Checkout.Session) {
  const payment = session.payment_intent
    ? world.store.get("payment_intent", String(session.payment_intent))
    : undefined;
  const setup = session.setup_intent
    ? world.store.get("setup_intent", String(session.setup_intent))
    : undefined;
  return payment?.last_payment_error ?? setup?.last_setup_error ?? null;
}
