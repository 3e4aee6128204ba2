import { profiles, type Profile, type ProfileName } from './profiles.ts';

/** What `npm start` keeps in `demo.json`. */
export interface Installation {
  url: string;
  serverKey: string;
}

export interface Settings {
  profileName: ProfileName;
  profile: Profile;
  /** The entrance, without a slash at the end. */
  baseUrl: string;
  serverKey: string;
  /** Where the HTML report goes. */
  report: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const defaultUrl = 'http://localhost:3000';

/** The settings of a run: what was given by `-e`, then what `npm start` wrote. @throws with a sentence for a person */
export function readSettings(given: Environment, installation: Installation | undefined): Settings {
  const profileName = given['PROFILE'] || 'smoke';
  if (!isProfile(profileName)) {
    throw new Error(`PROFILE=${profileName} is unknown: use one of ${Object.keys(profiles).join(', ')}.`);
  }
  const serverKey = given['SERVER_KEY'] || installation?.serverKey;
  if (serverKey === undefined) {
    throw new Error('There is no server key: run npm start first, or give -e BASE_URL=… -e SERVER_KEY=….');
  }
  const profile = profiles[profileName];
  return {
    profileName,
    profile: given['SECONDS'] ? { ...profile, seconds: readSeconds(given['SECONDS']) } : profile,
    baseUrl: (given['BASE_URL'] || installation?.url || defaultUrl).replace(/\/+$/, ''),
    serverKey,
    report: given['REPORT'] || 'load-report.html',
  };
}

function isProfile(name: string): name is ProfileName {
  return Object.hasOwn(profiles, name);
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new Error(`SECONDS=${text} is no positive whole number.`);
  return seconds;
}
