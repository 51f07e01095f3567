"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { type AnswerTexts, sentenceOf } from "@/components/ui/answer-texts";
import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/input";
import { toast } from "@/components/ui/toast";
import type { Result } from "@/lib/kernel/result";

type Word = "auditor" | "support" | "finance" | "admin" | "none";

interface TeamMemberProps {
  member: { userId: string; name: string; email: string; role: Exclude<Word, "none">; isDisabled: boolean };
  isSelf: boolean;
  /** Null for those who only look. */
  action: ((input: { userId: string; role: Word; seenRole: Word }) => Promise<Result<unknown>>) | null;
  roles: readonly { value: string; text: string }[];
  texts: Record<"role" | "save" | "leave" | "back" | "left" | "you" | "saved" | "cancel", string> & {
    /** With {name}. */
    roleOf: string;
    leaveOf: string;
    sure: string;
  };
  answers: AnswerTexts;
}

/** Somebody of the staff: their role, changed in place; and the end of their work here, asked for twice. */
export function TeamMember({ member, isSelf, action, roles, texts, answers }: TeamMemberProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [role, setRole] = useState<Word>(member.role);
  const [isAsking, setAsking] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const seenRole: Word = member.isDisabled ? "none" : member.role;
  const named = (sentence: string) => sentence.replace("{name}", member.name);

  function become(next: Word) {
    if (!action) return;
    setRefusal(null);
    startTransition(async () => {
      try {
        const answer = await action({ userId: member.userId, role: next, seenRole });
        if (answer.ok) toast(texts.saved);
        else setRefusal(sentenceOf(answer.refusal, answers));
        setAsking(false);
        router.refresh();
      } catch {
        setRefusal(answers.lost);
      }
    });
  }

  return (
    <li className="grid gap-2 border-b py-4 sm:grid-cols-[minmax(0,1fr)_auto] sm:items-center sm:gap-6">
      <div className="min-w-0">
        <p className="font-medium" dir="auto">
          {member.name}
          {isSelf && <span className="ml-2 font-normal text-ink-soft text-sm">{texts.you}</span>}
          {member.isDisabled && <span className="ml-2 font-normal text-ink-soft text-sm">{texts.left}</span>}
        </p>
        <p className="break-all text-ink-soft text-sm">{member.email}</p>
      </div>
      {!action && <p>{roles.find(({ value }) => value === member.role)?.text}</p>}
      {action && member.isDisabled && (
        <Button pending={pending} onClick={() => become(member.role)}>
          {texts.back}
        </Button>
      )}
      {action && !member.isDisabled && !isAsking && (
        <div className="flex flex-wrap items-center gap-2">
          <div className="w-36">
            <Select
              aria-label={named(texts.roleOf)}
              value={role}
              onChange={(event) => setRole(event.target.value as Word)}
            >
              {roles.map(({ value, text }) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </Select>
          </div>
          {role !== member.role && (
            <Button kind="primary" pending={pending} onClick={() => become(role)}>
              {texts.save}
            </Button>
          )}
          <Button kind="quiet" onClick={() => setAsking(true)} aria-label={named(texts.leaveOf)}>
            {texts.leave}
          </Button>
        </div>
      )}
      {action && isAsking && (
        <div className="flex flex-wrap items-center gap-2">
          <p className="text-sm">{named(texts.sure)}</p>
          <Button kind="danger" pending={pending} onClick={() => become("none")} autoFocus>
            {texts.leave}
          </Button>
          <Button kind="quiet" onClick={() => setAsking(false)}>
            {texts.cancel}
          </Button>
        </div>
      )}
      {refusal && (
        <p role="alert" className="text-bad text-sm sm:col-span-2">
          {refusal}
        </p>
      )}
    </li>
  );
}
