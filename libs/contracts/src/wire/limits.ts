import type { PublicLimits } from './users/user.types';

/** Limits that clients see; units are in the names. */
export const limits = {
  /** UTF-8 bytes of a message's text. */
  messageTextMaxBytes: 16 * 1024,
  /** Bytes of a message's or conversation's metadata as JSON. */
  metadataMaxBytes: 4 * 1024,
  metadataMaxDepth: 4,
  mentionsPerMessage: 100,
  /** Different keys, of all users together. */
  reactionKeysPerMessage: 50,
  pinsPerConversation: 100,
  /** One WebSocket frame. */
  frameMaxBytes: 64 * 1024,
  /** Lists and objects within each other, in a request over a socket. */
  jsonMaxDepth: 16,
  /** One REST body; imports have their own. */
  requestBodyMaxBytes: 256 * 1024,
  importBodyMaxBytes: 12 * 1024 * 1024,
  importPageMaxItems: 500,
  userIdMaxChars: 128,
  userNameMaxChars: 200,
  titleMaxChars: 200,
  tenantNameMaxBytes: 200,
  labelMaxChars: 64,
  participantsPerRequest: 100,
  /** Participants of a conversation in which everybody hears live how far others have read. */
  readMarkersMaxParticipants: 50,
  /** Followers of a thread in which each is told live how it stands. */
  threadTellsMaxFollowers: 50,
  pageDefaultItems: 50,
  pageMaxItems: 200,
  conversationsPageDefaultItems: 20,
  conversationsPageMaxItems: 100,
  /** UTF-8 bytes of what is searched for. */
  searchQueryMaxBytes: 256,
  headsPageItems: 500,
  syncMaxConversations: 200,
  syncMaxEvents: 500,
  /** UTF-8 bytes of the events of one answer, as JSON; a single event may be larger. */
  syncMaxBytes: 512 * 1024,
  tokenDefaultTtlSeconds: 3600,
  tokenMaxTtlSeconds: 30 * 24 * 3600,
  /** A socket that has not authenticated after this is closed. */
  handshakeTimeoutMs: 5_000,
  pingIntervalMs: 25_000,
  pingTimeoutMs: 8_000,
} as const;

/** The sizes that answers tell. */
export const publicLimits: PublicLimits = {
  messageTextMaxBytes: limits.messageTextMaxBytes,
  metadataMaxBytes: limits.metadataMaxBytes,
  frameMaxBytes: limits.frameMaxBytes,
  participantsPerRequest: limits.participantsPerRequest,
  pageMaxItems: limits.pageMaxItems,
};

/** Form of a clientMessageId. */
export const clientMessageIdPattern = /^[A-Za-z0-9._:-]{8,64}$/;
