/**
 * The roles of a membership that may pay and spend the balance. Member rights are made of them, and so are the queries of
 * pay links, which look at a membership without anybody signed in.
 */
export const payingRoles = ["owner", "billing"] as const;
