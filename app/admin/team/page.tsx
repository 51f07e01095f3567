import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { staffTexts } from "@/app/admin/texts";
import { Section } from "@/components/staff/section";
import { StaffFrame } from "@/components/staff/staff-frame";
import { InviteForm } from "@/components/team/invite-form";
import { TeamMember } from "@/components/team/team-member";
import { ActButton } from "@/components/ui/act-button";
import { Day } from "@/components/ui/day";
import { PageHead } from "@/components/ui/page-head";
import { type OpenInvite, showTeam } from "@/lib/admin/show-team";
import { staffRoles } from "@/lib/auth/actor";
import { context } from "@/lib/auth/context";
import { currentUser, requireStaff } from "@/lib/auth/current";
import { mayStaff } from "@/lib/auth/staff-rights";
import { changeTeam, inviteStaff, withdrawInvite } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("team"))("title") };
}

/** Who works here, in which role, and who is invited. */
export default async function TeamPage() {
  const actor = await requireStaff("/admin/team");
  const [user, { members, invites }, t, desk] = await Promise.all([
    currentUser(),
    showTeam(actor),
    getTranslations("team"),
    getTranslations("desk"),
  ]);
  const mayChange = mayStaff(actor.role, "team.change");
  const answers = await staffTexts([
    "email_not_valid",
    "email_taken_staff",
    "mail_not_sent",
    "invited_too_often",
    "invite_gone",
    "staff_not_found",
    "staff_changed",
    "last_admin",
  ]);
  const roles = staffRoles.map((role) => ({
    value: role,
    text: desk(`role_${role}`),
    what: t(`may_${role}`),
  }));
  const texts = {
    role: t("role"),
    save: t("save"),
    leave: t("leave"),
    back: t("back"),
    left: t("left"),
    you: t("you"),
    saved: t("saved"),
    roleOf: t.raw("roleOf"),
    leaveOf: t.raw("leaveOf"),
    sure: t.raw("sure"),
    cancel: t("cancel"),
  };
  return (
    <StaffFrame hostName={context().settings.hostName} user={user} here="team">
      <PageHead title={t("title")}>
        <p className="mt-1 max-w-prose text-ink-soft">{t("intro")}</p>
      </PageHead>
      <div className="grid gap-12 pb-16 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid content-start gap-12">
          <ul aria-label={t("members")} className="grid border-t">
            {members.map((member) => (
              <TeamMember
                key={`${member.userId} ${member.role} ${member.isDisabled}`}
                member={{
                  userId: member.userId,
                  name: member.name,
                  email: member.email,
                  role: member.role,
                  isDisabled: member.isDisabled,
                }}
                isSelf={member.userId === actor.userId}
                action={mayChange ? changeTeam : null}
                roles={roles}
                texts={texts}
                answers={answers}
              />
            ))}
          </ul>
          <Section title={t("invited")} none={t("noneInvited")} isEmpty={invites.length === 0}>
            <ul className="grid border-t">
              {invites.map((invite) => (
                <Invite key={invite.email} invite={invite} mayChange={mayChange} answers={answers} />
              ))}
            </ul>
          </Section>
        </div>
        <div className="grid content-start gap-10">
          {mayChange && (
            <Section title={t("invite")}>
              <InviteForm
                // An invitation that was sent stands in the list, and the form is there for the next one.
                key={invites.map(({ email }) => email).join(" ")}
                action={inviteStaff}
                roles={roles}
                texts={{ email: t("email"), role: t("role"), submit: t("send"), done: t("sent") }}
                answers={{ ...answers, email_taken: answers.email_taken_staff ?? answers.fault }}
              />
            </Section>
          )}
          <Section title={t("rolesTitle")}>
            <dl className="grid gap-3">
              {roles.map(({ value, text, what }) => (
                <div key={value}>
                  <dt className="font-medium">{text}</dt>
                  <dd className="text-ink-soft text-sm">{what}</dd>
                </div>
              ))}
            </dl>
          </Section>
        </div>
      </div>
    </StaffFrame>
  );
}

async function Invite(props: {
  invite: OpenInvite;
  mayChange: boolean;
  answers: Awaited<ReturnType<typeof staffTexts>>;
}) {
  const { email, role, invitedBy, expiresAt } = props.invite;
  const [t, desk] = await Promise.all([getTranslations("team"), getTranslations("desk")]);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b py-3">
      <div className="min-w-0">
        <p className="break-all font-medium">{email}</p>
        <p className="text-ink-soft text-sm">
          {desk(`role_${role}`)} ·{" "}
          {t.rich("invitedBy", { name: invitedBy, until: () => <Day at={expiresAt} /> })}
        </p>
      </div>
      {props.mayChange && (
        <div>
          <ActButton
            action={withdrawInvite}
            input={{ email }}
            label={t("withdrawOf", { email })}
            text={t("withdraw")}
            done={t("withdrawn")}
            texts={props.answers}
          />
        </div>
      )}
    </li>
  );
}
