/** What a reader chose for this browser, signed in or not. The menu writes them, the server reads them for each page. */
export const localeCookie = "mallard_locale";
export const themeCookie = "mallard_theme";

export type Theme = "light" | "dark";

/** Null follows the system. */
export function themeIn(text: string | undefined): Theme | null {
  return text === "light" || text === "dark" ? text : null;
}
