import { UnreadRecount } from './unread-recount';

describe('what is unread, in very many histories (I10, I11)', () => {
  let recount: UnreadRecount;

  beforeAll(async () => {
    recount = await UnreadRecount.start();
  });
  afterAll(() => recount.stop());

  it('equals a recount after any order of sends, edits, deletes, reads, marks, joins and leaves; markers never fall', async () => {
    await recount.check(1000, { atOnce: false });
  }, 1_800_000);

  it('equals a recount when these happen at the same time', async () => {
    await recount.check(500, { atOnce: true });
  }, 1_800_000);
});
