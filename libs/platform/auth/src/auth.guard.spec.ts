import { Catch, Controller, Get, Module, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { AppError } from '@parley/contracts/wire';
import type { Actor, OperatorActor } from './actor';
import { AuthGuard } from './auth.guard';
import { newOperatorKey, newServerKey } from './credentials';
import { CurrentActor, CurrentOperator } from './current-actor.decorator';
import { ForOperators } from './for-operators.decorator';
import { OperatorKeyVerifier } from './operator-key-verifier';
import { Public } from './public.decorator';
import { ServerKeyVerifier } from './server-key-verifier';
import { TokenVerifier } from './token-verifier';

const tenantId = '019a0000-0000-7000-8000-000000000001';
const serverKey = newServerKey();
const operatorKey = newOperatorKey();

@Controller()
class ProbeController {
  @Public()
  @Get('public')
  open(): string {
    return 'open';
  }

  @ForOperators()
  @Get('operator')
  operator(@CurrentOperator() operator: OperatorActor): OperatorActor {
    return operator;
  }

  @Get('who')
  who(@CurrentActor() actor: Actor): Actor {
    return actor;
  }
}

interface CodeResponse {
  status(code: number): { json(body: unknown): void };
}

@Catch(AppError)
class CodeFilter implements ExceptionFilter<AppError> {
  catch(error: AppError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<CodeResponse>().status(400).json(error.toBody());
  }
}

const tokens = {
  verify: async (token: string): Promise<Actor> => {
    if (token !== 'good.user.token') throw new AppError('token.expired');
    return {
      kind: 'user',
      tenantId,
      userId: 'ada',
      role: 'member',
      issuedAt: 0,
      expiresAt: 1,
      keyId: 'key',
      invisible: false,
    };
  },
};

const serverKeys = {
  verify: async (key: string, userId: string | null): Promise<Actor> => {
    if (key !== serverKey) throw new AppError('token.invalid');
    return { kind: 'server', tenantId, keyId: 'key', scopes: ['messages'], userId };
  },
};

const operatorKeys = {
  verify: async (key: string): Promise<OperatorActor> => {
    if (key !== operatorKey) throw new AppError('token.invalid');
    return { keyId: 'key', scopes: ['read'] };
  },
};

@Module({
  controllers: [ProbeController],
  providers: [
    AuthGuard,
    { provide: TokenVerifier, useValue: tokens },
    { provide: ServerKeyVerifier, useValue: serverKeys },
    { provide: OperatorKeyVerifier, useValue: operatorKeys },
    { provide: APP_GUARD, useExisting: AuthGuard },
    { provide: APP_FILTER, useClass: CodeFilter },
  ],
})
class ProbeModule {}

describe('AuthGuard', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = (await Test.createTestingModule({ imports: [ProbeModule] }).compile()).createNestApplication({
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(() => app.close());

  async function get(path: string, headers: Record<string, string> = {}): Promise<unknown> {
    const text = await (await fetch(`${url}/${path}`, { headers })).text();
    return text.startsWith('{') ? JSON.parse(text) : text;
  }

  it('lets anybody at a public route, whatever the credentials', async () => {
    expect(await get('public')).toBe('open');
    expect(await get('public', { authorization: 'Bearer rubbish' })).toBe('open');
  });

  it.each([{}, { authorization: '' }, { authorization: 'Basic YTpi' }, { authorization: 'Bearer' }] as Record<
    string,
    string
  >[])('asks for credentials where there are none: %j', async (headers) => {
    expect(await get('who', headers)).toMatchObject({ code: 'token.missing' });
  });

  it('knows a user by the token, and passes the verifier’s refusal on', async () => {
    expect(await get('who', { authorization: 'Bearer good.user.token' })).toMatchObject({
      kind: 'user',
      userId: 'ada',
    });
    expect(await get('who', { authorization: 'bearer good.user.token' })).toMatchObject({ kind: 'user' });
    expect(await get('who', { authorization: 'Bearer old.user.token' })).toMatchObject({
      code: 'token.expired',
    });
  });

  it('S2: takes no token from the query', async () => {
    expect(await get('who?token=good.user.token&access_token=good.user.token')).toMatchObject({
      code: 'token.missing',
    });
  });

  it('knows a server key, and whom it acts for', async () => {
    const authorization = `Bearer ${serverKey}`;
    expect(await get('who', { authorization })).toMatchObject({ kind: 'server', userId: null });
    expect(await get('who', { authorization, 'parley-act-as': 'J%C3%B6rg' })).toMatchObject({
      userId: 'Jörg',
    });
    expect(await get('who', { authorization: `${authorization}x` })).toMatchObject({ code: 'token.invalid' });
    const malformed = await get('who', { authorization, 'parley-act-as': '%E0%' });
    expect(malformed).toMatchObject({ code: 'request.invalid', issues: [{ path: 'Parley-Act-As' }] });
  });

  it('no user acts for another', async () => {
    const headers = { authorization: 'Bearer good.user.token', 'parley-act-as': 'grace' };
    expect(await get('who', headers)).toMatchObject({
      code: 'request.invalid',
      issues: [{ path: 'Parley-Act-As' }],
    });
  });

  it('S12: an operator key opens operator routes alone, and nothing else opens them', async () => {
    expect(await get('operator', { authorization: `Bearer ${operatorKey}` })).toEqual({
      keyId: 'key',
      scopes: ['read'],
    });
    expect(await get('operator')).toMatchObject({ code: 'token.missing' });
    for (const credential of [serverKey, 'good.user.token'])
      expect(await get('operator', { authorization: `Bearer ${credential}` })).toMatchObject({
        code: 'token.invalid',
      });
    expect(await get('who', { authorization: `Bearer ${operatorKey}` })).toMatchObject({
      code: 'token.expired',
    });
  });
});
