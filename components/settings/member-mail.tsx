import { useTranslations } from "next-intl";
import { Checkbox } from "@/components/ui/choice";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import type { MemberView } from "@/lib/portal/show-members";

/** Where mail about invoices goes once this member is gone: who gets it then, and which copies stop. */
export function MemberMailFields({ member }: { member: MemberView }) {
  const t = useTranslations("settings");
  const { userId, email, isSelf, mail } = member;
  if (!mail) return null;
  return (
    <>
      {mail.mainChoices && (
        <Field
          id={`main-${userId}`}
          label={t("nextMain")}
          hint={isSelf ? t("nextMainOwn") : t("nextMainOf", { email })}
        >
          {(control) => (
            <Select {...control} name="mainEmail" required defaultValue={mail.mainChoices?.[0]}>
              {mail.mainChoices?.map((address) => (
                <option key={address} value={address}>
                  {address}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {mail.copies.length > 0 && (
        <fieldset className="grid gap-2">
          <legend className="mb-1 font-medium text-sm">{t("copiesOnRemoval")}</legend>
          {mail.copies.map(({ address, isTheirs }) => (
            <label key={address} className="flex gap-3">
              <Checkbox name="stopCopies[]" value={address} defaultChecked={isTheirs} className="mt-0.5" />
              <span className="break-all">{t("stopCopy", { email: address })}</span>
            </label>
          ))}
        </fieldset>
      )}
    </>
  );
}
