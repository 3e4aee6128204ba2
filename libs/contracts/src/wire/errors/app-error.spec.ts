import { AppError } from './app-error';

describe('AppError', () => {
  it('says where it was thrown, unless it refuses under load: there a stack would cost as much as all else', () => {
    expect(new AppError('request.invalid').stack).toContain('app-error.spec');
    expect(new AppError('service.overloaded').stack).not.toContain('app-error.spec');
    expect(new AppError('rate_limit.exceeded').stack).not.toContain('app-error.spec');
    expect(new Error('any other').stack).toContain('app-error.spec');
  });
});
