import type { Currency } from "@/lib/kernel/money";

/** A plan of Ducky Cloud: what it costs a term, net, in minor units. */
export interface DemoPlan {
  key: string;
  name: string;
  /** What it is a plan of: a service changes to others of its own alone. */
  family: "server" | "storage" | "domain";
  unit: "day" | "month" | "year";
  count: number;
  price: Partial<Record<Currency, bigint>>;
}

export const demoPlans: readonly DemoPlan[] = [
  {
    key: "pond-s",
    name: "Pond S (1 vCPU, 2 GB)",
    family: "server",
    unit: "month",
    count: 1,
    price: { USD: 600n, EUR: 550n, JPY: 900n },
  },
  {
    key: "pond-m",
    name: "Pond M (2 vCPU, 8 GB)",
    family: "server",
    unit: "month",
    count: 1,
    price: { USD: 2000n, EUR: 1850n, JPY: 3000n },
  },
  {
    key: "lake-l",
    name: "Lake L (8 vCPU, 32 GB)",
    family: "server",
    unit: "month",
    count: 1,
    price: { USD: 7900n, EUR: 7300n, JPY: 11800n },
  },
  {
    key: "nest-1tb",
    name: "Nest storage, 1 TB",
    family: "storage",
    unit: "month",
    count: 3,
    price: { USD: 1500n, EUR: 1400n, JPY: 2300n },
  },
  {
    key: "domain",
    name: "Domain name",
    family: "domain",
    unit: "year",
    count: 1,
    price: { USD: 1290n, EUR: 1190n, JPY: 1980n },
  },
];

export interface DemoService {
  plan: string;
  label: string;
  /** Terms paid so far; 0 is an order that waits for its first payment. */
  terms: number;
  /** When the last paid term ends, in days from today; of an unpaid order, when it was made. */
  endsInDays: number;
  isAutoRenew?: boolean;
}

export interface DemoCustomer {
  name: string;
  email: string;
  country: string;
  currency: Currency;
  locale?: "en" | "zh";
  /** As printed on invoices; without the country. */
  address?: string;
  taxId?: string;
  services: readonly DemoService[];
  /** What is on the balance when the story ends, in minor units. */
  leftMinor: bigint;
  /** Who else signs in for this customer. */
  members?: readonly { name: string; email: string; role: "billing" | "viewer" }[];
  /** What else happens when the story ends: the open invoice due last is cancelled, or the balance is topped up by card. */
  ending?: "cancels" | "tops_up";
  /** How one open invoice is being paid by card when the story ends. */
  card?: "succeeds" | "open" | "declined" | "debit_waits" | "combined" | "expired";
}

/** Who works at Ducky Cloud: one of each role. */
export const demoStaff = [
  { email: "staff@demo.example", name: "Sam Drake", role: "admin" },
  { email: "finance@demo.example", name: "Fay Eider", role: "finance" },
  { email: "support@demo.example", name: "Sol Teal", role: "support" },
  { email: "auditor@demo.example", name: "Audrey Scaup", role: "auditor" },
] as const;

