import type { ServerResponse } from "node:http";
import type { ApiRequest } from "@/lib/sandbox/http/api";
import type { World } from "@/lib/sandbox/world";

export async function servePage(
  _world: World,
  _request: ApiRequest,
  response: ServerResponse,
): Promise<void> {
  response.writeHead(404);
  response.end();
}
