import type { Database, ReservedSql, Sql } from "@/db/client";
import type { Connection } from "@/db/connection";
import { type Blow, Died, type Fated, type Point } from "./fate";

/** What postgres.js makes of a statement, seen from inside: it is sent by its handler, and answered by `resolve`. */
interface Query extends Promise<unknown> {
  strings: readonly string[];
  args: unknown[];
  state: { pid: number } | null;
  handler: (query: Query) => void;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

type Tag = Sql | ReservedSql;

/** The database as a mortal process sees it: every statement is a point where its doom may strike. */
export function mortalDatabase(
  database: Database,
  mortal: Fated,
  terminate: (pid: number) => Promise<unknown>,
): Database {
  return {
    ...database,
    sql: intercepted(database.sql, (query, send) => single(mortal, query, send)),
    connections: {
      take: async () => {
        await mortal.gate();
        if (mortal.pass("before a transaction") === "death") throw new Died();
        return mortalConnection(await database.connections.take(), mortal, terminate);
      },
    },
  };
}

/** A statement that is a transaction by itself. */
function single(mortal: Fated, query: Query, send: () => void): void {
  void mortal.gate().then(() => {
    const blow = mortal.pass("before a lone statement");
    if (blow === null) sendAndPass(mortal, query, send, (after) => query.reject(failureOf(after)));
    else query.reject(failureOf(blow));
  });
}

/** Sends what commits by itself; when it is done there is another point. */
function sendAndPass(mortal: Fated, query: Query, send: () => void, struck: (blow: Blow) => void): void {
  const { resolve } = query;
  query.resolve = (result) => {
    const blow = mortal.pass("after a commit");
    if (blow === null) resolve(result);
    else struck(blow);
  };
  send();
}

function failureOf(blow: Blow): Error {
  if (blow === "death") return new Died();
  return Object.assign(new Error("the connection was cut by order"), { code: "CONNECTION_CLOSED" });
}

/** A statement that fails in the database itself, so that it aborts the transaction as a deadlock does. */
const deadlock = "do $$ begin raise exception 'deadlock by order' using errcode = '40P01'; end $$";

function mortalConnection(
  connection: Connection,
  mortal: Fated,
  terminate: (pid: number) => Promise<unknown>,
): Connection {
  let opened: Query | null = null;
  let isEnded = false;
  let hurdle: Promise<unknown> | null = null;

  const cut = () => terminate(opened?.state?.pid ?? 0);
  const pass = (query: Query, send: () => void): void => {
    const text = query.strings.length === 1 ? query.strings[0] : "";
    const isEnd = text === "commit" || text === "rollback";
    // Nothing overtakes a cut: what was sent behind it comes behind it. A rollback is what the server would do.
    const blow = hurdle || text === "rollback" ? null : mortal.pass(pointOf(text));
    if (blow === "death") {
      query.reject(new Died());
      return;
    }
    if (isEnd) isEnded = true;
    if (blow === "cut") hurdle = cut();
    if (blow === "deadlock") {
      query.strings = Object.assign([deadlock], { raw: [deadlock] });
      query.args = [];
    }
    if (hurdle) mortal.owes(hurdle.then(send));
    else if (text === "commit") commit(query, send);
    else send();
  };
  const commit = (query: Query, send: () => void) =>
    sendAndPass(mortal, query, send, (after) => {
      // The connection's loss answers a commit that was done but not heard of.
      if (after === "cut") mortal.owes(cut());
      else query.reject(new Died());
    });
  const sql = intercepted(connection.sql, pass);
  return {
    sql,
    failure: connection.failure,
    begin: (text) => {
      const begun = connection.begin(text);
      opened = begun as unknown as Query;
      return begun;
    },
    release: () => {
      if (isEnded) return connection.release();
      // A process that is gone leaves its transaction open; the server rolls it back.
      const rolledBack = connection.sql.unsafe("rollback").execute();
      mortal.owes(rolledBack.catch(() => undefined).then(() => connection.release()));
    },
  };
}

function pointOf(text: string | undefined): Point {
  return text === "commit" ? "before a commit" : "before a statement";
}

/** The same tag, but what it sends goes through `pass`. Fragments of statements are never sent by themselves. */
function intercepted<T extends Tag>(tag: T, pass: (query: Query, send: () => void) => void): T {
  const watch = (made: unknown): unknown => {
    if (!(made instanceof Promise)) return made;
    const query = made as Query;
    const { handler } = query;
    query.handler = (self) => pass(self, () => handler(self));
    return query;
  };
  return new Proxy(tag, {
    apply: (target, self, args) => watch(Reflect.apply(target, self, args)),
    get: (target, key, receiver) =>
      key === "unsafe"
        ? (...args: Parameters<Tag["unsafe"]>) => watch(target.unsafe(...args))
        : Reflect.get(target, key, receiver),
  });
}
