"use server";

import { z } from "zod";
import { publicAction } from "@/lib/auth/action";
import * as machine from "@/lib/portal/time-machine";

const MoveInput = z.strictObject({ move: z.enum(["day", "week", "event"]) });

/** Of the demo, whose logins are public too; in any other world the use case refuses. */
export const moveTime = publicAction(MoveInput, (_visitor, { move }) => machine.moveTime(move));
