import type Stripe from "stripe";

/** The body of an error, as Stripe writes it. */
export interface ErrorBody {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  message: string;
  code?: string;
  decline_code?: string;
  advice_code?: string;
  network_advice_code?: string;
  network_decline_code?: string;
  param?: string;
  doc_url?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  payment_method?: Stripe.PaymentMethod;
  payment_method_type?: string;
  setup_intent?: Stripe.SetupIntent;
}

/** A refusal of the API: a status and Stripe's error body. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    super(body.message);
    this.status = status;
    const doc = body.code
      ? { doc_url: `https://docs.stripe.com/error-codes#${body.code.replaceAll("_", "-")}` }
      : {};
    this.body = { ...body, ...doc };
  }
}

/** Parameters that do not fit the method: refused before it begins, so never remembered under a key. */
export class ParameterError extends ApiError {
  constructor(message: string, param: string, code?: string) {
    super(400, { type: "invalid_request_error", message, param, ...(code ? { code } : {}) });
  }
}

/** A request that is well formed and cannot be fulfilled. */
export function invalidRequest(message: string, more: { code?: string; param?: string } = {}): ApiError {
  return new ApiError(400, { type: "invalid_request_error", message, ...more });
}

/** The object of the path does not exist (404). */
export function noSuch(noun: string, id: string, param = "id"): ApiError {
  return new ApiError(404, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${noun}: '${id}'`,
    param,
  });
}

/** An object named in a parameter does not exist (400, as at Stripe). */
export function noSuchInParameter(noun: string, id: string, param: string): ApiError {
  return new ApiError(400, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${noun}: '${id}'`,
    param,
  });
}
