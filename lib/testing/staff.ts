import type { StaffActor, StaffRole } from "@/lib/auth/actor";
import { newId, type SessionId, type UserId } from "@/lib/kernel/id";
import type { TestWorld } from "./world";

/** Somebody of the staff, as their session names them; whoever acts is named in what they do, so they exist. */
export async function makeStaff(
  world: TestWorld,
  role: StaffRole,
  name = `Staff ${role}`,
): Promise<StaffActor & { email: string }> {
  const userId = newId<UserId>(world.clock);
  const now = world.clock.now();
  const email = `${userId}@ducky.example`;
  await world.staff.sql`
    insert into users (id, email, name, created_at) values (${userId}, ${email}, ${name}, ${now})`;
  await world.staff.sql`insert into staff (user_id, role, created_at) values (${userId}, ${role}, ${now})`;
  return { userId, sessionId: newId<SessionId>(world.clock), role, email };
}
