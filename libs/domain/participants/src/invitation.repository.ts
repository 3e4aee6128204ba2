import { Injectable } from '@nestjs/common';
import type { ConversationKind, InvitationView, ParticipantRole } from '@parley/contracts/wire';
import type { Tx } from '@parley/platform/database';

const withConversation = { conversation: { select: { kind: true, title: true } } } as const;

/** Open invitations in the database; one whose time is over is none. */
@Injectable()
export class InvitationRepository {
  async find(tx: Tx, conversationId: string, userId: string): Promise<InvitationView | null> {
    const row = await tx.prisma.invitation.findFirst({
      where: { tenantId: tx.tenantId, conversationId, userId, ...open() },
      include: withConversation,
    });
    return row === null ? null : invitationView(row);
  }

  /** Those to a conversation, by user. */
  async listOf(
    tx: Tx,
    conversationId: string,
    after: string | null,
    limit: number,
  ): Promise<InvitationView[]> {
    const rows = await tx.prisma.invitation.findMany({
      where: {
        tenantId: tx.tenantId,
        conversationId,
        ...(after === null ? {} : { userId: { gt: after } }),
        ...open(),
      },
      include: withConversation,
      orderBy: { userId: 'asc' },
      take: limit,
    });
    return rows.map(invitationView);
  }

  /** Those of a user, by conversation. */
  async listFor(tx: Tx, userId: string, after: string | null, limit: number): Promise<InvitationView[]> {
    const rows = await tx.prisma.invitation.findMany({
      where: {
        tenantId: tx.tenantId,
        userId,
        ...(after === null ? {} : { conversationId: { gt: after } }),
        conversation: { status: 'active' },
        ...open(),
      },
      include: withConversation,
      orderBy: { conversationId: 'asc' },
      take: limit,
    });
    return rows.map(invitationView);
  }

  /** A new one takes the place of the one before it. */
  async put(
    tx: Tx,
    conversationId: string,
    invitation: { userId: string; role: ParticipantRole; invitedBy: string | null; expiresAt: Date },
  ): Promise<InvitationView> {
    const { userId, ...fields } = invitation;
    const place = { tenantId: tx.tenantId, conversationId, userId };
    const row = await tx.prisma.invitation.upsert({
      where: { tenantId_conversationId_userId: place },
      create: { ...place, ...fields },
      update: { ...fields, at: new Date() },
      include: withConversation,
    });
    return invitationView(row);
  }

  /** Whether there was an open one. */
  async remove(tx: Tx, conversationId: string, userId: string): Promise<boolean> {
    const place = { tenantId: tx.tenantId, conversationId, userId };
    const { count } = await tx.prisma.invitation.deleteMany({ where: { ...place, ...open() } });
    return count > 0;
  }
}

function open() {
  return { expiresAt: { gt: new Date() } };
}

function invitationView(row: {
  conversationId: string;
  userId: string;
  role: string;
  invitedBy: string | null;
  at: Date;
  expiresAt: Date;
  conversation: { kind: string; title: string | null };
}): InvitationView {
  return {
    conversationId: row.conversationId,
    kind: row.conversation.kind as ConversationKind,
    title: row.conversation.title,
    userId: row.userId,
    role: row.role as ParticipantRole,
    invitedBy: row.invitedBy,
    at: row.at.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  };
}
