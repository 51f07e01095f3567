import { describe, expect, it } from "vitest";
import { type Currency, currencies, formatMoney, money } from "@/lib/kernel/money";
import { prepare, replacement } from "./runs";

/** A name of each script that a customer's name or address may be written in. */
const names: Record<string, string> = {
  Latin: "Łódź Müller-Ñandú Œuvre ſtraße ẞ Ħamrun",
  Vietnamese: "Nguyễn Thị Hồng Phượng",
  Greek: "Ἀθῆναι Παπαδόπουλος",
  Cyrillic: "Приморский Їжак Љубица",
  Hebrew: "בַּנְק הַפּוֹעֲלִים בע״מ ₪",
  Arabic: "شركة البركة المحدودة پژواک",
  Devanagari: "भारतीय क्षेत्रीय बैंक ₹",
  Thai: "บริษัท เป็ดน้อย จำกัด ฿",
  Georgian: "საქართველოს ბანკი",
  Armenian: "Հայաստանի Բանկ",
  Chinese: "深圳市国龙科技有限公司",
  Japanese: "株式会社アヒル クラウド ひよこ",
  Korean: "주식회사 오리 클라우드 김철수 ₩",
};

describe("the fonts of papers", () => {
  for (const [script, name] of Object.entries(names)) {
    for (const weight of [400, 700] as const) {
      it(`show a name in ${script}, weight ${weight}`, () => {
        expect(prepare(name, weight).text).toBe(name.normalize("NFC"));
      });
    }
  }

  it("show a Korean syllable of rare use by its letters", () => {
    expect(prepare("김 뷁 꿻", 400).text).toBe("김 ㅂㅞㄺ ㄲㅞㄼ");
  });

  it("show the dot between Japanese words as a plain one", () => {
    expect(prepare("アヒル・クラウド", 400).text).toBe("アヒル·クラウド");
  });

  it("show the sign of every currency, in each language", () => {
    for (const currency of Object.keys(currencies) as Currency[]) {
      for (const locale of ["en", "zh"]) {
        const { text } = prepare(formatMoney(money(-123456n, currency), locale), 400);
        expect(text, currency).not.toContain(replacement);
      }
    }
  });
});
