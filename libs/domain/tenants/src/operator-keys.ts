import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { AppError, operatorScopes, type OperatorKeyView, type OperatorScope } from '@parley/contracts/wire';
import { apiKeyHash, newOperatorKey } from '@parley/platform/auth';
import { Db } from '@parley/platform/database';
import {
  systemOperatorKeyCreate,
  systemOperatorKeyRevoke,
  systemOperatorKeys,
  type OperatorKeyRow,
} from './tenant.functions';

/** A new operator key: the only time that its secret is shown. */
export type CreatedOperatorKey = OperatorKeyView & { secret: string };

/** The keys of whoever runs the installation. No request reaches them: they are made where the database is. */
@Injectable()
export class OperatorKeys {
  constructor(private readonly db: Db) {}

  async create(name: string, scopes: readonly OperatorScope[] = operatorScopes): Promise<CreatedOperatorKey> {
    const secret = newOperatorKey();
    const [row] = await this.db.system.call(
      systemOperatorKeyCreate,
      uuidv7(),
      name,
      apiKeyHash(secret),
      scopes,
    );
    if (row === undefined) throw new RangeError('an operator key was not stored');
    return { ...operatorKeyView(row), secret };
  }

  /** Oldest first, the revoked ones too. */
  async list(): Promise<OperatorKeyView[]> {
    return (await this.db.system.call(systemOperatorKeys)).map(operatorKeyView);
  }

  /** Ends it within two seconds on every process; again changes nothing. @throws AppError `key.not_found` */
  async revoke(id: string): Promise<OperatorKeyView> {
    const [row] = await this.db.system.call(systemOperatorKeyRevoke, id);
    if (row === undefined) throw new AppError('key.not_found');
    return operatorKeyView(row);
  }
}

function operatorKeyView({ id, name, scopes, created_at, revoked_at }: OperatorKeyRow): OperatorKeyView {
  const createdAt = created_at.toISOString();
  return {
    id,
    name,
    scopes,
    createdAt,
    ...(revoked_at === null ? {} : { revokedAt: revoked_at.toISOString() }),
  };
}
