/** Every order of some items. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
  );
}

/** Every order of the items of several lists in which each list keeps its own. */
export function interleavings<T>(lists: readonly (readonly T[])[]): T[][] {
  const begun = lists.filter((list) => list.length > 0);
  if (begun.length === 0) return [[]];
  return begun.flatMap((list) =>
    interleavings(begun.map((other) => (other === list ? other.slice(1) : other))).map((rest) => [
      list[0] as T,
      ...rest,
    ]),
  );
}
