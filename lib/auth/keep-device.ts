import { cookies } from "next/headers";
import { context } from "./context";
import { type DeviceCookie, deviceCookieSeconds } from "./known-device";
import { isSecure } from "./next-auth-options";

/** Gives the browser of an action what it is known by, as a sign-in does. */
export async function keepDevice({ name, value }: DeviceCookie): Promise<void> {
  (await cookies()).set(name, value, {
    path: "/",
    maxAge: deviceCookieSeconds,
    httpOnly: true,
    sameSite: "lax",
    secure: isSecure(context().settings),
  });
}
