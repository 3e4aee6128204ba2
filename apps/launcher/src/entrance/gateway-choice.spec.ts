import { GatewayChoice } from './gateway-choice';

const one = { name: 'gateway-1', port: 1 };
const two = { name: 'gateway-2', port: 2 };

describe('choosing a gateway', () => {
  it('takes turns while both have the same', () => {
    const choice = new GatewayChoice();
    expect([1, 2, 3, 4].map(() => choice.choose([one, two])?.port)).toEqual([1, 2, 1, 2]);
  });

  it('prefers the one with fewer connections, and counts the closed ones off', () => {
    const choice = new GatewayChoice();
    const closed = choice.opened(one);
    choice.opened(two);
    const other = choice.opened(one);
    expect([1, 2].map(() => choice.choose([one, two])?.name)).toEqual(['gateway-2', 'gateway-2']);
    closed();
    other();
    expect(choice.choose([one, two])?.name).toBe('gateway-1');
  });

  it('chooses none where none is up', () => {
    expect(new GatewayChoice().choose([])).toBeUndefined();
  });
});
