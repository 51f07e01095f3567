import { useTranslations } from "next-intl";
import { AskButton } from "@/components/settings/ask-button";
import { MemberMailFields } from "@/components/settings/member-mail";
import { RoleChoice } from "@/components/settings/role-choice";
import type { AnswerTexts } from "@/components/ui/answer-texts";
import { Badge } from "@/components/ui/badge";
import { Day } from "@/components/ui/day";
import type { Result } from "@/lib/kernel/result";
import type { InvitationRow, MemberView } from "@/lib/portal/show-members";

type FormAction = (form: FormData) => Promise<Result<unknown>>;

interface MemberListProps {
  members: readonly MemberView[];
  canChange: boolean;
  changeRole: FormAction;
  remove: FormAction;
  texts: AnswerTexts;
}

/** Who belongs to the customer; each row has what this reader may do about it. */
export function MemberList({ members, ...rest }: MemberListProps) {
  const t = useTranslations("settings");
  return (
    <ul aria-label={t("members")} className="grid border-t">
      {members.map((member) => (
        <MemberItem key={member.userId} member={member} {...rest} />
      ))}
    </ul>
  );
}

function MemberItem({
  member,
  canChange,
  changeRole,
  remove,
  texts,
}: Omit<MemberListProps, "members"> & { member: MemberView }) {
  const t = useTranslations("settings");
  const { userId, name, email, role, joinedAt, isSelf, canSignIn, mail } = member;
  return (
    <li className="flex flex-wrap items-center gap-x-6 gap-y-1 border-b py-3">
      <div className="min-w-0 flex-1 basis-60">
        <p className="flex flex-wrap items-center gap-x-3">
          <span className="break-words font-medium" dir="auto">
            {name}
          </span>
          {isSelf && <span className="text-ink-soft">({t("you")})</span>}
          {!canSignIn && (
            <Badge tone="bad" shape="slash">
              {t("cannotSignIn")}
            </Badge>
          )}
        </p>
        <p className="break-all text-ink-soft text-sm">{email}</p>
        <p className="text-ink-soft text-sm">
          {t(`role_${role}`)}, {t("joined")} <Day at={joinedAt} />
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-1 max-sm:-ml-3">
        {canChange && (
          <AskButton
            action={changeRole}
            hidden={{ userId }}
            label={t("changeRole")}
            name={t("changeRoleOf", { name })}
            title={t("changeRoleTitle", { name })}
            confirm={{ text: t("changeRoleConfirm"), kind: "primary" }}
            keep={t("keep")}
            done={t("roleChanged", { name })}
            texts={texts}
          >
            <RoleChoice legend={t("role")} current={role} />
          </AskButton>
        )}
        {(canChange || isSelf) && (
          <AskButton
            action={remove}
            hidden={{ userId, ...(mail && { seenCopies: mail.seenCopies }) }}
            label={isSelf ? t("leave") : t("remove")}
            name={isSelf ? t("leave") : t("removeOf", { name })}
            title={isSelf ? t("leaveTitle") : t("removeTitle", { name })}
            confirm={{ text: isSelf ? t("leaveConfirm") : t("removeConfirm"), kind: "danger" }}
            keep={t("keep")}
            done={isSelf ? t("left") : t("removed", { name })}
            texts={texts}
          >
            <p>{isSelf ? t("leaveBody") : t("removeBody")}</p>
            <MemberMailFields member={member} />
          </AskButton>
        )}
      </div>
    </li>
  );
}

interface InvitationListProps {
  invitations: readonly InvitationRow[];
  canChange: boolean;
  withdraw: FormAction;
  texts: AnswerTexts;
}

/** Who was invited and has not come yet. */
export function InvitationList({ invitations, canChange, withdraw, texts }: InvitationListProps) {
  const t = useTranslations("settings");
  return (
    <ul aria-labelledby="invitations" className="grid border-t">
      {invitations.map(({ id, email, role, expiresAt, isExpired }) => (
        <li key={id} className="flex flex-wrap items-center gap-x-6 gap-y-1 border-b py-3">
          <div className="min-w-0 flex-1 basis-60">
            <p className="break-all font-medium">{email}</p>
            <p className="text-ink-soft text-sm">
              {isExpired ? (
                t("invitationExpired", { role: t(`role_${role}`) })
              ) : (
                <>
                  {t("invitedAs", { role: t(`role_${role}`) })} <Day at={expiresAt} />
                </>
              )}
            </p>
          </div>
          {canChange && (
            <div className="max-sm:-ml-3">
              <AskButton
                action={withdraw}
                hidden={{ invitationId: id }}
                label={t("withdraw")}
                name={t("withdrawOf", { email })}
                title={t("withdrawTitle", { email })}
                confirm={{ text: t("withdrawConfirm"), kind: "danger" }}
                keep={t("keep")}
                done={t("withdrawn", { email })}
                texts={texts}
              >
                <p>{t("withdrawBody")}</p>
              </AskButton>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
