import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { MessageSearchQueryDto } from '@parley/contracts/dto';

const id = '019a0000-0000-7000-8000-00000000000a';

describe('MessageSearchQueryDto', () => {
  const read = (query: object): MessageSearchQueryDto | string[] => {
    const dto = plainToInstance(MessageSearchQueryDto, { q: 'word', ...query });
    const errors = validateSync(dto);
    return errors.length === 0 ? dto : errors.map(({ property }) => property);
  };

  it('takes a filter once or several times', () => {
    expect(read({ conversationId: id, has: 'link' })).toMatchObject({ conversationId: [id], has: ['link'] });
    expect(read({ has: ['link', 'pin'] })).toMatchObject({ has: ['link', 'pin'] });
    expect(read({})).toEqual({ q: 'word' });
  });

  it('S14: refuses whatever is no value of a filter', () => {
    expect(read({ conversationId: 'x' })).toEqual(['conversationId']);
    expect(read({ conversationId: { not: '' } })).toEqual(['conversationId']);
    expect(read({ has: ['link', 'file'] })).toEqual(['has']);
    expect(read({ from: ['ada'] })).toEqual(['from']);
    expect(read({ q: ['a'] })).toEqual(['q']);
    expect(read({ before: 'yesterday' })).toEqual(['before']);
  });
});
