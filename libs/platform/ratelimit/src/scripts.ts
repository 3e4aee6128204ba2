/**
 * Takes tokens for many requests of one tenant in one round trip; each takes from all of its buckets or from none.
 *
 * KEYS: the buckets of all requests, one after the other. A key holds the time at which its bucket is full, in
 *   microseconds of the server's clock, and expires then.
 * ARGV[1]: number of requests; then for each: its number of buckets, its cost (0 only looks, negative gives back), and
 *   for each bucket the microseconds for one token and the size.
 * Answers four numbers per request: the place of the bucket that refused (0: allowed), and of that bucket, or the first,
 *   the microseconds to wait, what remains, the microseconds until it is full.
 */
export const takeTokens = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local answers = {}
local key, arg = 0, 2
for _ = 1, tonumber(ARGV[1]) do
  local rows, cost = tonumber(ARGV[arg]), tonumber(ARGV[arg + 1])
  arg = arg + 2
  local refusing, wait = 0, 0
  local before, after = {}, {}
  for row = 1, rows do
    local interval, burst = tonumber(ARGV[arg + 2 * row - 2]), tonumber(ARGV[arg + 2 * row - 1])
    local full = tonumber(redis.call('GET', KEYS[key + row]) or 0)
    before[row] = full > now + burst * interval and now or math.max(full, now)
    after[row] = math.max(before[row] + cost * interval, now)
    local over = after[row] - now - burst * interval
    if cost > 0 and over > wait then refusing, wait = row, over end
  end
  if refusing == 0 and cost ~= 0 then
    for row = 1, rows do
      local ttl = math.ceil((after[row] - now) / 1000)
      if ttl > 0 then
        redis.call('SET', KEYS[key + row], string.format('%.0f', after[row]), 'PX', ttl)
      else
        redis.call('DEL', KEYS[key + row])
      end
    end
  end
  local told = math.max(refusing, 1)
  local full = refusing == 0 and after[told] or before[told]
  local interval, burst = tonumber(ARGV[arg + 2 * told - 2]), tonumber(ARGV[arg + 2 * told - 1])
  local place = #answers
  answers[place + 1] = refusing
  answers[place + 2] = wait
  answers[place + 3] = math.max(0, math.floor((burst * interval - (full - now)) / interval))
  answers[place + 4] = full - now
  key, arg = key + rows, arg + 2 * rows
end
return answers
`;

/**
 * Says that a process lives, and counts those that do.
 *
 * KEYS[1]: sorted set of processes, scored by the time until which each is believed to live.
 * ARGV: the process's id, the milliseconds for which it is believed (0: it is going).
 * Answers the number of living processes.
 */
export const countNodes = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl = tonumber(ARGV[2])
if ttl > 0 then
  redis.call('ZADD', KEYS[1], now + ttl, ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ttl)
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
return redis.call('ZCARD', KEYS[1])
`;
