import type { ReservedSql, Sql } from "./exact-sql";

/** A connection that one transaction has to itself. */
export interface Connection {
  readonly sql: ReservedSql;
  /** Sends the first statement; from then on the loss of the connection is noticed. Rejects as a query does. */
  begin(text: string): Promise<unknown>;
  /** Why the first statement failed that did; those behind it only say that the transaction is aborted. */
  failure(): Error | null;
  /** Ends the use of it; it is gone for good where it was lost. */
  release(): void;
}

/** What postgres.js hands to `onexecute`: the connection itself, which tells its holder when it closes. */
interface Socketed {
  onclose: ((error: Error) => void) | null;
}

interface Query extends Promise<unknown> {
  handler: (query: Query) => void;
  reject(error: Error): void;
}

/**
 * Holds the one connection of a client that may be cut at any time. By itself postgres.js (3.4.9) takes the process
 * with it when a statement is written to a reserved connection that has closed, never answers what waits in its
 * queue, and runs late statements, a rollback among them, on whatever connection it has opened since. Here every
 * statement after the loss is rejected, and so are those under way.
 */
export async function hold(client: Sql, released: (isLost: boolean) => void): Promise<Connection> {
  const reserved = (await client.reserve()) as ReservedSql;
  const sent: Query[] = [];
  let held: Socketed | null = null;
  let loss: Error | null = null;
  let failure: Error | null = null;

  const guarded = (made: unknown): unknown => {
    if (!(made instanceof Promise)) return made;
    const query = made as Query;
    const { handler: execute, reject } = query;
    query.reject = (error) => {
      failure ??= error;
      reject(error);
    };
    query.handler = (self) => {
      if (loss) return self.reject(loss);
      sent.push(self);
      execute(self);
    };
    return query;
  };
  const lose = (error: Error) => {
    loss = error;
    for (const query of sent) query.reject(error);
  };
  const onexecute = (connection: Socketed) => {
    held = connection;
    connection.onclose = lose;
    return true;
  };
  const sql = new Proxy(reserved, {
    apply: (target, self, args) => guarded(Reflect.apply(target, self, args)),
    get: (target, key, receiver) =>
      key === "unsafe"
        ? (...args: Parameters<ReservedSql["unsafe"]>) => guarded(target.unsafe(...args))
        : Reflect.get(target, key, receiver),
  });
  return {
    sql,
    begin: (text) => sql.unsafe(text, [], { onexecute } as never).execute(),
    failure: () => failure,
    release: () => {
      if (held) held.onclose = null;
      if (!loss) reserved.release();
      released(loss !== null);
    },
  };
}
