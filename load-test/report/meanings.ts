/** What the report says of each measurement, in the order in which it shows them. */
export const meanings: Record<string, { name: string; meaning: string }> = {
  lost: {
    name: 'Lost',
    meaning: 'Messages that the history has and that never reached a receiver who was connected.',
  },
  duplicated: { name: 'Duplicated', meaning: 'Messages that reached the same receiver more than once.' },
  out_of_order: {
    name: 'Out of order',
    meaning: 'Messages that reached a receiver after a later one of the conversation.',
  },
  mismatched: {
    name: 'Mismatched',
    meaning: 'Messages that arrived live and are not, or differently, in the history.',
  },
  send_failed: {
    name: 'Sends failed',
    meaning: 'Sends that were refused, or got no ack within ten seconds.',
  },
  disconnects: { name: 'Disconnects', meaning: 'Connections that ended before the test closed them.' },
  checks: {
    name: 'Checks',
    meaning: 'Groups of users of which all could connect and learn where their conversations stand.',
  },
  messages_sent: {
    name: 'Messages sent',
    meaning: 'By the schedule: one that does not send everything is no test.',
  },
  messages_acked: { name: 'Messages acknowledged', meaning: 'The service promised to keep them.' },
  messages_delivered: {
    name: 'Messages delivered',
    meaning: 'Live arrivals over all receivers, the sender among them.',
  },
  receivers_compared: {
    name: 'Receivers compared',
    meaning: 'Users whose arrivals were compared with the history at the end.',
  },
  ack_latency: { name: 'Ack latency', meaning: 'From the moment at which a message was due to its ack.' },
  delivery_latency: {
    name: 'Delivery latency',
    meaning: 'From the moment at which a message was due to its arrival at a receiver.',
  },
  connect_latency: { name: 'Connect latency', meaning: 'From opening the socket to the event ready.' },
  http_req_duration: {
    name: 'REST response',
    meaning: 'Answers of the REST interface: tokens, conversations, history.',
  },
};
