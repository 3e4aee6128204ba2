/** What a tenant's users are offered. Each is off unless the installation or the tenant switches it on. */
export interface TenantFeatures {
  /** Working on one thing together, live. */
  realtimeCollaboration: boolean;
  /** Answers and suggestions by a language model. */
  aiFeedback: boolean;
  /** Summaries and figures about conversations. */
  conversationInsights: boolean;
}

export const defaultTenantFeatures: Readonly<TenantFeatures> = {
  realtimeCollaboration: false,
  aiFeedback: false,
  conversationInsights: false,
};
