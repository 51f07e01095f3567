import { useLocale, useTranslations } from "next-intl";
import { LanguageChoice, ThemeChoice } from "@/components/shell/preference-choices";
import { localeCookie, themeCookie } from "@/components/shell/preference-cookies";

/** Each language in its own words, so that those find it who cannot read the page. */
const languages = [
  { value: "en", label: "English", lang: "en" },
  { value: "zh", label: "简体中文", lang: "zh-Hans" },
];

export function Preferences() {
  const t = useTranslations("shell");
  return (
    <>
      <LanguageChoice
        legend={t("language")}
        cookie={localeCookie}
        options={languages}
        current={useLocale()}
      />
      <ThemeChoice
        legend={t("theme")}
        cookie={themeCookie}
        options={[
          { value: "system", label: t("themeSystem") },
          { value: "light", label: t("themeLight") },
          { value: "dark", label: t("themeDark") },
        ]}
      />
    </>
  );
}
