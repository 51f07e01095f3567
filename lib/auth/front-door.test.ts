import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { decodableAddress, guardRequests, pathOf } from "./front-door";

const mallardUrl = "https://billing.example";
let server: Server;
let port: number;
let read = 0;
const reached: string[] = [];
/** By an answer of the application's that came too late. */
const thrown: unknown[] = [];

beforeAll(async () => {
  // An application as careless as can be: reads all that it is sent.
  server = createServer(async (request, response) => {
    reached.push(request.url ?? "");
    read = 0;
    if (request.url === "/api/early") return void response.writeHead(404).end("early");
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) read += chunk.length;
      response.end("read");
    } catch {
      // As Next does: it tries to say that something failed.
      try {
        response.setHeader("x-failed", "yes");
        response.writeHead(500).end("failed");
      } catch (error) {
        thrown.push(error);
      }
    }
  });
  guardRequests(server, { mallardUrl });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Sent {
  status: number | undefined;
  connection: string | undefined;
}

/** Sends so much, in pieces, with or without saying how much it will be. */
function send(path: string, bytes: number, isDeclared: boolean): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const headers = isDeclared ? { "content-length": bytes } : {};
    const sending = httpRequest({ port, path, method: "POST", headers }, (answer: IncomingMessage) => {
      answer.resume();
      resolve({ status: answer.statusCode, connection: answer.headers.connection });
      sending.destroy();
    });
    sending.on("error", reject);
    const piece = Buffer.alloc(8_192, "x");
    let left = bytes;
    const write = () => {
      while (left > 0 && !sending.destroyed) {
        const next = piece.subarray(0, Math.min(left, piece.length));
        left -= next.length;
        if (!sending.write(next)) return void sending.once("drain", write);
      }
      sending.end();
    };
    write();
  });
}

describe("the front door", () => {
  const capped: [string, number][] = [
    ["/api/auth/callback/credentials", 16_000],
    ["/api/health", 16_000],
    ["/api/stripe/webhook", 1_000_000],
    ["/api/mail/bounces", 1_000_000],
    ["/invoices", 1_048_576],
    ["/%61pi/auth/signout", 16_000],
  ];
  for (const [path, most] of capped) {
    for (const isDeclared of [true, false]) {
      const how = isDeclared ? "that says its length" : "that streams";
      test(`takes a body of ${most} bytes at ${path} ${how}, and refuses one more`, async () => {
        expect(await send(path, most, isDeclared)).toMatchObject({ status: 200 });
        expect(read).toBe(most);
        const refused = { status: 413, connection: "close" };
        expect(await send(path, most + 1, isDeclared)).toEqual(refused);
        expect(await send(path, most + 20_000_000, isDeclared)).toEqual(refused);
        expect(read).toBeLessThanOrEqual(most);
      });
    }
  }

  test("lets nobody see a request whose declared body is too large", async () => {
    reached.length = 0;
    await send("/api/auth/signout", 16_001, true);
    expect(reached).toEqual([]);
  });

  test("takes nothing that follows a refused body for another request", async () => {
    reached.length = 0;
    const socket = connect(port, "127.0.0.1");
    const answers = new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("close", () => resolve(text));
    });
    socket.on("error", () => {});
    const smuggled = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
    socket.write(
      `POST /api/auth/signout HTTP/1.1\r\nhost: x\r\ncontent-length: 16001\r\n\r\n${"x".repeat(16_001)}${smuggled}`,
    );
    expect((await answers).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 413"]);
    expect(reached).toEqual([]);
  });
});

/** What a client sends that reads nothing, until the connection ends or it has nothing more. */
function pour(head: string, most: number): Promise<void> {
  const socket = connect(port, "127.0.0.1");
  const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
  let left = most;
  return new Promise((resolve) => {
    const write = () => {
      while (left > 0 && !socket.destroyed) {
        left -= 0x4000;
        if (!socket.write(chunk)) return void socket.once("drain", write);
      }
      socket.end();
    };
    socket.resume();
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.write(head, write);
  });
}

/** Sends the parts one after another, each once the one before is answered. Resolves with all answers. */
function talk(...parts: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  return new Promise((resolve) => {
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk;
      const next = parts.shift();
      if (next === undefined) socket.end();
      else socket.write(next);
    });
    socket.on("close", () => resolve(text));
    socket.write(parts.shift() ?? "");
  });
}

