const place = "mallard.kept-text";

/** Where a field is, and what stood in it. */
interface KeptField {
  form: number;
  name: string;
  /** Of the fields of that name in its form. */
  index: number;
  value: string;
  isChecked: boolean;
}

interface Kept {
  pathname: string;
  fields: KeptField[];
}

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Keeps what was typed and chosen on the page, for the page that is loaded next. Secrets and files are not kept. */
export function keepText(page: Document, storage: Storage): void {
  const fields = everyField(page)
    .filter(({ field }) => !["password", "hidden", "file", "submit", "button"].includes(field.type))
    .map(({ field, ...where }): KeptField => {
      return { ...where, value: field.value, isChecked: "checked" in field && field.checked };
    });
  storage.setItem(place, JSON.stringify({ pathname: page.location.pathname, fields } satisfies Kept));
}

/** What was kept of this address, once; null where nothing was. */
export function keptText(pathname: string, storage: Storage): readonly KeptField[] | null {
  const text = storage.getItem(place);
  storage.removeItem(place);
  if (text === null) return null;
  const kept = JSON.parse(text) as Kept;
  return kept.pathname === pathname ? kept.fields : null;
}

/** Puts it back where the same fields are, as if it were typed again. */
export function restoreText(page: Document, kept: readonly KeptField[]): void {
  const fields = everyField(page);
  for (const { form, name, index, value, isChecked } of kept) {
    const found = fields.find((one) => one.form === form && one.name === name && one.index === index)?.field;
    if (!found) continue;
    if (found instanceof HTMLInputElement && ["checkbox", "radio"].includes(found.type)) {
      if (found.checked !== isChecked && (isChecked || found.type === "checkbox")) found.click();
    } else if (found.value !== value) type(found, value);
  }
}

/** React hears of a value only if it is set past the property that it watches. */
function type(field: Field, value: string): void {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value")?.set?.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function everyField(page: Document): { form: number; name: string; index: number; field: Field }[] {
  return [...page.forms].flatMap((form, number) => {
    const seen = new Map<string, number>();
    return [...form.querySelectorAll<Field>("input[name], textarea[name], select[name]")].map((field) => {
      const index = seen.get(field.name) ?? 0;
      seen.set(field.name, index + 1);
      return { form: number, name: field.name, index, field };
    });
  });
}
