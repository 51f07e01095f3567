import { ParameterError } from "@/lib/sandbox/http/api-error";
import type { Raw, RawGroup } from "@/lib/sandbox/http/form";

/**
 * How the parameters of a method are read. A method lists what it understands; anything else is refused with
 * Stripe's `parameter_unknown`, including what Stripe itself would know and the local Stripe does not: a
 * parameter that is silently ignored here would be a surprise there.
 */
export type Reader<T> = (raw: Raw | undefined, param: string) => T;

type Shape = Record<string, Reader<unknown>>;
type ReadShape<S extends Shape> = { [K in keyof S]: ReturnType<S[K]> };

/** A group of named parameters; absent when none of them was sent. */
export function group<S extends Shape>(shape: S): Reader<ReadShape<S> | undefined> {
  return (raw, param) => {
    if (raw === undefined || raw === "") return undefined;
    if (typeof raw !== "object" || Array.isArray(raw)) throw new ParameterError("Invalid object", param);
    return readGroup(shape, raw, param);
  };
}

/** The parameters of a whole method. */
export function readParameters<S extends Shape>(shape: S, raw: RawGroup): ReadShape<S> {
  return readGroup(shape, raw, "");
}

function readGroup<S extends Shape>(shape: S, raw: RawGroup, param: string): ReadShape<S> {
  const path = (name: string) => (param === "" ? name : `${param}[${name}]`);
  if ("payment_method_types" in raw && param === "") throw noLongerSupported();
  const unknown = Object.keys(raw).filter((name) => !Object.hasOwn(shape, name));
  const [first] = unknown;
  if (first !== undefined) {
    const names = unknown.map(path).join(", ");
    const message = `Received unknown parameter${unknown.length > 1 ? "s" : ""}: ${names}`;
    throw new ParameterError(message, path(first), "parameter_unknown");
  }
  const read: Record<string, unknown> = {};
  for (const [name, reader] of Object.entries(shape)) read[name] = reader(raw[name], path(name));
  return read as ReadShape<S>;
}

/** Gone since the API's 2026-09-30 version, with a code of its own. */
function noLongerSupported(): ParameterError {
  const message =
    "The payment_method_types parameter is no longer supported. Use dynamic payment methods, or " +
    "allowed_payment_method_types to narrow them.";
  return new ParameterError(message, "payment_method_types", "payment_method_types_no_longer_supported");
}

/** Makes a parameter obligatory. */
export function required<T>(reader: Reader<T | undefined>): Reader<T> {
  return (raw, param) => {
    if (raw === undefined)
      throw new ParameterError(`Missing required param: ${param}.`, param, "parameter_missing");
    const value = reader(raw, param);
    if (value === undefined) throw emptyRefused(param);
    return value;
  };
}

/** A parameter that an empty value unsets: undefined = leave as it is, null = unset. */
export function unsettable<T>(reader: Reader<T | undefined>): Reader<T | null | undefined> {
  return (raw, param) => (raw === "" ? null : reader(raw, param));
}

export function text(limits: { max?: number } = {}): Reader<string | undefined> {
  const max = limits.max ?? 5000;
  return (raw, param) => {
    if (raw === undefined) return undefined;
    if (typeof raw !== "string") throw new ParameterError("Invalid string", param);
    if (raw === "") throw emptyRefused(param);
    if (raw.length > max) {
      throw new ParameterError(
        `Invalid string: ${raw.slice(0, 20)}…; must be at most ${max} characters`,
        param,
      );
    }
    return raw;
  };
}

export function integer(limits: { min?: number; max?: number } = {}): Reader<number | undefined> {
  return (raw, param) => {
    if (raw === undefined) return undefined;
    if (typeof raw !== "string" || !/^-?\d{1,15}$/.test(raw)) {
      throw new ParameterError(`Invalid integer: ${String(raw)}`, param, "parameter_invalid_integer");
    }
    const value = Number(raw);
    if (limits.min !== undefined && value < limits.min) {
      const message = `This value must be greater than or equal to ${limits.min}.`;
      throw new ParameterError(message, param, "parameter_invalid_integer");
    }
    if (limits.max !== undefined && value > limits.max) {
      const message = `This value must be less than or equal to ${limits.max}.`;
      throw new ParameterError(message, param, "parameter_invalid_integer");
    }
    return value;
  };
}

