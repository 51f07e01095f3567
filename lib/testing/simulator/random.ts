/** A stream of chance that begins at a seed: the same seed, the same stream. */
export interface Random {
  /** At least 0, less than 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `below`. */
  int(below: number): number;
  /** A whole number between two, both included. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** At most so many of a list, in a new order. */
  some<T>(list: readonly T[], most: number): T[];
  shuffled<T>(list: readonly T[]): T[];
  weighted<T>(list: readonly (readonly [weight: number, value: T])[]): T;
  fill(bytes: Uint8Array): void;
  /** A stream of its own, so that what draws from it does not move this one. */
  fork(name: string): Random;
}

/** sfc32 (Chris Doty-Humphrey's PractRand), begun from the seed's text by a multiply-and-rotate hash. */
export function seededRandom(seed: string): Random {
  const next32 = sfc32(seed);
  const next = () => next32() / 2 ** 32;
  const int = (below: number) => Math.floor(next() * below);
  const shuffled = <T>(list: readonly T[]): T[] => {
    const mixed = [...list];
    for (let at = mixed.length - 1; at > 0; at -= 1) {
      const other = int(at + 1);
      [mixed[at], mixed[other]] = [mixed[other] as T, mixed[at] as T];
    }
    return mixed;
  };
  return {
    next,
    int,
    between: (from, to) => from + int(to - from + 1),
    chance: (probability) => next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new Error("nothing can be picked from an empty list");
      return list[int(list.length)] as (typeof list)[number];
    },
    shuffled,
    some: (list, most) => shuffled(list).slice(0, most),
    weighted: (list) => {
      let left = next() * list.reduce((total, [weight]) => total + weight, 0);
      for (const [weight, value] of list) {
        left -= weight;
        if (left < 0) return value;
      }
      throw new Error("a weighted list has weights above zero");
    },
    fill: (bytes) => {
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = next32() & 255;
    },
    fork: (name) => seededRandom(`${seed}/${name}`),
  };
}

function sfc32(seed: string): () => number {
  const hash = hashOf(seed);
  let [a, b, c, counter] = [hash(), hash(), hash(), 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 16; round += 1) next();
  return next;
}

function hashOf(text: string): () => number {
  let state = 2166136261 ^ text.length;
  for (let at = 0; at < text.length; at += 1) {
    state = Math.imul(state ^ text.charCodeAt(at), 3432918353);
    state = (state << 13) | (state >>> 19);
  }
  return () => {
    state = Math.imul(state ^ (state >>> 16), 2246822507);
    state = Math.imul(state ^ (state >>> 13), 3266489909);
    state ^= state >>> 16;
    return state >>> 0;
  };
}
