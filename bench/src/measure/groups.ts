import type { ClientPlan } from '@parley/testing/load';
import type { Subject } from '../subjects/subject.types';

const groupSize = 20;

/** So many users of a subject, each in one conversation of 20. */
export async function makeGroups(subject: Subject, users: number): Promise<ClientPlan[]> {
  const conversations = Array.from({ length: Math.ceil(users / groupSize) }, (_, group) =>
    Array.from({ length: groupSize }, (_, member) => group * groupSize + member).filter(
      (user) => user < users,
    ),
  );
  const { auth, conversationIds } = await subject.make({ users, conversations });
  return Array.from({ length: users }, (_, user) => ({
    auth: auth(user),
    conversations: [conversationIds[Math.floor(user / groupSize)] ?? ''],
  }));
}
