import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodableAddress, guardRequests } from "./front-door";

let server: Server;
let port: number;
let read = 0;
const reached: string[] = [];

beforeAll(async () => {
  // An application as careless as can be: reads all that it is sent.
  server = createServer(async (request, response) => {
    reached.push(request.url ?? "");
    read = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) read += chunk.length;
      response.end("read");
    } catch {
      response.destroy();
    }
  });
  guardRequests(server);
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

describe("an address", () => {
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
