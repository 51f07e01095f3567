import type { DemoCustomer, DemoService } from "./demo-cast";

type Person = readonly [
  name: string,
  email: string,
  country: string,
  currency: "USD" | "EUR" | "JPY",
  locale?: "zh",
];

const people: readonly Person[] = [
  ["Avocet Architects", "studio@avocet.example", "DE", "EUR"],
  ["Łukasz Żuraw", "lukasz@zuraw.example", "FR", "EUR"],
  ["Дмитрий Соколов", "dmitri@sokolov.example", "US", "USD"],
  ["Bittern Brewing Co.", "till@bittern.example", "US", "USD"],
  ["深圳翠鸟科技有限公司", "caiwu@cuiniao.example", "US", "USD", "zh"],
  ["Curlew & Daughters", "hello@curlew.example", "US", "USD"],
  ["Ελένη Γερανού", "eleni@geranou.example", "DE", "EUR"],
  ["Dunlin Radio", "desk@dunlin.example", "US", "USD"],
  ["かもめ書店", "shop@kamome.example", "JP", "JPY"],
  ["Egret Yoga", "namaste@egret.example", "US", "USD"],
  ["김하늘", "haneul@kim.example", "US", "USD"],
  ["Fulmar Foundation", "grants@fulmar.example", "FR", "EUR"],
  ["נועה דרור", "noa@dror.example", "US", "USD"],
  ["Grebe Genomics", "lab@grebe.example", "US", "USD"],
  ["Siôn ap Gwylan", "sion@gwylan.example", "US", "USD"],
  ["Ibis Insurance Brokers", "accounts@ibis.example", "DE", "EUR"],
  ["李静", "jing@li.example", "JP", "JPY", "zh"],
  ["Jacana Jewellery", "orders@jacana.example", "FR", "EUR"],
  ["मोहन हंस", "mohan@hans.example", "US", "USD"],
  ["Kingfisher Kayaks", "paddle@kingfisher.example", "US", "USD"],
  ["Lapwing Law LLP", "ledger@lapwing.example", "US", "USD"],
  ["株式会社ツバメ運送", "keiri@tsubame.example", "JP", "JPY"],
  ["Nguyễn Thị Én", "en@nguyen.example", "US", "USD"],
  ["Oriole Opera", "box@oriole.example", "FR", "EUR"],
  ["สมชาย นกน้อย", "somchai@noknoi.example", "US", "USD"],
  ["Petrel Pumps AG", "einkauf@petrel.example", "DE", "EUR"],
  ["Zoë Ångström-Ørn", "zoe@orn.example", "DE", "EUR"],
  ["Whimbrel Web Works", "ops@whimbrel.example", "US", "USD"],
];

const servicesOf = [2, 3, 1, 3, 2, 2, 3];
const cards = ["succeeds", "open", "declined", "combined", "expired"] as const;

/**
 * The customers beside those of the cast: the same ones each time, with services, balances and endings dealt out by
 * place. They fill lists and searches; what a visitor is led to is told by the cast.
 */
export const demoCrowd: readonly DemoCustomer[] = people.map(
  ([name, email, country, currency, locale], place) => ({
    name,
    email,
    country,
    currency,
    ...(locale && { locale }),
    services: Array.from({ length: servicesOf[place % servicesOf.length] ?? 1 }, (_, index) =>
      service(place, index),
    ),
    leftMinor: place % 3 === 0 ? 0n : BigInt(((place * 137) % 40) * 50),
    ...ending(place),
  }),
);

/** The first of each customer is about to end, so that something is open; the others are anywhere in their terms. */
function service(place: number, index: number): DemoService {
  const endsInDays = index === 0 ? (place % 8) - 2 : ((place * 11 + index * 7) % 36) - 5;
  // What waits to be paid by card or cancelled is not paid by the balance before.
  const isAutoRenew = index === 0 ? ending(place).ending === "tops_up" : (place + index) % 3 !== 0;
  const turn = (place * 3 + index * 2) % 10;
  const label = `${["web", "app", "db", "mail", "ci"][turn % 5]}-${place + 1}${index === 0 ? "" : `-${index + 1}`}`;
  if (turn === 9) return { plan: "domain", label: `${label}.example`, terms: 1, endsInDays, isAutoRenew };
  if (turn === 8) return { plan: "nest-1tb", label, terms: 1 + (place % 4), endsInDays, isAutoRenew };
  if (turn === 7 && index > 0)
    return { plan: "pond-s", label, terms: 0, endsInDays: -(place % 9) - 1, isAutoRenew };
  const plan = ["pond-s", "pond-m", "lake-l"][turn % 3] ?? "pond-s";
  return { plan, label, terms: 2 + ((place * 5 + index * 3) % 9), endsInDays, isAutoRenew };
}

/** Three in four do something on the last day. Who cancels has a renewal whose term has not begun. */
function ending(place: number): Pick<DemoCustomer, "card" | "ending"> {
  if (place % 8 === 3 || place % 8 === 4) return { ending: "cancels" };
  if (place % 4 === 2) return { ending: "tops_up" };
  const card = cards[(place - 1) / 4];
  return card ? { card } : {};
}
