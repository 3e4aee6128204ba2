import type { ConversationView } from '@parley/contracts/wire';
import { loadLimits } from '@parley/testing';
import type { Random } from '../random';
import type { Backend } from '../system/backend';

export interface Person {
  user: string;
  token: string;
  /** The clients that this user has. */
  clients: { name: string; kind: 'sdk' | 'raw' }[];
}

export interface Conversation {
  id: string;
  /** In it from the beginning to the end. */
  members: string[];
  /** Come and go. */
  floaters: Floater[];
}

export interface Floater {
  user: string;
  isMember: boolean;
  isBanned: boolean;
  /** A change of it is under way. */
  busy: boolean;
}

export interface World {
  /** In all that this tenant's people are called and say, and nowhere else. */
  canary: string;
  people: Person[];
  /** The first one is the hot one, in which everybody is. */
  conversations: Conversation[];
}

const secondDeviceShare = 0.2;
const floatersMax = 3;
const membersMax = 10;

/** Makes a tenant's users, half of them with raw clients, some with a second device of the other kind, and their conversations. */
export async function makeWorld(
  backend: Backend,
  random: Random,
  canary: string,
  size: { clients: number; conversations: number },
): Promise<World> {
  await backend.call('PATCH', '/v1/admin/settings', { limits: loadLimits });
  const people = await makePeople(backend, random, canary, size.clients);
  const conversations: Conversation[] = [];
  for (let index = 0; index < size.conversations; index += 1) {
    conversations.push(
      await makeConversation(backend, random, people, `conversation ${index + 1} of ${canary}`, index),
    );
  }
  return { canary, people, conversations };
}

async function makePeople(
  backend: Backend,
  random: Random,
  canary: string,
  clients: number,
): Promise<Person[]> {
  const people: Person[] = [];
  let made = 0;
  while (made < clients) {
    // The same in each tenant: nothing may be found by the id of a user alone.
    const user = `user-${people.length + 1}`;
    const { token } = await backend.call<{ token: string }>('POST', '/v1/tokens', {
      userId: user,
      name: `${user} of ${canary}`,
      ttlSeconds: 86_400,
    });
    const devices = made + 1 < clients && random.chance(secondDeviceShare) ? 2 : 1;
    const person: Person = { user, token, clients: [] };
    for (let device = 0; device < devices; device += 1) {
      const kind = made % 2 === 0 ? 'raw' : 'sdk';
      person.clients.push({ name: `${canary}.${user}.${kind}`, kind });
      made += 1;
    }
    people.push(person);
  }
  return people;
}

async function makeConversation(
  backend: Backend,
  random: Random,
  people: readonly Person[],
  title: string,
  index: number,
): Promise<Conversation> {
  const users = random.shuffled(people.map(({ user }) => user));
  const count = index === 0 ? users.length : Math.min(users.length, random.between(3, membersMax));
  const floating = index === 0 || random.chance(0.7) ? random.between(1, floatersMax) : 0;
  const chosen = users.slice(0, count);
  const floaters = chosen.slice(0, Math.min(floating, count - 2)).map((user) => ({
    user,
    isMember: random.chance(0.5),
    isBanned: false,
    busy: false,
  }));
  const members = chosen.slice(floaters.length);
  const inIt = [...members, ...floaters.filter(({ isMember }) => isMember).map(({ user }) => user)];
  const { id } = await backend.call<ConversationView>('POST', '/v1/conversations', {
    kind: 'group',
    title,
    history: random.chance(0.5) ? 'full' : 'joined',
    participants: inIt.map((userId, place) => ({ userId, role: place === 0 ? 'owner' : 'member' })),
  });
  return { id, members, floaters };
}
