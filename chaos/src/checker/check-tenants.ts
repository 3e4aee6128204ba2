import type { Evidence } from './evidence';
import type { Finding } from './verdict.types';

/** I14: no byte of one tenant in what goes to another, and what is another's is not there. */
export function* checkTenants(evidence: Evidence): Generator<Finding> {
  let watched = 0;
  for (const record of evidence.records) {
    if (record.type === 'leak') {
      const { tenant, word, where, excerpt } = record;
      const text = `“${word}” went to clients of ${tenant}, by ${where}: …${excerpt}…`;
      yield { invariant: 'I14', text, subject: {} };
    } else if (record.type === 'watched') {
      watched += 1;
      if (record.sawOwn) continue;
      const text = `of ${record.bytes} bytes to ${record.tenant} none had a word of its own: nobody really looked`;
      yield { invariant: 'I14', text, subject: {} };
    }
  }
  if (watched === 0) yield { invariant: 'I14', text: 'nobody looked at what the clients got', subject: {} };
  for (const { call, outcome, op, client, user } of evidence.operationsOf('trespass')) {
    if (outcome.type !== 'ok') continue;
    const text = `${client} was let at ${call.conversation}, which is another tenant's, by ${call.what}`;
    yield { invariant: 'I14', text, subject: { op, client, user } };
  }
}
