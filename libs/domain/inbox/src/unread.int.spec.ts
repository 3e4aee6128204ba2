import { UnreadRecount } from '../test/unread-recount';

describe('what is unread, in some histories (I10, I11)', () => {
  let recount: UnreadRecount;

  beforeAll(async () => {
    recount = await UnreadRecount.start();
  });
  afterAll(() => recount.stop());

  it('equals a recount after any order of sends, edits, deletes, reads, marks, joins and leaves; markers never fall', async () => {
    await recount.check(20, { atOnce: false });
  }, 300_000);

  it('equals a recount when these happen at the same time', async () => {
    await recount.check(12, { atOnce: true });
  }, 300_000);
});
