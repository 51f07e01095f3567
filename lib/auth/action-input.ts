import { z } from "zod";
import { isStorable, withoutControls } from "./written-text";

/** A schema that an action may have: an object that refuses keys it does not know, at every depth. */
export type InputSchema = z.ZodType<unknown, unknown>;

/**
 * Whether a schema refuses unknown keys wherever it takes an object. An action whose schema does not is a bug that
 * shows when its file is loaded: an extra `amount` or `customerId` must be refused, not ignored.
 */
export function isStrict(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodUnion) return schema.options.every(isStrict);
  if (schema instanceof z.ZodPipe) return isStrict(schema.in);
  if (!(schema instanceof z.ZodObject)) return false;
  return schema.def.catchall instanceof z.ZodNever && Object.values(schema.shape).every(isStrictPart);
}

const plainTypes = [
  "string",
  "number",
  "bigint",
  "boolean",
  "date",
  "literal",
  "enum",
  "null",
  "undefined",
  "file",
];

/** The values of an object: strict objects, lists of them, or plain values. */
function isStrictPart(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodUnion) return schema.options.every(isStrictPart);
  if (schema instanceof z.ZodPipe) return isStrictPart(schema.in);
  if (schema instanceof z.ZodArray) return isStrictPart(schema.element);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodReadonly
  ) {
    return isStrictPart(schema.def.innerType);
  }
  return isStrict(schema) || plainTypes.includes(schema._zod.def.type);
}

/**
 * The paths of texts that no keyboard writes and PostgreSQL does not keep, such as `lines.0.note`. Without this each action
 * would have to say so, or end in a fault.
 */
export function pathsNotStorable(input: unknown, path = ""): string[] {
  if (typeof input === "string") return isStorable(input) ? [] : [path];
  if (typeof input !== "object" || input === null) return [];
  return Object.entries(input).flatMap(([name, value]) =>
    pathsNotStorable(value, path === "" ? name : `${path}.${name}`),
  );
}

/** The same input with each of its texts as people see it. Files and dates stay as they are. */
export function cleanInput(input: unknown): unknown {
  if (typeof input === "string") return withoutControls(input);
  if (Array.isArray(input)) return input.map(cleanInput);
  if (typeof input !== "object" || input === null || input.constructor !== Object) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, cleanInput(value)]));
}

/**
 * What an action was called with, as an object: a form becomes one. A field whose name ends in [] is a list, also of
 * one; any other that comes twice is refused by its schema, since it becomes a list. React's own fields are left out.
 */
export function inputOf(given: unknown): unknown {
  if (!(given instanceof FormData)) return given ?? {};
  const names = [...new Set(given.keys())].filter((name) => !name.startsWith("$ACTION_"));
  return Object.fromEntries(
    names.map((name) => {
      const values = given.getAll(name);
      if (name.endsWith("[]")) return [name.slice(0, -2), values];
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}
