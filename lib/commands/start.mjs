// `npm start`: installs what is missing, then runs the portal. Node's own modules only, up to the installation.
import { ensureInstalled } from "./setup/install.mjs";
import { refuseOldNode, refusePortInUse } from "./setup/preconditions.mjs";
import { root, SetupFault, say, step, stopOn } from "./setup/terminal.mjs";

const known = new Set(["--dev"]);

await stopOn(SetupFault, async () => {
  const flags = process.argv.slice(2);
  const unknown = flags.find((flag) => !known.has(flag));
  if (unknown !== undefined)
    throw new SetupFault(`${unknown} is not known here: 'npm start' or 'npm run dev'.`);
  refuseOldNode();
  await refusePortInUse(process.env.PORT);
  await ensureInstalled();
  const { loadTypeScript } = await import("./setup/typescript.mjs");
  const { serve } = await loadTypeScript("lib/commands/serve.ts");
  process.exit(await serve({ root, dev: flags.includes("--dev"), say, step }));
});
