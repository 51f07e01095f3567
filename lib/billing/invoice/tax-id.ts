/** What a tax id of a country looks like, without what stands between its signs, and whether its check digit holds. */
interface TaxIdForm {
  /** Of the VAT id; in some countries not the country's own code. */
  readonly prefix: string;
  readonly form: RegExp;
  /** Of the part behind the prefix. Left out where the sum is long or not published. */
  readonly holds?: (body: string) => boolean;
  /** Other numbers by which the country's tax office knows a business or a person, always without the prefix. */
  readonly national?: RegExp;
  readonly example: string;
}

const digitsOf = (text: string) => [...text].filter((sign) => /\d/.test(sign)).map(Number);

const weighed = (text: string, weights: readonly number[]) => {
  const digits = digitsOf(text);
  return weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);
};

const lastOf = (text: string) => digitsOf(text).at(-1) ?? -1;

/** ISO 7064, MOD 11,10. */
function isMod11and10(body: string): boolean {
  const digits = digitsOf(body);
  const product = digits.slice(0, -1).reduce((before, digit) => (((digit + before) % 10 || 10) * 2) % 11, 10);
  return (11 - product) % 10 === digits.at(-1);
}

function isLuhn(body: string): boolean {
  const sum = digitsOf(body)
    .reverse()
    .reduce((total, digit, index) => {
      const part = index % 2 === 0 ? digit : digit * 2;
      return total + (part > 9 ? part - 9 : part);
    }, 0);
  return sum % 10 === 0;
}

const isBritish = (body: string) => {
  if (/^(GD|HA)/.test(body)) return true;
  const digits = body.slice(0, 9);
  const sum = weighed(digits, [8, 7, 6, 5, 4, 3, 2]) + Number(digits.slice(7));
  return sum % 97 === 0 || (sum + 55) % 97 === 0;
};