export const demoCustomers: readonly DemoCustomer[] = [
  {
    name: "Ada Lovell",
    email: "ada@demo.example",
    country: "US",
    currency: "USD",
    address: "12 Analytical Row\nPortland, OR 97205",
    services: [
      { plan: "pond-m", label: "web-1", terms: 8, endsInDays: 5, isAutoRenew: false },
      { plan: "nest-1tb", label: "backup", terms: 2, endsInDays: 41, isAutoRenew: false },
      { plan: "domain", label: "lovell.example", terms: 1, endsInDays: 3, isAutoRenew: false },
    ],
    leftMinor: 12_000n,
  },
  {
    name: "Ben Okafor",
    email: "ben@demo.example",
    country: "US",
    currency: "USD",
    address: "4 Harbor Street\nGalveston, TX 77550",
    services: [
      { plan: "pond-m", label: "shop", terms: 7, endsInDays: 2 },
      { plan: "pond-s", label: "shop-staging", terms: 4, endsInDays: 19 },
    ],
    leftMinor: 320n,
  },
  {
    name: "千佳デザイン (Chika Design)",
    email: "chika@demo.example",
    country: "JP",
    currency: "JPY",
    address: "〒604-8005\n京都市中京区三条通 8-1",
    taxId: "T1234567890123",
    services: [
      { plan: "pond-m", label: "chika-web", terms: 5, endsInDays: 4 },
      { plan: "domain", label: "chika.example", terms: 0, endsInDays: -3 },
      { plan: "pond-s", label: "chika-lab", terms: 3, endsInDays: -10 },
    ],
    leftMinor: 0n,
  },
  {
    name: "Marigold Studio",
    email: "marigold@demo.example",
    country: "DE",
    currency: "EUR",
    address: "Blumenweg 3\n80331 München",
    taxId: "DE123456788",
    services: [
      { plan: "lake-l", label: "render-1", terms: 11, endsInDays: 6, isAutoRenew: false },
      { plan: "lake-l", label: "render-2", terms: 10, endsInDays: 16 },
      { plan: "pond-m", label: "studio-web", terms: 12, endsInDays: -2 },
      { plan: "pond-s", label: "studio-mail", terms: 12, endsInDays: 21 },
      { plan: "nest-1tb", label: "assets", terms: 3, endsInDays: 4 },
      { plan: "domain", label: "marigold.example", terms: 1, endsInDays: 2 },
    ],
    members: [
      { name: "Mina Vogt", email: "mina@demo.example", role: "billing" },
      { name: "Vito Sand", email: "vito@demo.example", role: "viewer" },
    ],
    leftMinor: 1_250n,
    card: "debit_waits",
  },
  {
    name: "Tern & Plover GmbH",
    email: "ap@ternplover.example",
    country: "DE",
    currency: "EUR",
    services: [
      { plan: "pond-m", label: "erp", terms: 7, endsInDays: 6 },
      { plan: "pond-s", label: "intranet", terms: 3, endsInDays: 24 },
    ],
    leftMinor: 0n,
    card: "open",
  },
  {
    name: "Kestrel Analytics",
    email: "billing@kestrel.example",
    country: "US",
    currency: "USD",
    services: [
      { plan: "lake-l", label: "warehouse", terms: 6, endsInDays: 3 },
      { plan: "pond-s", label: "dash", terms: 2, endsInDays: 27 },
    ],
    leftMinor: 2_500n,
    card: "combined",
  },
  {
    name: "Heron School",
    email: "office@heron.example",
    country: "FR",
    currency: "EUR",
    services: [{ plan: "pond-m", label: "moodle", terms: 6, endsInDays: -10 }],
    leftMinor: 0n,
  },
  {
    name: "王小明",
    email: "xiaoming@example.example",
    country: "JP",
    currency: "JPY",
    locale: "zh",
    services: [
      { plan: "pond-s", label: "blog", terms: 9, endsInDays: 5 },
      { plan: "domain", label: "xiaoming.example", terms: 1, endsInDays: 99 },
    ],
    leftMinor: 500n,
    card: "succeeds",
  },
  {
    name: "Osprey Logistics Ltd",
    email: "accounts@osprey.example",
    country: "US",
    currency: "USD",
    services: [{ plan: "pond-m", label: "track", terms: 4, endsInDays: 1 }],
    leftMinor: 0n,
    card: "declined",
  },
  {
    name: "شركة البجع (Pelican Trading)",
    email: "pelican@example.example",
    country: "US",
    currency: "USD",
    services: [
      { plan: "pond-s", label: "pelican-1", terms: 3, endsInDays: -3 },
      { plan: "pond-s", label: "pelican-2", terms: 0, endsInDays: -2 },
    ],
    leftMinor: 0n,
  },
  {
    name: "Nadia Grèbe",
    email: "nadia@example.example",
    country: "FR",
    currency: "EUR",
    services: [{ plan: "pond-s", label: "portfolio", terms: 5, endsInDays: 12 }],
    leftMinor: 5_000n,
  },
  {
    name: "Sandpiper Games",
    email: "money@sandpiper.example",
    country: "US",
    currency: "USD",
    services: [
      { plan: "lake-l", label: "match-eu", terms: 5, endsInDays: 4 },
      { plan: "lake-l", label: "match-us", terms: 4, endsInDays: 14 },
      { plan: "pond-m", label: "lobby", terms: 4, endsInDays: -1 },
    ],
    leftMinor: 900n,
    card: "expired",
  },
];
