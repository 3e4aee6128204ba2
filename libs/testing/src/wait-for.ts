export interface WaitOptions {
  /** Default 5,000. */
  timeoutMs?: number;
  /** What was waited for: the error says so. */
  message?: string;
}

/**
 * Asks again and again until the condition gives something true, and returns that. A condition that throws is asked again as well.
 * Rejects after the limit with the message and the last error.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 5_000, message = 'the condition' }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (Date.now() >= deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Waited ${timeoutMs} ms in vain for ${message}`, { cause: lastError });
}
