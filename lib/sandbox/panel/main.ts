import { startPanel } from "./panel";

// The demo's control panel as a process of its own: PANEL_PORT (any free port if left out), and PANEL_SECRET, which the
// endpoint registered for it has too.
const port = Number(process.env.PANEL_PORT || "0");
const panel = await startPanel({ port, secret: process.env.PANEL_SECRET ?? "" });
console.log(`panel ready at ${panel.url}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void panel.close().then(() => process.exit(0)));
}
