import { keyOf, revocations, RevocationTable, type Outcome } from './revocation-table';

// The revocation table (I13, S4): each way to be shut out × both gateways × Redis.
describe.each([
  { redis: 'up', withinMs: 2_000 },
  { redis: 'down', withinMs: 5_000 },
] as const)(
  'with Redis $redis, $withinMs ms after the ack, nothing reaches a user',
  ({ redis, withinMs }) => {
    let table: RevocationTable | undefined;
    let outcomes = new Map<string, Outcome>();

    beforeAll(async () => {
      table = await RevocationTable.start();
      outcomes = await table.run({ redis, withinMs });
    }, 120_000);
    afterAll(() => table?.stop());

    const cells = revocations.flatMap((revocation) =>
      [0, 1].map((gateway) => ({ ...revocation, gateway, cell: keyOf(revocation, gateway) })),
    );
    it.each(cells)('$cell', ({ cell, closeCode, refusal, leewayMs, endsAll, kind, lastEvent }) => {
      const outcome = outcomes.get(cell);
      expect(outcome).toMatchObject({ late: [[], []], overRest: refusal });
      expect(outcome?.closeCodes).toEqual([closeCode, closeCode]);
      if (lastEvent !== undefined) expect(outcome?.lastEvents).toEqual([lastEvent, lastEvent]);
      // An expired token may get in as long as clocks may stand apart, and is ended a second later.
      if (leewayMs === undefined)
        expect(outcome?.reconnect).toBe(closeCode === undefined ? undefined : refusal);
      // Others went on hearing all of it.
      if (kind === 'group' && endsAll !== true)
        expect(outcome?.control).toEqual(
          expect.arrayContaining(['message.created', 'message.updated', 'reaction.added']),
        );
    });
  },
);
