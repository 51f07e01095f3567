import { useTranslations } from "next-intl";
import { Radio } from "@/components/ui/choice";

const roles = ["owner", "billing", "viewer"] as const;

/** One of the three roles, with what each may do. */
export function RoleChoice({ legend, current }: { legend: string; current: (typeof roles)[number] }) {
  const t = useTranslations("settings");
  return (
    <fieldset className="grid gap-3">
      <legend className="sr-only">{legend}</legend>
      {roles.map((role) => (
        <label key={role} className="flex gap-3">
          <Radio name="role" value={role} defaultChecked={role === current} className="mt-0.5" />
          <span className="grid">
            <span className="font-medium">{t(`role_${role}`)}</span>
            <span className="text-ink-soft text-sm">{t(`roleWhat_${role}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
