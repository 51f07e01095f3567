import { refresh } from "next/cache";
import { headers } from "next/headers";
import { unstable_rethrow } from "next/navigation";
import type { z } from "zod";
import { assert } from "@/lib/kernel/assert";
import type { CustomerId } from "@/lib/kernel/id";
import { ok, type Refusal, type Result, refuse } from "@/lib/kernel/result";
import { cleanInput, type InputSchema, inputOf, isStrict, pathsNotStorable } from "./action-input";
import { actionName } from "./action-name";
import type { CustomerActor, SignedIn, StaffActor } from "./actor";
import { attemptLimits, type TooManyAttempts } from "./attempt-limits";
import { clientAddress } from "./client-address";
import { context } from "./context";
import { currentUser, customerOf, staffOf } from "./current";
import { logFault } from "./fault";
import { isSameOrigin } from "./origin";
import { type OtherCustomer, otherCustomer } from "./other-customer";
import { logSecurityEvent } from "./security-log";
import { mayStaff, type StaffRight } from "./staff-rights";

/** What any action may answer besides its own refusals. */
export type ActionRefusal =
  /** Not from one of our pages; `address` is where the portal is. */
  | { code: "foreign_origin"; address: string }
  | { code: "signed_out" }
  | { code: "not_allowed" }
  | OtherCustomer
  /** The paths of the fields that were not understood. */
  | { code: "invalid_input"; fields: string[] }
  /** A bug or an outage of ours, under this id in the log. */
  | { code: "fault"; id: string };

/** What a form shows after its action. */
export type ActionState<T, R extends Refusal> = Result<T, R | ActionRefusal>;

/** A server action: called with its input, with a form, or by useActionState. */
export interface Action<Input, T, R extends Refusal> {
  (input: Input): Promise<ActionState<T, R>>;
  (form: FormData): Promise<ActionState<T, R>>;
  (previous: ActionState<T, R> | null, form: FormData): Promise<ActionState<T, R>>;
}

/** An action of a customer, which a page hands on by `carrying`: never without the customer that the page shows. */
export interface CustomerAction<Input, T, R extends Refusal> {
  (shown: CustomerId, input: Input): Promise<ActionState<T, R>>;
  (shown: CustomerId, form: FormData): Promise<ActionState<T, R>>;
  (shown: CustomerId, previous: ActionState<T, R> | null, form: FormData): Promise<ActionState<T, R>>;
}

/**
 * The action of a page that shows this customer. The customer goes along with every form and click, with and without
 * script: in another tab the person may have switched to another one since (domain.md, A16).
 */
export function carrying<Input, T, R extends Refusal>(
  { customerId }: Pick<CustomerActor, "customerId">,
  customersAction: CustomerAction<Input, T, R>,
): Action<Input, T, R> {
  return customersAction.bind(null, customerId) as Action<Input, T, R>;
}

/** Somebody who need not be signed in. */
export interface Visitor {
  readonly address: string;
  readonly userAgent: string | null;
}

/**
 * An action of a signed-in customer, who must be the one that the page showed. What the actor may do there is decided
 * by the use case.
 */
export function customerAction<S extends InputSchema, T, R extends Refusal>(
  schema: S,
  act: (actor: CustomerActor, input: z.output<S>) => Promise<Result<T, R>>,
): CustomerAction<z.input<S>, T, R> {
  return action("customer", schema, customerWho, act);
}

/** An action of anybody who is signed in, whomever they act for: about their own login and memberships. */
export function userAction<S extends InputSchema, T, R extends Refusal>(
  schema: S,
  act: (user: SignedIn, input: z.output<S>) => Promise<Result<T, R>>,
): Action<z.input<S>, T, R> {
  return action("user", schema, userWho, act);
}

/** An action of staff whose role has this right: the same table says where its form is shown. */
export function staffAction<S extends InputSchema, T, R extends Refusal>(
  right: StaffRight,
  schema: S,
  act: (actor: StaffActor, input: z.output<S>) => Promise<Result<T, R>>,
): Action<z.input<S>, T, R> {
  return action("staff", schema, () => staffWho(right), act);
}

/** An action of anybody: signing in, reset, and what else works signed out. It still must come from our pages. */
export function publicAction<S extends InputSchema, T, R extends Refusal>(
  schema: S,
  act: (visitor: Visitor, input: z.output<S>) => Promise<Result<T, R>>,
): Action<z.input<S>, T, R> {
  return action("public", schema, visitorWho, act);
}

/**
 * An action of anybody who has a signed link: what the link allows is decided by the use case, before it reads a row.
 * Counted by the visitor's address.
 */
export function linkAction<S extends InputSchema, T, R extends Refusal>(
  schema: S,
  act: (visitor: Visitor, input: z.output<S>) => Promise<Result<T, R>>,
): Action<z.input<S>, T, R | TooManyAttempts> {
  return action<Visitor, S, T, R | TooManyAttempts>("link", schema, visitorWho, async (visitor, input) => {
    const taken = await attemptLimits(context().app).take("payByLinkAddress", visitor.address);
    return taken.ok ? act(visitor, input) : taken;
  });
}

