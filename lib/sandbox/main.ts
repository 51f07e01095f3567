import { startSandbox } from "@/lib/sandbox/server";

/**
 * The local Stripe as a process of its own. Settings: SANDBOX_PORT (absent: a free one), SANDBOX_DATA (a directory;
 * absent: memory only), STRIPE_SECRET_KEY, SANDBOX_WEBHOOK_URL and STRIPE_WEBHOOK_SECRET (absent: no webhooks),
 * SANDBOX_DELAYED_MS (how long a bank debit takes; absent: three days), SANDBOX_SETTLES_IN (the currencies of the host's
 * bank accounts, as `eur` or `usd,eur`; absent: each that Stripe settles in), SANDBOX_BALANCE_DELAY_MS (how far balance
 * transactions are behind; absent: a second).
 */
async function main(): Promise<void> {
  const {
    SANDBOX_PORT,
    SANDBOX_DATA,
    SANDBOX_BALANCE_DELAY_MS,
    SANDBOX_DELAYED_MS,
    SANDBOX_SETTLES_IN,
    STRIPE_SECRET_KEY,
    SANDBOX_WEBHOOK_URL,
    STRIPE_WEBHOOK_SECRET,
  } = process.env;
  if (!STRIPE_SECRET_KEY)
    throw new Error("STRIPE_SECRET_KEY is missing: the local Stripe needs the key it shall accept.");
  if (/^[rs]k_live_/.test(STRIPE_SECRET_KEY)) {
    throw new Error("STRIPE_SECRET_KEY is a live key: the local Stripe takes test keys (sk_test_…) only.");
  }
  const port = SANDBOX_PORT ? Number(SANDBOX_PORT) : 0;
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`SANDBOX_PORT is not a port: ${SANDBOX_PORT}`);
  if (SANDBOX_WEBHOOK_URL && !STRIPE_WEBHOOK_SECRET) {
    throw new Error("STRIPE_WEBHOOK_SECRET is missing: webhooks to SANDBOX_WEBHOOK_URL must be signed.");
  }
  const delayedMs = millisecondsOf("SANDBOX_DELAYED_MS", SANDBOX_DELAYED_MS);
  const balanceDelayMs = millisecondsOf("SANDBOX_BALANCE_DELAY_MS", SANDBOX_BALANCE_DELAY_MS);
  const sandbox = await startSandbox({
    port,
    secretKey: STRIPE_SECRET_KEY,
    ...(delayedMs === undefined ? {} : { delayedMs }),
    ...(balanceDelayMs === undefined ? {} : { balanceDelayMs }),
    ...(SANDBOX_SETTLES_IN ? { settlesIn: SANDBOX_SETTLES_IN } : {}),
    ...(SANDBOX_DATA ? { dataDir: SANDBOX_DATA } : {}),
    ...(SANDBOX_WEBHOOK_URL && STRIPE_WEBHOOK_SECRET
      ? { webhook: { url: SANDBOX_WEBHOOK_URL, secret: STRIPE_WEBHOOK_SECRET } }
      : {}),
  });
  console.log(`local Stripe ready at ${sandbox.url}`);
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    void sandbox.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function millisecondsOf(name: string, value: string | undefined): number | undefined {
  if (!value) return undefined;
  const milliseconds = Number(value);
  if (!(milliseconds >= 0)) throw new Error(`${name} is not a number of milliseconds: ${value}`);
  return milliseconds;
}

main().catch((error: unknown) => {
  const isBusy = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const sentence = isBusy
    ? `SANDBOX_PORT ${process.env.SANDBOX_PORT} is in use by another process.`
    : String(error);
  console.error(`local Stripe: ${sentence.replace(/^Error: /, "")}`);
  process.exit(1);
});
