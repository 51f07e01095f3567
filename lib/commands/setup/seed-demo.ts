import { parseSettings } from "@/lib/kernel/settings";
import { seedDemo } from "@/lib/testing/demo";

// A process of its own, so that what the use cases keep open ends with it.
await seedDemo({ settings: parseSettings(process.env), panelSecret: process.env.PANEL_SECRET ?? null });
process.exit(0);
