import { type Connection, hold } from "./connection";
import type { Sql } from "./exact-sql";

/** A connection is replaced after so long: a server process keeps the plans of all it was ever asked. */
const lifeMs = 45 * 60_000;

interface Member {
  readonly client: Sql;
  readonly bornAt: number;
}

/**
 * The connections of transactions: each belongs to one at a time, and one that was cut is thrown away. The pool of
 * postgres.js does not serve here: of those who wait for a connection it forgets one whenever a connection closes, and
 * it uses a connection again whose end it has seen (see `hold`).
 */
export class ConnectionPool {
  readonly #open: () => Sql;
  readonly #max: number;
  readonly #prove: (client: Sql) => Promise<void>;
  readonly #idle: Member[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #members = new Set<Member>();

  /**
   * `open` makes a client of one connection, which neither ends by itself when it is idle nor when it is old. `prove`
   * asks a new one who it is, before anybody has it, and throws if it is somebody else.
   */
  constructor(open: () => Sql, max: number, prove: (client: Sql) => Promise<void> = async () => {}) {
    this.#open = open;
    this.#max = max;
    this.#prove = prove;
  }

  /** Waits for its turn; rejects if the database cannot be reached. */
  async take(): Promise<Connection> {
    while (this.#idle.length === 0 && this.#members.size >= this.#max) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    const known = this.#idle.pop();
    const member = known ?? this.#add();
    try {
      if (known === undefined) await this.#prove(member.client);
      return await hold(member.client, (isLost) => this.#give(member, isLost));
    } catch (error) {
      this.#give(member, true);
      throw error;
    }
  }

  async close(timeoutSeconds: number): Promise<void> {
    await Promise.all([...this.#members].map(({ client }) => client.end({ timeout: timeoutSeconds })));
  }

  #add(): Member {
    const member = { client: this.#open(), bornAt: Date.now() };
    this.#members.add(member);
    return member;
  }

  #give(member: Member, isLost: boolean): void {
    if (isLost || Date.now() - member.bornAt > lifeMs) {
      this.#members.delete(member);
      void member.client.end({ timeout: 0 });
    } else this.#idle.push(member);
    this.#waiting.shift()?.();
  }
}
