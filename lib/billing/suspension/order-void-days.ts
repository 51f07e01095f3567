/** An order that nobody paid so many days after due is given up (domain.md, Cancelling). */
export const orderVoidDays = 14;
