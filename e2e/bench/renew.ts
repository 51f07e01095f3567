import type { Sql } from "@/db/client";
import { holdBooks } from "./books";
import { spreadOf } from "./measure";
import type { BenchOptions, Line, Part } from "./part";
import { limitBatch, renewByLimit } from "./renew-limit";
import { type RenewProcess, startRenewProcess } from "./renew-process";
import { seedDue } from "./renewals";
import { type BenchServer, openOwner } from "./server";
import { openWorld } from "./use-case";

const sizes = [10_000, 100_000];
const warmUpSize = 4_000;
const nobody = "00000000-0000-0000-0000-000000000000";

/** Seconds of one round of a size, and the most memory the worker's process had meanwhile. */
interface Round {
  application: number;
  limit: number;
  megabytes: number;
}

export const renew: Part = {
  title: "renew: a renewal run over so many services that are due",
  about:
    "application = the worker's run: issue, settle what balances cover, extend terms, remind who is short (one customer in " +
    "four), number; limit = the same rows by set-based SQL in batches of 10,000, as the owner. They take turns batch by " +
    "batch, each in a database of its own. Growth = seconds a renewal by those at 10,000; the last column is the " +
    "application's by the limit's. The application is a process of its own, as the worker is; memory is its resident set. " +
    "--services 1000000 adds a size.",
  async run(server, options) {
    const wanted = options.services ? [...sizes, options.services] : sizes;
    const taken = new Map<number, Round[]>();
    const worker = startRenewProcess();
    try {
      // The worker is not new for each run: its code is compiled before anything counts.
      await measureSize(server, worker, warmUpSize, { ...options, rounds: 1, say: () => {} });
      for (const size of [...new Set(wanted)].sort((a, b) => a - b)) {
        taken.set(size, await measureSize(server, worker, size, options));
      }
    } finally {
      worker.stop();
    }
    const base = taken.get(sizes[0] as number) ?? [];
    return [...taken].map(([size, rounds]) => lineOf(size, rounds, base));
  },
};

async function measureSize(
  server: BenchServer,
  worker: RenewProcess,
  size: number,
  { rounds, say }: BenchOptions,
): Promise<Round[]> {
  const seeded = "bench_renew";
  const url = await server.create(seeded, 0);
  const owner = openOwner(url, 1);
  const at = await seedDue(owner, size).finally(() => owner.end());
  const done: Round[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const taken = await measureRound(server, worker, seeded, { size, at, checked: round === 0 });
      done.push(taken);
      say(`  ${size.toLocaleString("en")}: ${(taken.limit / taken.application).toFixed(2)}`);
    }
  } finally {
    await server.drop(seeded);
  }
  return done;
}

async function measureRound(
  server: BenchServer,
  worker: RenewProcess,
  seeded: string,
  { size, at, checked }: { size: number; at: Date; checked: boolean },
): Promise<Round> {
  const ours = `${seeded}_application`;
  const theirs = `${seeded}_limit`;
  const url = await server.copy(ours, seeded);
  const owner = openOwner(await server.copy(theirs, seeded), 1);
  try {
    const round = await takeTurns(worker, url, owner, size, at);
    if (checked) await checkBooks(url);
    return round;
  } finally {
    await owner.end();
    await server.drop(ours);
    await server.drop(theirs);
  }
}

async function checkBooks(url: string): Promise<void> {
  const world = openWorld(url, 2, 2);
  await holdBooks(world).finally(() => world.close());
}

/** The limit has its turn whenever the run, between two of its batches, has come as far. */
async function takeTurns(
  worker: RenewProcess,
  url: string,
  owner: Sql,
  size: number,
  at: Date,
): Promise<Round> {
  let limit = 0;
  let after: string | null = nobody;
  let byLimit = 0;
  const { progress, seconds, megabytes } = await worker.run(url, at, async (due) => {
    const startedAt = performance.now();
    while (after !== null && byLimit < due) {
      after = await renewByLimit(owner, at, after);
      byLimit = Math.min(size, byLimit + limitBatch);
    }
    limit += (performance.now() - startedAt) / 1000;
  });
  if (progress.issued < size || progress.parked > 0)
    throw new Error(`the run left services: ${JSON.stringify(progress)}`);
  const [row] = await owner`select count(*) as issued from renewals`;
  if (Number(row?.issued) < size) throw new Error("the limit left services that are due");
  return { application: seconds, limit, megabytes };
}

function lineOf(size: number, rounds: readonly Round[], base: readonly Round[]): Line {
  const by = (figure: (round: Round, place: number) => number) => spreadOf(rounds.map(figure));
  const growth = (side: "application" | "limit", round: Round, place: number) =>
    round[side] / size / ((base[place]?.[side] ?? Number.NaN) / (sizes[0] as number));
  const figures = {
    ratio: by(({ application, limit }) => limit / application),
    "application/s": by(({ application }) => size / application),
    "limit/s": by(({ limit }) => size / limit),
    "application's growth": by((round, place) => growth("application", round, place)),
    "limit's growth": by((round, place) => growth("limit", round, place)),
    "growth by the limit's": by(
      (round, place) => growth("application", round, place) / growth("limit", round, place),
    ),
    "memory MB": by(({ megabytes }) => megabytes),
  };
  return {
    what: size.toLocaleString("en"),
    figures,
    goals: [
      { figure: "ratio", atLeast: 0.7 },
      { figure: "growth by the limit's", atMost: 1.1 },
      { figure: "memory MB", atMost: 300 },
    ],
  };
}