/** By the customer's country: the European Union, and its neighbors that use ids of the same kind. */
const forms: Record<string, TaxIdForm> = {
  AT: { prefix: "AT", form: /^U\d{8}$/, example: "ATU13585627" },
  BE: {
    prefix: "BE",
    form: /^[01]\d{9}$/,
    holds: (body) => 97 - (Number(body.slice(0, 8)) % 97) === Number(body.slice(8)),
    example: "BE0428759497",
  },
  BG: { prefix: "BG", form: /^\d{9,10}$/, example: "BG101004508" },
  CH: {
    prefix: "CHE",
    form: /^\d{9}(MWST|TVA|IVA)?$/,
    holds: (body) => (11 - (weighed(body, [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11 === digitsOf(body)[8],
    example: "CHE-116.281.710 MWST",
  },
  CY: { prefix: "CY", form: /^\d{8}[A-Z]$/, example: "CY10259033P" },
  CZ: { prefix: "CZ", form: /^\d{8,10}$/, example: "CZ25123891" },
  DE: {
    prefix: "DE",
    form: /^\d{9}$/,
    holds: isMod11and10,
    national: /^\d{10,11}$|^\d{13}$/,
    example: "DE136695976",
  },
  DK: {
    prefix: "DK",
    form: /^\d{8}$/,
    holds: (body) => weighed(body, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    example: "DK13585628",
  },
  EE: {
    prefix: "EE",
    form: /^\d{9}$/,
    holds: (body) => (10 - (weighed(body, [3, 7, 1, 3, 7, 1, 3, 7]) % 10)) % 10 === lastOf(body),
    example: "EE100594102",
  },
  ES: { prefix: "ES", form: /^[A-Z\d]\d{7}[A-Z\d]$/, example: "ESB58378431" },
  FI: {
    prefix: "FI",
    form: /^\d{8}$/,
    holds: (body) => (11 - (weighed(body, [7, 9, 10, 5, 8, 4, 2]) % 11)) % 11 === lastOf(body),
    example: "FI20774740",
  },
  FR: {
    prefix: "FR",
    form: /^[A-HJ-NP-Z\d]{2}\d{9}$/,
    holds: (body) =>
      isLuhn(body.slice(2)) &&
      (!/^\d{2}/.test(body) || (12 + 3 * (Number(body.slice(2)) % 97)) % 97 === Number(body.slice(0, 2))),
    national: /^\d{14}$/,
    example: "FR40303265045",
  },
  GB: {
    prefix: "GB",
    form: /^\d{9}(\d{3})?$|^(GD|HA)\d{3}$/,
    holds: isBritish,
    national: /^\d{10}$/,
    example: "GB980780684",
  },
  GR: {
    prefix: "EL",
    form: /^\d{9}$/,
    holds: (body) => (weighed(body, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === lastOf(body),
    example: "EL094259216",
  },
  HR: { prefix: "HR", form: /^\d{11}$/, holds: isMod11and10, example: "HR33392005961" },
  HU: {
    prefix: "HU",
    form: /^\d{8}$/,
    holds: (body) => (10 - (weighed(body, [9, 7, 3, 1, 9, 7, 3]) % 10)) % 10 === lastOf(body),
    national: /^\d{11}$/,
    example: "HU12892312",
  },
  IE: { prefix: "IE", form: /^\d{7}[A-W][A-I]?$|^\d[A-Z+*]\d{5}[A-W]$/, example: "IE6433435F" },
  IT: {
    prefix: "IT",
    form: /^\d{11}$/,
    holds: isLuhn,
    national: /^[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]$/,
    example: "IT00743110157",
  },
  LT: { prefix: "LT", form: /^\d{9}$|^\d{12}$/, example: "LT119511515" },
  LU: {
    prefix: "LU",
    form: /^\d{8}$/,
    holds: (body) => Number(body.slice(0, 6)) % 89 === Number(body.slice(6)),
    example: "LU15027442",
  },
  LV: { prefix: "LV", form: /^\d{11}$/, example: "LV40003521600" },
  MT: { prefix: "MT", form: /^\d{8}$/, example: "MT11679112" },
  NL: { prefix: "NL", form: /^\d{9}B\d{2}$/, example: "NL004495445B01" },
  NO: {
    prefix: "NO",
    form: /^\d{9}(MVA)?$/,
    holds: (body) => (11 - (weighed(body, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11 === digitsOf(body)[8],
    example: "NO995525828MVA",
  },
  PL: {
    prefix: "PL",
    form: /^\d{10}$/,
    holds: (body) => weighed(body, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === lastOf(body),
    example: "PL8567346215",
  },
  PT: {
    prefix: "PT",
    form: /^\d{9}$/,
    holds: (body) => ((11 - (weighed(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11) % 10 === lastOf(body),
    example: "PT501964843",
  },
  RO: { prefix: "RO", form: /^\d{2,10}$/, example: "RO18547290" },
  SE: {
    prefix: "SE",
    form: /^\d{10}(\d{2})?$/,
    holds: (body) => isLuhn(body.slice(0, 10)),
    example: "SE556188840401",
  },
  SI: {
    prefix: "SI",
    form: /^\d{8}$/,
    holds: (body) => (11 - (weighed(body, [8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === lastOf(body),
    example: "SI50223054",
  },
  SK: {
    prefix: "SK",
    form: /^\d{10}$/,
    holds: (body) => Number(body) % 11 === 0,
    example: "SK2022749619",
  },
};

/** Northern Ireland trades within the Union under a prefix of its own. */
const byPrefix = new Map(
  [...Object.values(forms), { ...(forms.GB as TaxIdForm), prefix: "XI" }].map((form) => [form.prefix, form]),
);

/**
 * Null if this may be the tax id of a customer of this country; else an example of one. A customer may also have a
 * VAT id of another of these countries. Of the rest of the world no form is known here.
 */
export function taxIdProblem(taxId: string, country: string): { example: string } | null {
  const own = forms[country];
  if (!own) return null;
  const text = taxId.toUpperCase().replace(/[\s.\-/]/g, "");
  const prefix = [...byPrefix.keys()].find(
    (one) => text.startsWith(one) && isOf(one, text.slice(one.length)),
  );
  if (prefix || isOf(own.prefix, text) || own.national?.test(text)) return null;
  return { example: own.example };
}

function isOf(prefix: string, body: string): boolean {
  const known = byPrefix.get(prefix);
  if (!known?.form.test(body)) return false;
  return known.holds?.(body) ?? true;
}

/** Those countries, each with an id that holds. */
export const taxIdExamples = Object.entries(forms).map(([country, { example }]) => ({ country, example }));