export type ActionKind = "customer" | "user" | "staff" | "public" | "link";

const marker = Symbol.for("mallard.action");

/** How an export of a "use server" file is guarded; null if it is not, which a test finds. */
export function actionKind(exported: unknown): ActionKind | null {
  return typeof exported === "function" ? ((exported as { [marker]?: ActionKind })[marker] ?? null) : null;
}

/** `shown` is what an action of customers was handed first: a customer's id, or whatever a stranger sent. */
type Who<A> = (shown: unknown) => Promise<Result<A, ActionRefusal>>;

/** Who, what, do, tell. */
function action<A, S extends InputSchema, T, R extends Refusal>(
  kind: ActionKind,
  schema: S,
  who: Who<A>,
  act: (actor: A, input: z.output<S>) => Promise<Result<T, R>>,
): (...given: unknown[]) => Promise<ActionState<T, R>> {
  assert(isStrict(schema), `the schema of a ${kind} action must refuse unknown keys: use z.strictObject`);
  const run = async (...given: unknown[]): Promise<ActionState<T, R>> => {
    try {
      const { settings } = context();
      if (!isSameOrigin(await headers(), settings)) {
        return await refused(run, kind, { code: "foreign_origin", address: settings.mallardUrl });
      }
      const [shown, ...rest] = kind === "customer" ? given : [null, ...given];
      const actor = await who(shown);
      if (!actor.ok) return await refused(run, kind, actor.refusal);
      const input = schema.safeParse(inputOf(rest.at(-1)));
      if (!input.success) return refuse({ code: "invalid_input", fields: fieldsOf(input.error) });
      const notStorable = pathsNotStorable(input.data);
      if (notStorable.length > 0) return refuse({ code: "invalid_input", fields: notStorable });
      const answer = await act(actor.value, cleanInput(input.data) as z.output<S>);
      // Staff see at once what they did, on whatever page they did it. A refusal stays beside what it speaks of.
      if (kind === "staff" && answer.ok) refresh();
      if (!answer.ok && answer.refusal.code === "not_allowed") await logRefused(run, kind, "not_allowed");
      return answer;
    } catch (error) {
      // A redirect is thrown too.
      unstable_rethrow(error);
      return refuse({ code: "fault", id: logFault(error, `${kind} action`) });
    }
  };
  return Object.assign(run, { [marker]: kind });
}

/** Who was kept out is in the log; who is only signed out, or in another tab, is not worth a line. */
async function refused(
  run: unknown,
  kind: ActionKind,
  refusal: ActionRefusal,
): Promise<Result<never, ActionRefusal>> {
  const { code } = refusal;
  if (code === "foreign_origin" || code === "not_allowed") await logRefused(run, kind, code);
  return refuse(refusal);
}

/** Also what the use case refused to this person: the log knows nobody's rights, but who asks for more than theirs. */
async function logRefused(run: unknown, kind: ActionKind, outcome: string): Promise<void> {
  const user = await currentUser();
  const address = clientAddress(await headers());
  const who = user === null ? {} : { userId: user.userId, account: user.email };
  const name = actionName(run);
  logSecurityEvent({ event: "action", outcome, kind, ...(name && { action: name }), address, ...who });
}

async function customerWho(shown: unknown): Promise<Result<CustomerActor, ActionRefusal>> {
  const user = await currentUser();
  if (user === null) return refuse({ code: "signed_out" });
  const actor = await customerOf(user);
  if (actor === null) return refuse({ code: "not_allowed" });
  return shown === actor.customerId ? ok(actor) : refuse(await otherCustomer(user, shown, actor.customerId));
}

async function userWho(): Promise<Result<SignedIn, ActionRefusal>> {
  const user = await currentUser();
  return user ? { ok: true, value: user } : refuse({ code: "signed_out" });
}

async function staffWho(right: StaffRight): Promise<Result<StaffActor, ActionRefusal>> {
  const user = await currentUser();
  if (user === null) return refuse({ code: "signed_out" });
  const actor = staffOf(user);
  return actor && mayStaff(actor.role, right) ? { ok: true, value: actor } : refuse({ code: "not_allowed" });
}

/** The network address that the request of an action came from. */
export async function visitorAddress(): Promise<string> {
  return clientAddress(await headers());
}

async function visitorWho(): Promise<Result<Visitor, ActionRefusal>> {
  const head = await headers();
  return { ok: true, value: { address: clientAddress(head), userAgent: head.get("user-agent") } };
}

function fieldsOf(error: z.ZodError): string[] {
  const paths = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path],
  );
  return [...new Set(paths.map((path) => path.map(String).join(".")))];
}
