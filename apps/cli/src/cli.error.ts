/** A failure that the person can do something about; the message is one sentence. */
export class CliError extends Error {}
