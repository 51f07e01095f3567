import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Suspense } from "react";
import { InvitationList, MemberList } from "@/components/settings/member-list";
import { RightsTable } from "@/components/settings/rights-table";
import { SettingsForm } from "@/components/settings/settings-form";
import { SettingsHead } from "@/components/settings/settings-head";
import { SettingsSection } from "@/components/settings/settings-section";
import { settingsTexts } from "@/components/settings/settings-texts";
import { Callout } from "@/components/ui/callout";
import { Loading } from "@/components/ui/loading";
import { carrying } from "@/lib/auth/action";
import { requireCustomer } from "@/lib/auth/current";
import { memberRightList } from "@/lib/auth/member-rights";
import { invitationDays } from "@/lib/portal/invite-member";
import type { CustomerActor } from "@/lib/portal/shapes";
import { showMembers } from "@/lib/portal/show-members";
import { changeMemberRole, inviteMember, removeMember, withdrawInvitation } from "./actions";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("settings"))("members") };
}

export default async function MembersPage() {
  const actor = await requireCustomer("/settings/members");
  const shell = await getTranslations("shell");
  return (
    <>
      <SettingsHead here="/settings/members" />
      <Suspense fallback={<Loading text={shell("loading")} />}>
        <Members actor={actor} />
      </Suspense>
    </>
  );
}

async function Members({ actor }: { actor: CustomerActor }) {
  const { customer, members, invitations, canChange } = await showMembers(actor);
  const t = await getTranslations("settings");
  const texts = await settingsTexts();
  return (
    <div className="grid max-w-2xl gap-10">
      <SettingsSection id="members" title={t("members")} intro={t("membersIntro", { customer })}>
        <MemberList
          members={members}
          canChange={canChange}
          changeRole={carrying(actor, changeMemberRole)}
          remove={carrying(actor, removeMember)}
          texts={texts}
        />
        {!canChange && (
          <Callout tone="calm">
            <p>{t("ownersOnly")}</p>
          </Callout>
        )}
      </SettingsSection>
      {invitations.length > 0 && (
        <SettingsSection id="invitations" title={t("invitations")}>
          <InvitationList
            invitations={invitations}
            canChange={canChange}
            withdraw={carrying(actor, withdrawInvitation)}
            texts={texts}
          />
        </SettingsSection>
      )}
      {canChange && (
        <SettingsSection id="invite" title={t("invite")} intro={t("inviteIntro", { days: invitationDays })}>
          <InviteForm actor={actor} />
        </SettingsSection>
      )}
      <SettingsSection id="rights" title={t("rights")}>
        <RightsTable rights={memberRightList} />
      </SettingsSection>
    </div>
  );
}

async function InviteForm({ actor }: { actor: CustomerActor }) {
  const t = await getTranslations("settings");
  return (
    <SettingsForm
      action={carrying(actor, inviteMember)}
      fields={[
        {
          name: "email",
          label: t("inviteEmail"),
          value: "",
          isRequired: true,
          type: "email",
          maxLength: 254,
          autoComplete: "off",
        },
        {
          name: "role",
          label: t("role"),
          value: "viewer",
          choices: (["viewer", "billing", "owner"] as const).map((role) => ({
            value: role,
            label: `${t(`role_${role}`)} · ${t(`roleWhat_${role}`)}`,
          })),
        },
      ]}
      submit={t("inviteSubmit")}
      done={t("invited")}
      isEmptied
      texts={await settingsTexts()}
    />
  );
}
