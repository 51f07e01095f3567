import fc from "fast-check";
import { expect, test } from "vitest";
import { copyIdOf, mailIdOf, noticeOfMailId } from "./mail-id";

test("an id names its notice and the sending, and no other text does", () => {
  fc.assert(
    fc.property(fc.uuid(), fc.integer({ min: 1, max: 999_999 }), (noticeId, sending) => {
      const mailId = mailIdOf(noticeId, sending);
      expect(noticeOfMailId(mailId)).toEqual({ noticeId, sending, copy: null });
      expect(noticeOfMailId(mailId.toUpperCase())).toEqual({ noticeId, sending, copy: null });
      expect(noticeOfMailId(copyIdOf(mailId, 3))).toEqual({ noticeId, sending, copy: 3 });
      expect(mailId).toMatch(/^[A-Za-z0-9.-]{1,200}$/);
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => noticeOfMailId(text) === null));
  const id = "019aaaaa-0000-7000-8000-000000000001";
  for (const odd of [`${id}.`, `${id}.0`, `${id}.-1`, `${id}.2.3`, `${id}.c0`, `${id}.c1.2`, `x${id}`])
    expect(noticeOfMailId(odd)).toBeNull();
});
