import { Injectable } from '@nestjs/common';
import type { SendResult } from '@parley/contracts/wire';
import { Metrics } from '@parley/platform/telemetry';

/** Counts what became of the messages that were sent to this process, over REST or a socket alike. */
@Injectable()
export class SendCount {
  private readonly messages;

  constructor(metrics: Metrics) {
    this.messages = metrics.counter({
      name: 'messages_total',
      help: 'Messages that were sent, by what became of them.',
      labelNames: ['type', 'status'],
    });
  }

  async count(send: () => Promise<SendResult>): Promise<SendResult> {
    try {
      const result = await send();
      this.messages.inc({ type: result.message.kind, status: result.duplicate ? 'duplicate' : 'created' });
      return result;
    } catch (error) {
      this.messages.inc({ type: 'text', status: 'refused' });
      throw error;
    }
  }
}
