import type { ReactNode } from "react";

interface SettingsSectionProps {
  id: string;
  title: string;
  intro?: string;
  children: ReactNode;
}

/** One matter of the settings, with what it means. */
export function SettingsSection({ id, title, intro, children }: SettingsSectionProps) {
  return (
    <section aria-labelledby={id} className="grid gap-4">
      <div className="grid gap-1">
        <h2 id={id} className="font-semibold text-lg">
          {title}
        </h2>
        {intro && <p className="text-ink-soft">{intro}</p>}
      </div>
      {children}
    </section>
  );
}
