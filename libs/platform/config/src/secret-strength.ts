const minSecretLength = 16;
const minSecretBits = 60;

/** Words of samples and of keyboards; all so long that a random secret holds none of them. */
const sampleWords =
  /secret|change[-_ ]?me|passwor[dt]|passwd|example|default|sample|insecure|letmein|qwerty|placeholder|replace|123456|abcdef/i;

/**
 * Why a secret is too weak for production, or undefined. Of a URL only the password is judged: one without a password
 * identifies the process by other means.
 */
export function weaknessOf(value: string, example: string | undefined): string | undefined {
  if (value === example) return 'is the documented example';
  const secret = secretPart(value);
  if (secret === undefined) return undefined;
  if (secret.length < minSecretLength) return `is shorter than ${minSecretLength} characters`;
  if (sampleWords.test(secret)) return 'contains a word of samples';
  if (bitsOf(secret) < minSecretBits) return 'is easy to guess (too few different characters)';
  return undefined;
}

function secretPart(value: string): string | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return value;
  const { password } = new URL(value);
  return password === '' ? undefined : decodeURIComponent(password);
}

/** An upper bound of the entropy: the different characters of one period of the text, times its length. */
function bitsOf(secret: string): number {
  const period = secret.slice(0, (secret + secret).indexOf(secret, 1));
  return period.length * Math.log2(new Set(period).size);
}
