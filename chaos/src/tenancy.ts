import type { ChaosClient } from './clients/chaos-client';
import { RawClient } from './clients/raw-client';
import { SdkClient } from './clients/sdk-client';
import type { History } from './history/history';
import { MemberChanges } from './load/member-changes';
import { Traffic, type TrafficOptions } from './load/traffic';
import { makeWorld, type World } from './load/world';
import type { Random } from './random';
import type { Backend } from './system/backend';
import { CanaryWatch } from './system/canary-watch';
import type { Installation } from './system/installation';
import { TcpProxy } from './system/tcp-proxy';

export interface TenancyOptions extends TrafficOptions {
  /** A word that nothing else has in it. */
  canary: string;
  /** The tenant that the installation begins with; otherwise it is made. */
  isFirst: boolean;
  clients: number;
  conversations: number;
  /** Ways for the clients: what is broken on one, the others do not feel. */
  ways: number;
}

interface Place {
  world: World;
  backend: Backend;
  watch: CanaryWatch;
  gateways: TcpProxy[];
  api: TcpProxy;
}

/** One tenant of a run: its people, their ways to the installation, and what they do. */
export class Tenancy {
  readonly clients: readonly ChaosClient[];
  readonly traffic: Traffic;

  private constructor(
    private readonly place: Place,
    private readonly history: History,
    random: Random,
    options: TrafficOptions,
  ) {
    const { world, backend } = place;
    this.clients = clientsOf(place, history, random);
    const changes = new MemberChanges(world, backend, history, random.fork());
    this.traffic = new Traffic(world, this.clients, changes, random.fork(), options);
  }

  static async make(
    installation: Installation,
    history: History,
    random: Random,
    options: TenancyOptions,
  ): Promise<Tenancy> {
    const { canary, isFirst, ways } = options;
    const watch = new CanaryWatch(canary, (leak) => history.add({ type: 'leak', tenant: canary, ...leak }));
    const hear = (text: string): void => watch.listen('REST')(Buffer.from(text));
    const backend = isFirst ? installation.backend(hear) : await installation.newTenant(canary, hear);
    const world = await makeWorld(backend, random.fork(), canary, options);
    const ports = installation.gateways.map(({ port }) => port);
    const gateways: TcpProxy[] = [];
    for (let way = 0; way < ways; way += 1) {
      gateways.push(await TcpProxy.listen(ports, () => watch.listen(`socket way ${way}`)));
    }
    const api = await TcpProxy.listen([installation.api.port], () => watch.listen('REST way'));
    return new Tenancy({ world, backend, watch, gateways, api }, history, random, options);
  }

  get world(): World {
    return this.place.world;
  }

  get backend(): Backend {
    return this.place.backend;
  }

  get proxies(): TcpProxy[] {
    return [...this.place.gateways, this.place.api];
  }

  /** What is the other's must not come here; and some here ask for it. */
  keepApartFrom(other: Tenancy): void {
    this.place.watch.forbid([other.world.canary, ...other.world.conversations.map(({ id }) => id)]);
    this.traffic.trespassOn(other.traffic);
  }

  /** Notes what was looked at. */
  tellWatched(): void {
    const { bytes, sawOwn } = this.place.watch;
    this.history.add({ type: 'watched', tenant: this.world.canary, bytes, sawOwn });
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.close();
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
  }
}

function clientsOf({ world, gateways, api }: Place, history: History, random: Random): ChaosClient[] {
  const devices = world.people.flatMap(({ user, token, clients }) =>
    clients.map(({ name, kind }) => ({ name, kind, user, token })),
  );
  return devices.map(({ kind, ...device }, index) => {
    const gatewayUrl = gateways[index % gateways.length]?.url ?? '';
    const own = { ...device, tenant: world.canary, gatewayUrl, apiUrl: api.url };
    const forked = random.fork();
    return kind === 'raw' ? new RawClient(own, history, forked) : new SdkClient(own, history, forked);
  });
}