export function flag(): Reader<boolean | undefined> {
  return (raw, param) => {
    if (raw === undefined) return undefined;
    if (raw === "true") return true;
    if (raw === "false") return false;
    throw new ParameterError(`Invalid boolean: ${String(raw)}`, param);
  };
}

export function oneOf<const V extends string>(...values: readonly V[]): Reader<V | undefined> {
  return (raw, param) => {
    if (raw === undefined) return undefined;
    const value = values.find((known) => known === raw);
    if (value === undefined) {
      const last = values.length > 1 ? `${values.slice(0, -1).join(", ")}, or ${values.at(-1)}` : values[0];
      throw new ParameterError(`Invalid ${param}: must be one of ${last}`, param);
    }
    return value;
  };
}

export function list<T>(reader: Reader<T | undefined>): Reader<NonNullable<T>[] | undefined> {
  return (raw, param) => {
    if (raw === undefined || raw === "") return undefined;
    if (!Array.isArray(raw)) throw new ParameterError("Invalid array", param);
    return raw.map((item, at) => reader(item, `${param}[${at}]`)).filter((item) => item != null);
  };
}

/** An absolute address of a page. */
export function pageUrl(): Reader<string | undefined> {
  const read = text();
  return (raw, param) => {
    const value = read(raw, param);
    if (value === undefined) return undefined;
    // `{CHECKOUT_SESSION_ID}` may stand in it, which URL takes as it is.
    if (!/^https?:\/\//.test(value) || !URL.canParse(value)) {
      const message = "Not a valid URL";
      throw new ParameterError(message, param, "url_invalid");
    }
    return value;
  };
}

/** Names and values of the caller's own; an empty value removes a name, an empty metadata all of them. */
export type MetadataChange = Record<string, string> | null;

export function metadata(): Reader<MetadataChange | undefined> {
  return (raw, param) => {
    if (raw === undefined) return undefined;
    if (raw === "") return null;
    if (typeof raw !== "object" || Array.isArray(raw)) throw new ParameterError("Invalid object", param);
    const names = Object.keys(raw);
    if (names.length > 50) {
      throw new ParameterError(`Metadata can have at most 50 keys, you passed ${names.length}`, param);
    }
    for (const name of names) {
      const value = raw[name];
      if (/[[\]]/.test(name)) throw bracketsRefused(name, param);
      // A name with brackets arrives as a group within the group.
      if (typeof value !== "string") throw bracketsRefused(name, param);
      if (name.length > 40) {
        const message = `Metadata keys must be under 40 characters long, but you passed in: ${name}`;
        throw new ParameterError(message, `${param}[${name}]`);
      }
      if (value.length > 500) {
        const message = `Metadata values must be under 500 characters long, but you passed in: ${value}`;
        throw new ParameterError(message, `${param}[${name}]`);
      }
    }
    return raw as Record<string, string>;
  };
}

function bracketsRefused(name: string, param: string): ParameterError {
  const message = `Metadata keys cannot contain square brackets, and their values are strings: ${name}`;
  return new ParameterError(message, `${param}[${name}]`);
}

/** Metadata after a change. */
export function changedMetadata(
  before: Record<string, string>,
  change: MetadataChange | undefined,
): Record<string, string> {
  if (change === undefined) return before;
  if (change === null) return {};
  const after = { ...before, ...change };
  for (const [name, value] of Object.entries(after)) if (value === "") delete after[name];
  return after;
}

function emptyRefused(param: string): ParameterError {
  const message =
    `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; ` +
    `however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`;
  return new ParameterError(message, param, "parameter_invalid_empty");
}

/**
 * Holds the names of a method's parameters against the SDK's own type for them:
 * `{ … } satisfies ParametersOf<Stripe.CustomerCreateParams>` does not compile when Stripe has no such parameter.
 */
export type ParametersOf<P> = { [K in keyof P]?: Reader<unknown> };