describe("a body that comes after the answer", () => {
  test.each(["/api/early", "http://elsewhere.example/api/early"])(
    "is not read on, at %s",
    async (address) => {
      const taken = new Promise<number>((resolve) => {
        server.once("connection", (socket) => socket.once("close", () => resolve(socket.bytesRead)));
      });
      await pour(`POST ${address} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`, 20_000_000);
      expect(await taken).toBeLessThan(400_000);
    },
  );

  test("is taken if it is short, and the connection goes on", async () => {
    const answers = await talk(
      "POST /api/early HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n",
      "12345GET /later HTTP/1.1\r\nhost: x\r\n\r\n",
    );
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 404", "HTTP/1.1 200"]);
  });
});

test("a route whose body was refused under it finds nothing wrong with its own answer", async () => {
  thrown.length = 0;
  const isOver = new Promise((resolve) =>
    server.once("connection", (socket) => socket.once("close", resolve)),
  );
  expect(await send("/api/auth/signout", 2_000_000, false)).toMatchObject({ status: 413 });
  await isOver;
  await new Promise(setImmediate);
  expect(thrown).toEqual([]);
});

test.each(["TRACE", "PROPFIND"])("%s is no method of any address", async (method) => {
  reached.length = 0;
  const answer = await talk(`${method} /invoices HTTP/1.1\r\nhost: x\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: GET, HEAD, POST/);
  expect(reached).toEqual([]);
});

describe("what another site's page sends", () => {
  const post = (origin: string, more = "") =>
    `POST /invoices HTTP/1.1\r\nhost: billing.internal:3000\r\norigin: ${origin}\r\n${more}content-length: 2\r\n\r\n{}`;

  test.each([
    ["another site", post("https://evil.example")],
    ["no site that is named", post("null")],
    ["nothing that is an address", post("billing.internal:3000")],
    [
      "another site, whatever host is forged with it",
      post("https://evil.example", "x-forwarded-host: x\r\n"),
    ],
  ])("is refused from %s, with a line in the log and no stack", async (_what, message) => {
    const log = vi.spyOn(console, "info").mockImplementation(() => {});
    reached.length = 0;
    expect(await talk(message)).toMatch(/^HTTP\/1\.1 403 [\s\S]*https:\/\/billing\.example/);
    expect(reached).toEqual([]);
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)));
    log.mockRestore();
    expect(lines).toEqual([
      expect.objectContaining({ event: "request", log: "security", outcome: "foreign_origin" }),
    ]);
  });

  test.each([
    ["the portal's own page", post(mallardUrl)],
    ["a page of the same machine by another name", post("http://billing.internal:3000")],
    [
      "a page of the name that our proxy was asked for",
      post("http://a.example", "x-forwarded-host: a.example, b\r\n"),
    ],
    ["no browser", post("x").replace("origin: x\r\n", "")],
  ])("is no matter for what comes from %s", async (_what, message) => {
    expect(await talk(message)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("may be read, as anybody may", async () => {
    const read = await talk("GET /sign-in HTTP/1.1\r\nhost: x\r\norigin: https://evil.example\r\n\r\n");
    expect(read).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("an address", () => {
  test("that comes whole is its path", () => {
    expect(pathOf("http://billing.example/api/auth/csrf?x=1")).toBe("/api/auth/csrf?x=1");
    expect(pathOf("HTTPS://billing.example")).toBe("/");
    expect(pathOf("https://billing.example?x=/")).toBe("/?x=/");
    expect(pathOf("/return?to=http://a.example/b")).toBe("/return?to=http://a.example/b");
    expect(pathOf("//billing.example/api")).toBe("//billing.example/api");
  });

  test("that cannot be decoded names what its letters say", () => {
    expect(decodableAddress("/pay/%FF")).toBe("/pay/%25FF");
    expect(decodableAddress("/pay/%")).toBe("/pay/%25");
    expect(decodableAddress("/%E4%BD/a%20b?q=%FF&r=?")).toBe("/%25E4%25BD/a%20b?q=%FF&r=?");
  });

  test("that can be decoded stays as it is, and every other can be after", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("%", "F", "2", "e", "/", "é", "a") }), (text) => {
        const before = text.split("/").every(canDecode);
        const after = decodableAddress(text);
        expect(after.split("/").every(canDecode)).toBe(true);
        if (before) expect(after).toBe(text);
      }),
    );
  });
});

function canDecode(segment: string): boolean {
  try {
    decodeURIComponent(segment);
    return true;
  } catch {
    return false;
  }
}
