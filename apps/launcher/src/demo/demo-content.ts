/** The people and the conversations that a new installation shows. */
export const demoUsers = [
  { id: 'ada', name: 'Ada' },
  { id: 'grace', name: 'Grace' },
  { id: 'linus', name: 'Linus' },
] as const;

export type DemoUserId = (typeof demoUsers)[number]['id'];

export interface DemoConversation {
  /** Names its messages, so that writing them again makes none twice. */
  key: string;
  kind: 'group' | 'direct';
  title?: string;
  participants: { userId: DemoUserId; role?: 'owner' }[];
  messages: { from: DemoUserId; text: string }[];
}

export const demoConversations: readonly DemoConversation[] = [
  {
    key: 'welcome',
    kind: 'group',
    title: 'Welcome',
    participants: [{ userId: 'ada', role: 'owner' }, { userId: 'grace' }, { userId: 'linus' }],
    messages: [
      { from: 'ada', text: 'Welcome to Parley! Everything here runs on this machine.' },
      {
        from: 'grace',
        text: 'Every message has a number in its conversation, without a gap. Whoever was away asks for what is missing.',
      },
      { from: 'linus', text: 'I closed my laptop in the middle of this. What did I miss?' },
      { from: 'ada', text: 'Nothing. Open a second terminal, chat as one of us, and see.' },
    ],
  },
  {
    key: 'ada-grace',
    kind: 'direct',
    participants: [{ userId: 'ada' }, { userId: 'grace' }],
    messages: [
      { from: 'grace', text: 'Do you have a minute to look at the release notes?' },
      { from: 'ada', text: 'Sure, send them over.' },
    ],
  },
];
