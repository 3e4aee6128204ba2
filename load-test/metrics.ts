import { Counter, Trend } from 'k6/metrics';

/** What is measured; report/meanings.ts says what each means. */
export const metrics = {
  messagesSent: new Counter('messages_sent'),
  messagesAcked: new Counter('messages_acked'),
  messagesDelivered: new Counter('messages_delivered'),
  receiversCompared: new Counter('receivers_compared'),
  lost: new Counter('lost'),
  duplicated: new Counter('duplicated'),
  outOfOrder: new Counter('out_of_order'),
  mismatched: new Counter('mismatched'),
  sendFailed: new Counter('send_failed'),
  disconnects: new Counter('disconnects'),
  connectLatency: new Trend('connect_latency', true),
  ackLatency: new Trend('ack_latency', true),
  deliveryLatency: new Trend('delivery_latency', true),
};
