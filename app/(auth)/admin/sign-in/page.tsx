import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { answerTexts } from "@/app/(auth)/answers";
import { demoChoice } from "@/app/(auth)/demo-choice";
import { SignInForm } from "@/components/sign-in/sign-in-form";
import { TextLink } from "@/components/ui/text-link";
import { homePath, safeCallbackPath } from "@/lib/auth/callback-path";
import { currentUser } from "@/lib/auth/current";
import { currentHost } from "@/lib/auth/host";

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations("staffSignIn"))("title") };
}

interface SignInPageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** The door of staff. A customer's login is refused here in the words of a wrong password. */
export default async function StaffSignInPage({ searchParams }: SignInPageProps) {
  const asked = safeCallbackPath((await searchParams).callbackUrl);
  const callbackPath = asked === homePath ? "/admin" : asked;
  const user = await currentUser();
  if (user && user.staffRole !== null) redirect(callbackPath);
  const [t, words] = await Promise.all([getTranslations("signIn"), getTranslations("staffSignIn")]);
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">
        {words("heading", { host: (await currentHost()).name })}
      </h1>
      <SignInForm
        section="admin"
        callbackPath={callbackPath}
        texts={{ email: t("email"), password: t("password"), submit: t("submit") }}
        answers={await answerTexts()}
        demo={await demoChoice("admin")}
      >
        <p className="flex flex-wrap justify-between gap-x-6 gap-y-2">
          <TextLink href="/reset">{t("forgotten")}</TextLink>
          <TextLink href="/sign-in">{words("customers")}</TextLink>
        </p>
      </SignInForm>
    </>
  );
}
