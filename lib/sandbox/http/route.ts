import { type Expansion, expanded, expansionOf } from "@/lib/sandbox/http/expand";
import type { RawGroup } from "@/lib/sandbox/http/form";
import { list, type Reader, readParameters, text } from "@/lib/sandbox/http/parameters";
import type { World } from "@/lib/sandbox/world";

type Shape = Record<string, Reader<unknown>>;
type Given<S extends Shape> = { [K in keyof S]: ReturnType<S[K]> };

/** What is left to do when the parameters have been read: from here on the result is remembered under the key. */
export type Work = (world: World, ids: readonly string[]) => unknown;

export interface Route {
  method: "GET" | "POST" | "DELETE";
  /** E.g. `/v1/customers/:id`. */
  pattern: string;
  /** Reads the parameters; throws ParameterError. */
  prepare(raw: RawGroup): Work;
}

const expandShape = { expand: list(text()) };

/** A method of the API: its parameters, and what it does. Its result may be expanded. */
export function route<S extends Shape>(
  method: Route["method"],
  pattern: string,
  shape: S,
  work: (world: World, given: Given<S>, ...ids: string[]) => object,
): Route {
  const whole = { ...shape, ...expandShape };
  return {
    method,
    pattern,
    prepare(raw) {
      const given = readParameters(whole, raw) as Given<S> & { expand?: string[] };
      const expansion: Expansion | null = given.expand?.length ? expansionOf(given.expand) : null;
      return (world, ids) => {
        const result = work(world, given, ...ids);
        return expansion ? expanded(world, result, expansion) : result;
      };
    },
  };
}

/** Finds the route of a path, segment by segment. */
export class Router {
  readonly #roots = new Map<string, Node>();

  constructor(routes: readonly Route[]) {
    for (const each of routes) {
      let node = this.#roots.get(each.method) ?? new Node();
      this.#roots.set(each.method, node);
      for (const segment of each.pattern.split("/")) node = node.grow(segment);
      node.route = each;
    }
  }

  find(method: string, path: string): { route: Route; ids: string[] } | null {
    let node = this.#roots.get(method);
    const ids: string[] = [];
    for (const segment of path.split("/")) {
      const named = node?.named.get(segment);
      if (!named && node?.any) ids.push(segment);
      node = named ?? node?.any ?? undefined;
    }
    return node?.route ? { route: node.route, ids } : null;
  }
}

class Node {
  readonly named = new Map<string, Node>();
  any: Node | null = null;
  route: Route | null = null;

  grow(segment: string): Node {
    if (segment.startsWith(":")) {
      this.any ??= new Node();
      return this.any;
    }
    const node = this.named.get(segment) ?? new Node();
    this.named.set(segment, node);
    return node;
  }
}
