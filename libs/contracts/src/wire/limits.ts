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
  originMaxChars: 300,
  originsPerTenant: 50,
  jwksUrlMaxChars: 2_048,
  /** URLs of one tenant that are asked for its keys. */
  jwksUrlsPerTenant: 4,
  /** UTF-8 bytes of the `iss` or `aud` of a key. */
  issuerMaxBytes: 512,
  labelMaxChars: 64,
  /** UTF-8 bytes of why a user is banned. */
  reasonMaxBytes: 500,
  slowModeMaxSeconds: 6 * 3600,
  participantsPerRequest: 100,
  /** Participants of a conversation in which everybody hears live how far others have read. */
  readMarkersMaxParticipants: 50,
  /** Followers of a thread in which each is told live how it stands. */
  threadTellsMaxFollowers: 50,
  /** Conversations that one socket has on its screen. */
  openConversationsPerSocket: 50,
  /** Somebody has stopped typing so long after the last `typing.start`. */
  typingTimeoutMs: 3_000,
  /** Users of a conversation who are shown typing at once. */
  typingShownMaxUsers: 20,
  /** Users whose presence one socket watches, beside the partners of the direct conversations that it has open. */
  presenceWatchMaxUsers: 200,
  /** A user is offline so long after its last device went. */
  presenceGraceMs: 8_000,
  invitationDefaultSeconds: 7 * 24 * 3600,
  invitationMaxSeconds: 90 * 24 * 3600,
  blocksPerUser: 1_000,
  pageDefaultItems: 50,
  pageMaxItems: 200,
  conversationsPageDefaultItems: 20,
  conversationsPageMaxItems: 100,
  /** UTF-8 bytes of what is searched for. */
  searchQueryMaxBytes: 256,
  /** Words and phrases of one search, those that must not occur too. */
  searchTermsMax: 16,
  /** Conversations that one search may be narrowed to. */
  searchConversationsMax: 20,
  highlightsPerHit: 20,
  /** Participants of a conversation that is also found by their names. */
  peopleSearchedMax: 50,
  headsPageItems: 500,
  syncMaxConversations: 200,
  syncMaxEvents: 500,
  /** UTF-8 bytes of the events of one answer, as JSON; a single event may be larger. */
  syncMaxBytes: 512 * 1024,
  tokenMaxChars: 8 * 1024,
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
